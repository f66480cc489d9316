"""The story of a level and what it asks for. The level itself is read while the player reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from game.level.campaign import LevelCard
from game.tui.best import best_lines
from game.tui.goal_words import goal_lines
from game.tui.screens.page import Page
from game.tui.share_words import kind_words, share_below
from game.tui.widgets.title_bar import TitleBar
from game.tui.words import paragraphs, short_moment

if TYPE_CHECKING:
    from game.level.model import System
    from game.tui.session import Session


class BriefingScreen(Page):
    """What has happened so far, and what must hold tonight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "operate", "To the controls", key_display="enter"),
        Binding("e", "edit", "Edit", tooltip="The level's text, beside the level"),
        Binding("pagedown", "scroll(10)", "More", key_display="pgdn"),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("up", "scroll(-1)", "Scroll up", show=False),
        Binding("down", "scroll(1)", "Scroll down", show=False),
    ]
    ABOUT = "The story, and the goals. When you are ready, go to the controls."

    def __init__(
        self, card: LevelCard, plan: Mapping[str, str] | None = None, seed: int | None = None
    ) -> None:
        super().__init__()
        self.card = card
        self._plan = plan
        self._seed = seed
        self.session: Session | None = None
        self._wanted = False
        self._trouble = ""

    def body(self) -> ComposeResult:
        """The story beside (or above) the goals."""
        yield TitleBar(f"Nine Lives  {self.game.glyphs.separator}  {self.card.chapter}")
        with VerticalScroll(id="briefing", can_focus=False), Vertical(id="briefing-page"):
            yield Static(Content(self.card.title), id="briefing-title")
            yield Static(paragraphs(self.card.story), id="briefing-story")
            yield Static("", id="briefing-goals")
            yield Static("", id="briefing-best")
        with Horizontal(classes="buttons"):
            yield Button("To the controls", id="operate", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Read the level while the player reads the story, which is there first."""
        self.when_shown(lambda: self.run_worker(self._read(), exit_on_error=False))

    @property
    def is_ready(self) -> bool:
        """The level has been read, or cannot be."""
        return self.session is not None or bool(self._trouble)

    def fill(self) -> None:
        """Show the goals and the records, and the system once it is known."""
        self.when_shown(self._show_rest)

    def _show_rest(self) -> None:
        """What takes a moment to load."""
        if not self.is_whole:
            return
        self.query_one("#briefing-goals", Static).update(
            Content(self._trouble) if self._trouble else self._goals()
        )
        known = self.game.progress.level(self.card.key)
        self.query_one("#briefing-best", Static).update(
            best_lines(known, self.card, self.game.glyphs)
        )
        if self.session is not None:
            self._show_system(self.session.level.system)

    def _show_system(self, system: System) -> None:
        """The map, where there is room for it."""
        from game.tui.widgets.map import TopologyMap

        stage = TopologyMap(self.game.glyphs, still=self.game.still, id="briefing-map")
        stage.can_focus = False
        stage.show_caption("What you are in charge of:")
        stage.show_system(system)
        self.query("#briefing-map").remove()
        self.query_one("#briefing-page").mount(stage)

    async def _read(self) -> None:
        try:
            self.session = await self.game.session_of(self.card.file, self.card.pack)
        except Exception as error:
            self._trouble = str(error)
            self._show_rest()
            return
        if self._plan is not None:
            self.session.take_over(self._plan)
        if self._seed is not None:
            self.session.seed = self._seed
        if self.is_whole:
            self._show_system(self.session.level.system)
        if self._wanted:
            self.action_operate()

    def on_button_pressed(self) -> None:
        """The button does what enter does."""
        self.action_operate()

    def action_operate(self) -> None:
        """Go to the controls; while the level is still being read, as soon as it is there."""
        from game.tui.screens.operate import OperateScreen

        if self.session is not None and self.is_current:
            self.app.push_screen(OperateScreen(self.session))
        elif self._trouble:
            self.notify(self._trouble, severity="error", markup=False)
        self._wanted = self.session is None

    def action_edit(self) -> None:
        """The level's text beside the level, in a copy of the player's own."""
        self.game.edit(self.card.file)

    def action_scroll(self, rows: int) -> None:
        """Scroll a story that is longer than the window."""
        self.query_one("#briefing").scroll_relative(y=rows, animate=False)

    def _goals(self) -> Content:
        length, nights = short_moment(self.card.duration_us), self.card.nights
        several = f" You watch one of {nights} nights; the plan must hold in all of them."
        return Content("\n").join(
            [
                Content.styled("Tonight's goals", "bold"),
                goal_lines(
                    self.card.goals, self.game.glyphs.star, self.card.times, self.card.answers
                ),
                Content.assemble(
                    ("\n", ""),
                    (f"{kind_words(self.card.kind)}. The night lasts {length}.", "$text-muted"),
                    (several if nights > 1 else "", "$text-muted"),
                    *share_below(self.card.share, self.game.glyphs),
                ),
            ]
        )
