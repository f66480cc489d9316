"""The story of a level and what it asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from game.tui.goal_words import goal_lines
from game.tui.screens.page import Page
from game.tui.widgets.map import TopologyMap
from game.tui.widgets.title_bar import TitleBar
from game.tui.words import paragraphs, short_moment

if TYPE_CHECKING:
    from game.tui.session import Session


class BriefingScreen(Page):
    """What has happened so far, and what must hold tonight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "operate", "To the controls"),
        Binding("pagedown", "scroll(10)", "More", key_display="pgdn"),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("up", "scroll(-1)", "Scroll up", show=False),
        Binding("down", "scroll(1)", "Scroll down", show=False),
    ]
    ABOUT = "The story, and the goals. When you are ready, go to the controls."

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def body(self) -> ComposeResult:
        """The story beside (or above) the goals."""
        level = self.session.level
        yield TitleBar(f"Nine Lives  {self.game.glyphs.separator}  {level.chapter}")
        with VerticalScroll(id="briefing", can_focus=False), Vertical(id="briefing-page"):
            yield Static(Content(level.title), id="briefing-title")
            yield Static(paragraphs(level.story), id="briefing-story")
            yield Static(self._goals(), id="briefing-goals")
            yield TopologyMap(self.game.glyphs, still=self.game.still, id="briefing-map")
        with Horizontal(classes="buttons"):
            yield Button("To the controls", id="operate", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Enter goes on."""
        super().on_mount()
        stage = self.query_one(TopologyMap)
        stage.can_focus = False
        stage.show_caption("What you are in charge of:")
        stage.show_system(self.session.level.system)
        self.query_one("#operate").focus()

    def on_button_pressed(self) -> None:
        """The button does what enter does."""
        self.action_operate()

    def action_operate(self) -> None:
        """Go to the controls."""
        from game.tui.screens.operate import OperateScreen

        self.app.push_screen(OperateScreen(self.session))

    def action_scroll(self, rows: int) -> None:
        """Scroll a story that is longer than the window."""
        self.query_one("#briefing").scroll_relative(y=rows, animate=False)

    def _goals(self) -> Content:
        level = self.session.level
        lines = [
            Content.styled("Tonight's goals", "bold"),
            goal_lines(level.goals, self.game.glyphs.star),
        ]
        length = short_moment(level.system.duration)
        nights = len(level.seeds)
        lines.append(
            Content.styled(
                f"\nThe night lasts {length}. You watch one of {nights} nights; the plan must "
                "hold in all of them."
                if nights > 1
                else f"\nThe night lasts {length}.",
                "$text-muted",
            )
        )
        return Content("\n").join(lines)
