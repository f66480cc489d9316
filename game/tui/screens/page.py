"""What all screens share: help in sight, a way back, and a card where the window is too small."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

if TYPE_CHECKING:
    from game.tui.app import NineLives
    from game.tui.glyphs import GlyphSet
    from game.tui.session import Finished

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


class KeyRow(Footer):
    """The keys that mean something now."""

    class Drawn(Message):
        """They are on the screen."""

    async def recompose(self) -> None:
        """Show the keys of now."""
        await super().recompose()
        self.post_message(self.Drawn())


class Page(Screen[None]):
    """A full screen with the keys in its last row, help first.

    `body` makes the widgets, `fill` puts in what they show: at the start, and anew when the signs
    have been exchanged.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "app.help", "Help", key_display="?", id="help"),
        Binding("escape", "back", "Back", key_display="esc", id="back"),
    ]
    AUTO_FOCUS = ""
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

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._drawn_with: GlyphSet | None = None
        self._shown = False
        self._waiting: list[Callable[[], object]] = []

    @property
    def game(self) -> NineLives:
        """The app, by its own type."""
        return cast("NineLives", self.app)

    def compose(self) -> ComposeResult:
        """The screen's own widgets, the keys, and the card; nothing for who is only passed by."""
        if self.game.passes_by(self):
            return
        self._drawn_with = self.game.glyphs
        yield Static("", id="banner")
        yield from self.body()
        yield KeyRow(compact=True)
        yield SmallCard()

    @property
    def is_whole(self) -> bool:
        """Its widgets are there: not any more while it is being closed."""
        return bool(self.query("#banner")) and bool(self.query(Footer))

    def body(self) -> ComposeResult:
        """The screen's own widgets."""
        yield from ()

    def fill(self) -> None:
        """Put into the widgets what they show."""

    def on_mount(self) -> None:
        """Everything is there: show it."""
        self._fill()

    def action_back(self) -> None:
        """One screen back; from the first screen of a mode to the campaign."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        elif self.app.current_mode != "campaign":
            self.app.switch_mode("campaign")

    async def on_screen_resume(self, _event: events.ScreenResume) -> None:
        """What is shown, and what the keys do, may have changed meanwhile."""
        stale = self._drawn_with is not self.game.glyphs
        if self.is_mounted and stale and not self.game.passes_by(self):
            await self.redraw()
        self.refresh_bindings()

    async def redraw(self) -> None:
        """Make all widgets anew, with the signs of now."""
        await self.recompose()
        self._fill()

    def on_news(self, finished: Finished) -> None:
        """A plan was judged further, or its run has been kept."""

    def when_shown(self, act: Callable[[], object]) -> None:
        """Do something that takes a moment, after everything can be seen and used."""
        if self._shown:
            self.call_after_refresh(act)
        else:
            self._waiting.append(act)

    def on_key_row_drawn(self) -> None:
        """The last row comes last."""
        self._shown = True
        for act in self._waiting:
            self.call_after_refresh(act)
        self._waiting.clear()

    def show_banner(self) -> None:
        """What the player must know of the saves, while there is something."""
        words = self.game.progress.banner
        banner = self.query_one("#banner", Static)
        banner.display = bool(words)
        banner.update(Content(words))

    def _fill(self) -> None:
        """In the ASCII set borders are ASCII too."""
        if not self.is_whole:
            return
        self.set_class(self.game.glyphs.full.isascii(), "-ascii")
        self.show_banner()
        self.fill()
