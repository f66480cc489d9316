"""What a player has reached on a level, in a few lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from game.level.campaign import LevelCard
    from game.progress import LevelProgress
    from game.tui.glyphs import GlyphSet

MARKS = (
    ("availability", "most answered"),
    ("p99_ms", "fastest p99"),
    ("cost_per_hour", "cheapest"),
    ("moving_parts", "simplest"),
)
"""The measures of which a best is kept, as the player calls them."""


def star_row(won: int, most: int, glyphs: GlyphSet) -> str:
    """Stars that were won, then those that can be."""
    return glyphs.star * won + glyphs.no_star * max(0, most - won)


def mark_words(measure: str, value: float) -> str:
    """The value of one of `MARKS` in words."""
    if measure == "moving_parts":
        return f"{value:g} moving part{'' if value == 1 else 's'}"
    from game.score.measures import MEASURES
    from game.score.words import WORDS

    return WORDS[MEASURES[measure].unit](value)


def best_lines(known: LevelProgress, card: LevelCard, glyphs: GlyphSet) -> Content:
    """Stars and records; they pull against each other, so each has its own line."""
    if not known.runs:
        return Content.styled("Not played yet.", "$text-muted")
    played = f"{known.runs} run{'' if known.runs == 1 else 's'}, {known.wins} won"
    lines = [
        Content.assemble(
            (star_row(known.stars, card.most_stars, glyphs), "$warning"), f"  {played}"
        )
    ]
    lines += [
        Content.assemble((f"{name:<14}", "$text-muted"), mark_words(measure, value))
        for measure, name, value in _marks(known)
    ]
    return Content("\n").join(lines)


def broken_records(before: LevelProgress, after: LevelProgress) -> tuple[str, ...]:
    """What is better than before, in words; nothing where there was nothing to beat."""
    if not before.wins:
        return ()
    old = {measure: value for measure, _, value in _marks(before)}
    return tuple(
        f"{name}: {mark_words(measure, value)}"
        for measure, name, value in _marks(after)
        if measure in old and value != old[measure]
    )


def _marks(known: LevelProgress) -> Sequence[tuple[str, str, float]]:
    found = ((measure, name, getattr(known, measure)) for measure, name in MARKS)
    return [(measure, name, mark.value) for measure, name, mark in found if mark is not None]
