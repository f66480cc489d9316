"""What the player likes: kept, and used at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from game.level.model import Choice
from game.tui.widgets.controls import ChoiceChip

if TYPE_CHECKING:
    from game.tui.app import NineLives
    from game.tui.glyphs import GlyphSet


@dataclass(frozen=True, slots=True)
class Liking:
    """One setting: its field in `Settings`, its name, and (value, label, words) of its choices."""

    setting: str
    label: str
    choices: tuple[tuple[str, str, str], ...]


LIKINGS = (
    Liking(
        "theme",
        "Theme",
        (
            ("", "as the terminal", "Dark or light, as far as the terminal tells."),
            ("night", "night", "Light on dark blue."),
            ("day", "day", "Dark on white."),
            ("ansi-dark", "ansi", "The terminal's own colours. The palette (^p) has more themes."),
        ),
    ),
    Liking(
        "speed",
        "Speed",
        (
            ("1/4", "1/4x", "Nights begin in slow motion."),
            ("1", "1x", "Nights begin as fast as they are."),
            ("4", "4x", "Nights begin four times as fast."),
            ("16", "16x", "Nights begin sixteen times as fast."),
        ),
    ),
    Liking(
        "glyphs",
        "Signs",
        (
            ("auto", "automatic", "Unicode, where the terminal's encoding has it."),
            ("unicode", "unicode", "Lines, blocks and circles."),
            ("ascii", "ascii", "Letters and punctuation, for terminals and fonts without more."),
        ),
    ),
    Liking(
        "motion",
        "Motion",
        (
            ("full", "full", "Messages move on their lines."),
            ("reduced", "reduced", "Counts on the lines in place of moving messages."),
        ),
    ),
)


class SettingRow(Widget, can_focus=True):
    """One setting with its choices."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Previous choice", show=False),
        Binding("right", "turn(1)", "Next choice", show=False),
        Binding("up", "app.focus_previous", "Setting above", show=False),
        Binding("down", "app.focus_next", "Setting below", show=False),
    ]

    def __init__(self, liking: Liking, chosen: str, glyphs: GlyphSet) -> None:
        super().__init__()
        self.liking = liking
        self.chosen = chosen
        self._chips = [
            ChoiceChip(Choice(label=label, value=value, says=says), glyphs)
            for value, label, says in liking.choices
        ]

    def compose(self) -> ComposeResult:
        """The name and the choices in a row."""
        yield Static(self.liking.label, classes="control--label")
        with Horizontal(classes="control--choices"):
            yield from self._chips

    def on_mount(self) -> None:
        """Mark what is set."""
        self.mark()

    def on_choice_chip_clicked(self, message: ChoiceChip.Clicked) -> None:
        """A choice was clicked."""
        message.stop()
        self.focus()
        value = next(value for value, label, _ in self.liking.choices if label == message.label)
        self.take(value)

    def action_turn(self, step: int) -> None:
        """Take the next choice, or the one before; the ends stay the ends."""
        values = [value for value, _, _ in self.liking.choices]
        index = (values.index(self.chosen) if self.chosen in values else 0) + step
        if 0 <= index < len(values):
            self.take(values[index])

    def take(self, value: str) -> None:
        """Set it, now and for the next time."""
        self.chosen = value
        cast("NineLives", self.app).change_setting(self.liking.setting, value)
        self.mark()
        screen = self.screen
        assert isinstance(screen, SettingsScreen)
        screen.tell(self)

    def says(self) -> str:
        """What the choice means."""
        told = (says for value, _, says in self.liking.choices if value == self.chosen)
        return next(told, f"{self.liking.label}: {self.chosen}.")

    def mark(self) -> None:
        """Show which choice is taken."""
        for chip in self._chips:
            chip.mark(chip.choice.value == self.chosen)


class SettingsScreen(ModalScreen[None]):
    """A page over the screen that the player comes from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f5,enter,q", "dismiss", "Back", key_display="esc")
    ]

    def compose(self) -> ComposeResult:
        """A row for each setting, and what the chosen one means."""
        game = cast("NineLives", self.app)
        with Vertical(id="settings-page") as page:
            page.border_title = "Settings"
            page.border_subtitle = "esc: back"
            for liking in LIKINGS:
                yield SettingRow(liking, getattr(game.settings, liking.setting), game.glyphs)
            yield Static("", id="settings-says")
            yield Static("", id="settings-where")

    def on_mount(self) -> None:
        """The first row has the keys."""
        game = cast("NineLives", self.app)
        self.set_class(game.glyphs.full.isascii(), "-ascii")
        where = Content(f"Kept in {game.progress.place.folder}")
        self.query_one("#settings-where", Static).update(where)
        self.query(SettingRow).first().focus()

    def on_descendant_focus(self) -> None:
        """Tell about the row that has the keys."""
        if isinstance(self.focused, SettingRow):
            self.tell(self.focused)

    def tell(self, row: SettingRow) -> None:
        """What a row's choice means."""
        self.query_one("#settings-says", Static).update(Content(row.says()))
