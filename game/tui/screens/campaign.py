"""The campaign: chapters and levels, what was reached on each, and where to go on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import ScreenResume
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from game.level.campaign import Campaign, LevelCard
from game.level.problems import clean
from game.tui.assets import asset
from game.tui.best import best_lines, star_row
from game.tui.goal_words import goal_lines
from game.tui.screens.page import Page
from game.tui.share_words import kind_words, share_below
from game.tui.widgets.cat import Cat
from game.tui.widgets.lists import PickList
from game.tui.widgets.title_bar import TitleBar
from game.tui.words import paragraphs, short_moment

if TYPE_CHECKING:
    from game.progress import LevelProgress
    from game.tui.session import Finished

MOTTO = "Machines fail. Keep the service alive."


class CampaignScreen(Page):
    """Nothing is locked: the first level that was not passed yet is recommended, no more."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "play", "Play", key_display="enter"),
        Binding("pagedown", "scroll(5)", "More of the story", show=False),
        Binding("pageup", "scroll(-5)", "Back in the story", show=False),
        Binding("f3", "app.mode('codex')", "Codex", key_display="f3"),
        Binding("f4", "app.mode('records')", "Records", key_display="f4"),
        Binding("f5", "app.settings", "Settings", key_display="f5"),
        Binding("f6", "app.packs", "Packs", key_display="f6"),
        Binding("q", "app.quit", "Quit"),
    ]
    ABOUT = (
        "You are handed a service that will be hit by failures. Decide how it is built, then watch "
        "the night. Every message is simulated. The order of the levels is a recommendation: any "
        "of them may be opened."
    )

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[str, LevelCard] = {}
        self._known: dict[str, LevelProgress] = {}
        self._next: LevelCard | None = None

    def body(self) -> ComposeResult:
        """The list, and beside it the level that is pointed at."""
        yield TitleBar("Nine Lives")
        art = asset("art/title.txt").read_text(encoding="ascii").rstrip("\n")
        yield Center(Static(Content(art), id="title-art"), id="title-page")
        with Horizontal(id="campaign"):
            with Vertical(id="campaign-list"):
                yield PickList(id="levels", markup=False, compact=True)
                yield Cat(id="cat")
            with Vertical(id="campaign-level", classes="section"):
                with VerticalScroll(id="level-page", can_focus=False):
                    yield Static("", id="level-best")
                    yield Static("", id="level-story")
                    yield Static("", id="level-goals")
                with Horizontal(id="level-end"):
                    yield Button("Play", id="play", variant="primary", compact=True)

    def fill(self) -> None:
        """Show what has been reached, and point at what comes next."""
        campaign, glyphs = self.game.campaign, self.game.glyphs
        self._cards = {card.id: card for chapter in campaign for card in chapter.levels}
        self._known = {card.id: self.game.progress.level(card.key) for card in self._cards.values()}
        self._next = next(
            (card for card in self._cards.values() if not self._known[card.id].stars), None
        )
        levels = self.query_one("#levels", OptionList)
        pointed = levels.highlighted_option
        wanted = pointed.id if pointed is not None else None
        if wanted not in self._cards:
            wanted = self._next.id if self._next else None
        levels.clear_options()
        levels.add_options(self._options(campaign))
        if wanted is None and self._cards:
            wanted = next(iter(self._cards))
        if wanted is not None:
            levels.highlighted = levels.get_option_index(wanted)
        levels.focus()
        pack = self.game.pack
        told = MOTTO if pack is None else f"Pack: {clean(pack.title)}"
        self.query_one(TitleBar).name_it(f"Nine Lives  {glyphs.separator}  {told}")
        won = sum(known.stars for known in self._known.values())
        most = sum(card.most_stars for card in self._cards.values())
        self.query_one(TitleBar).show(
            Content.assemble((glyphs.star, "$warning"), f" {won} of {most}")
        )
        cat = self.query_one(Cat)
        cat.say(*self._advice())
        cat.blink(self.game.live and not self.game.still)

    def show_again(self) -> None:
        """Another pack is played now."""
        self._fill()

    @on(ScreenResume)
    def _show_what_was_won(self) -> None:
        """Stars may have been won meanwhile."""
        if self.is_whole:
            self._fill()

    def on_news(self, finished: Finished) -> None:
        """A run has been kept while this screen was looked at."""
        if finished.kept and self.is_current:
            self._fill()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to go back to."""
        return action != "back"

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell about the level that is pointed at."""
        card = self._cards.get(event.option_id or "")
        if card is not None:
            self._tell(card)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click on a level opens it."""
        self._open(event.option_id)

    def on_button_pressed(self) -> None:
        """The button opens the level that is pointed at."""
        self.action_play()

    def action_play(self) -> None:
        """Open the level that is pointed at."""
        pointed = self.query_one("#levels", OptionList).highlighted_option
        self._open(pointed.id if pointed is not None else None)

    def action_scroll(self, rows: int) -> None:
        """Scroll a story that is longer than its place."""
        self.query_one("#level-page").scroll_relative(y=rows, animate=False)

    def _open(self, level_id: str | None) -> None:
        card = self._cards.get(level_id or "")
        if card is not None:
            self.game.open_level(card)

    def _options(self, campaign: Campaign) -> list[Option]:
        options: list[Option] = []
        number = 0
        for index, chapter in enumerate(campaign):
            space = "\n" if index else ""
            options.append(
                Option(Content.styled(f"{space}{chapter.title}", "bold $primary"), disabled=True)
            )
            for card in chapter.levels:
                number += 1
                options.append(Option(self._row(number, card), id=card.id))
        return options

    def _row(self, number: int, card: LevelCard) -> Content:
        glyphs = self.game.glyphs
        stars = star_row(self._known[card.id].stars, card.most_stars, glyphs)
        row = Content.assemble((f" {stars:<3} ", "$warning"), f" {number:>2}  {card.title}")
        if card is self._next:
            row += Content.styled(f"  {glyphs.back_arrow} next", "$accent")
        return row

    def _advice(self) -> tuple[Content, ...]:
        if self._next is None:
            return (
                Content("Every level is passed."),
                Content.styled("There are stars and records left.", "$text-muted"),
            )
        if not any(known.runs for known in self._known.values()):
            return Content("Miaow."), Content("Something will fail tonight.")
        return (
            Content("Next:"),
            Content.styled(self._next.title, "bold"),
            Content.styled("or any other: nothing is locked.", "$text-muted"),
        )

    def _tell(self, card: LevelCard) -> None:
        self.query_one("#campaign-level").border_title = Content(card.title)
        length, nights = short_moment(card.duration_us), card.nights
        self.query_one("#level-story", Static).update(
            Content.assemble(
                paragraphs(card.story),
                (f"\n\n{kind_words(card.kind)}. A night of {length}, ", "$text-muted"),
                (f"judged {nights} times.", "$text-muted"),
                *share_below(card.share, self.game.glyphs),
            )
        )
        self.when_shown(partial(self._tell_goals, card))
        self.query_one("#level-best", Static).update(
            best_lines(self._known[card.id], card, self.game.glyphs)
        )
        self.query_one("#level-page").scroll_home(animate=False)

    def _tell_goals(self, card: LevelCard) -> None:
        """After the first look: the words of measures take a moment to load."""
        self.query_one("#level-goals", Static).update(
            goal_lines(card.goals, self.game.glyphs.star, card.times, card.answers)
        )
