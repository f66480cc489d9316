"""What all screens share: help in sight, a way back, and a card where the window is too small."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

if TYPE_CHECKING:
    from game.tui.app import NineLives

LEAST_WIDTH, LEAST_HEIGHT = 80, 24


class SmallCard(Static):
    """Covers the screen while the window is too small for it."""

    def on_resize(self) -> None:
        """Say how large the window is now."""
        width, height = self.screen.size
        self.update(
            Content.assemble(
                ("Nine Lives\n\n", "bold"),
                f"needs a window of {LEAST_WIDTH} x {LEAST_HEIGHT}.\n",
                f"This one is {width} x {height}.\n\n",
                "Make it larger: everything is where you left it.",
            )
        )


class Page(Screen[None]):
    """A full screen with the keys in its last row, help first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "app.help", "Help", key_display="?", id="help"),
        Binding("escape", "back", "Back", key_display="esc", id="back"),
    ]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (textual says what it is)
        (0, "-too-narrow"),
        (LEAST_WIDTH, "-narrow"),
        (110, "-normal"),
        (160, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-too-short"),
        (LEAST_HEIGHT, "-short"),
        (34, "-tall"),
    ]
    ABOUT: ClassVar[str] = ""
    """One paragraph for the help: what this screen is for."""

    @property
    def game(self) -> NineLives:
        """The app, by its own type."""
        return cast("NineLives", self.app)

    def compose(self) -> ComposeResult:
        """The screen's own widgets, the keys, and the card."""
        yield from self.body()
        yield Footer(show_command_palette=False, compact=True)
        yield SmallCard()

    def body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def on_mount(self) -> None:
        """In the ASCII set borders are ASCII too."""
        self.set_class(self.game.glyphs.full.isascii(), "-ascii")

    def action_back(self) -> None:
        """One screen back; the first screen stays."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """What the keys do may have changed meanwhile."""
        self.refresh_bindings()
