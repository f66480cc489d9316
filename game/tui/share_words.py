"""How many plans win, as the player reads it: in words, with a bar beside them."""

from __future__ import annotations

from game.level.share import ShareCard
from game.tui.glyphs import GlyphSet

BAR_WIDTH = 10


def kind_words(kind: str) -> str:
    """The kind of a level as the beginning of a line: `Design`, `On call`."""
    return kind.replace("-", " ").capitalize()


def share_below(share: ShareCard | None, glyphs: GlyphSet) -> list[tuple[str, str]]:
    """A line of its own, below others: a bar and what it says; nothing where nothing is known."""
    if share is None:
        return []
    bar = glyphs.bar(share.wins / share.tried, BAR_WIDTH)
    return [(f"\n{bar}", "$warning"), (f" {share_words(share)}.", "$text-muted")]


def share_words(share: ShareCard) -> str:
    """Plans for one that wins, or how many were tried where none did."""
    if not share.wins:
        return f"None of {share.tried} plans wins"
    if 2 * share.wins > share.tried:
        return f"{round(10 * share.wins / share.tried)} plans in 10 win"
    each, rest = divmod(share.tried, share.wins)
    about = "About " if rest or share.tried < share.plans else ""
    if 2 * rest >= share.wins:
        each += 1
    return f"{about}1 plan in {each} wins"
