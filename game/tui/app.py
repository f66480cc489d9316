"""The game on the screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.worker import Worker, WorkerState

from game.tui.assets import asset
from game.tui.glyphs import choose_glyphs
from game.tui.screens.page import Page
from game.tui.screens.title import TitleScreen
from game.tui.simulator import EngineSimulator
from game.tui.themes import THEMES, theme_for

if TYPE_CHECKING:
    from game.level.model import Level
    from game.tui.session import Session


class NineLives(App[int]):
    """Title, briefing, the plan and the night, the verdict.

    `live` False leaves all clocks standing: tests let time go on themselves.
    """

    TITLE = "Nine Lives"
    CSS_PATH = asset("styles/game.tcss")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False),
    ]

    def __init__(
        self,
        level: Path | None = None,
        *,
        simulator: EngineSimulator | None = None,
        ascii_only: bool | None = None,
        live: bool = True,
    ) -> None:
        super().__init__()
        self.glyphs = choose_glyphs(ascii_only)
        self.live = live
        self.simulator = simulator or EngineSimulator()
        self._path = level
        self._session: Session | None = None
        self._wanted = level is not None
        for theme in THEMES:
            self.register_theme(theme)
        if "TEXTUAL_THEME" not in os.environ:
            self.theme = theme_for(os.environ.get("COLORFGBG", ""))

    @property
    def still(self) -> bool:
        """Reduced motion was asked for."""
        return self.animation_level == "none"

    def get_default_screen(self) -> TitleScreen:
        """The title is there before anything has been read."""
        return TitleScreen()

    def on_mount(self) -> None:
        """Read the level while the title is looked at."""
        self.call_after_refresh(self._read)

    def open_level(self) -> bool:
        """Go to the briefing; false while the level is still being read."""
        self._wanted = True
        if self._session is None:
            return False
        from game.tui.screens.briefing import BriefingScreen

        self.push_screen(BriefingScreen(self._session))
        return True

    def action_help(self) -> None:
        """What the keys of this screen do."""
        from game.tui.screens.help import HelpScreen

        if not isinstance(self.screen, Page):
            return
        keys = {
            active.binding.key_display or active.binding.key: active.binding.description
            for active in self.screen.active_bindings.values()
            if active.binding.key not in ("tab", "shift+tab")
            and not active.binding.action.startswith("screen.")
        }
        self.push_screen(HelpScreen(self.screen.ABOUT, list(keys.items()), self.glyphs))

    def _read(self) -> None:
        self.run_worker(self._read_level, thread=True, exit_on_error=False, name="read")

    def _read_level(self) -> Level:
        return self.simulator.read(self._path)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The level has been read, or cannot be."""
        if event.worker.name != "read":
            return
        if event.state is WorkerState.ERROR:
            self.exit(return_code=2, message=str(event.worker.error))
        elif event.state is WorkerState.SUCCESS:
            from game.tui.session import Session

            assert event.worker.result is not None
            self._session = Session(event.worker.result, self.simulator)
            if self._wanted:
                self.open_level()


def run_game(level: Path | None) -> int:
    """Open the game, at once in a level if one is named; returns the exit code."""
    app = NineLives(level)
    app.run()
    return app.return_code or 0
