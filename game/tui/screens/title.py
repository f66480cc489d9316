"""The first screen: shown at once, while the level is being read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from game.tui.assets import asset
from game.tui.screens.page import Page

MOTTO = "Machines fail. Keep the service alive."


class TitleScreen(Page):
    """The name of the game, and the way in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "play", "Play", key_display="enter"),
        Binding("q", "app.quit", "Quit"),
    ]
    ABOUT = (
        "You are handed a service that will be hit by failures. Decide how it is built, "
        "then watch the night. Every message is simulated."
    )

    def body(self) -> ComposeResult:
        """Art, a sentence, and one button."""
        with Vertical(id="title-page"):
            art = asset("art/title.txt").read_text(encoding="ascii").rstrip("\n")
            yield Center(Static(Content(art), id="title-art"))
            yield Center(Static(Content(MOTTO), id="title-motto"))
            yield Center(Button("Play", id="play", variant="primary", compact=True))
            yield Center(Static("", id="title-wait"))

    def on_mount(self) -> None:
        """Enter plays."""
        super().on_mount()
        self.query_one("#play").focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to go back to."""
        return action != "back"

    def on_button_pressed(self) -> None:
        """The button does what enter does."""
        self.action_play()

    def action_play(self) -> None:
        """Open the level; if it is still being read, as soon as it is there."""
        if not self.game.open_level():
            self.query_one("#title-wait", Static).update(Content("reading the level ..."))
