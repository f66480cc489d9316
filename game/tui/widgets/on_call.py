"""On call: the alarms of a night that runs, and the controls that may be set meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from game.engine.log import Change as Row
from game.level.changes import Change, change_text, open_controls
from game.level.model import Control
from game.tui.glyphs import GlyphSet
from game.tui.words import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from game.engine.log import Log
    from game.level.model import Level


def sounding(log: Log, time_us: int) -> dict[int, int]:
    """The alarms that sound at a moment, by index, and since when."""
    found: dict[int, int] = {}
    for at_us, change, place, _ in log.changes.rows():
        if at_us > time_us:
            break
        if change == Row.ALARM_FIRED:
            found[place] = at_us
        elif change == Row.ALARM_ENDED:
            found.pop(place, None)
    return found


class ActRow(Static, can_focus=True):
    """One control that is open in the run: left and right choose, enter acts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Previous choice", show=False),
        Binding("right", "turn(1)", "Next choice", show=False),
        Binding("enter", "act", "Act", key_display="enter"),
        Binding("up", "app.focus_previous", "Control above", show=False),
        Binding("down", "app.focus_next", "Control below", show=False),
    ]
    HELP = "Left and right choose what it should be, enter sets it now."

    class Acted(Message):
        """The player wants this now."""

        def __init__(self, control_id: str, label: str) -> None:
            super().__init__()
            self.control_id = control_id
            self.label = label

    def __init__(self, control: Control, glyphs: GlyphSet) -> None:
        super().__init__("", classes="act")
        self.control = control
        self.glyphs = glyphs
        self.now = self.wanted = control.default
        self.tooltip = "Click to turn to the next choice, enter to set it"

    def show_now(self, label: str) -> None:
        """What is set at present; what was wanted and has come is wanted no more."""
        if self.wanted == self.now or label == self.wanted:
            self.wanted = label
        self.now = label
        self.mark()

    def mark(self) -> None:
        """Show what is set, and what is chosen instead."""
        words = Content.assemble((f"{self.control.label}: ", "bold"), self.now)
        if self.wanted != self.now:
            words += Content.assemble(f" {self.glyphs.arrow} ", (self.wanted, "bold $accent"))
            words += Content.styled("  enter", "$text-muted")
        self.update(words)

    def action_turn(self, step: int) -> None:
        """Choose the next one, or the one before."""
        labels = [choice.label for choice in self.control.choices]
        index = labels.index(self.wanted) + step
        if 0 <= index < len(labels):
            self.wanted = labels[index]
            self.mark()

    def action_act(self) -> None:
        """Set what is chosen, also if it is what was set before: somebody else may have pushed
        something over it."""
        self.post_message(self.Acted(self.control.id, self.wanted))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click turns to the next choice; a click on the last one begins anew."""
        event.stop()
        self.focus()
        labels = [choice.label for choice in self.control.choices]
        self.wanted = labels[(labels.index(self.wanted) + 1) % len(labels)]
        self.mark()


class OnCallPanel(VerticalScroll, can_focus=False):
    """Alarms by word and sign, and what can be done."""

    def __init__(self, level: Level, glyphs: GlyphSet, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "On call"
        self.level = level
        self.glyphs = glyphs
        self._alarms = Static("", id="alarms")
        self._rows = [ActRow(control, glyphs) for control in open_controls(level)]

    def compose(self) -> ComposeResult:
        """The alarms above the controls."""
        yield self._alarms
        yield from self._rows

    def focus_first(self) -> None:
        """Give the first control the keys."""
        if self._rows:
            self._rows[0].focus()

    def show(self, log: Log, time_us: int, settings: Mapping[str, str]) -> None:
        """The alarms of a moment, and what is set at present."""
        since = sounding(log, time_us)
        lines = []
        for index, monitor in enumerate(self.level.monitors):
            if index in since:
                words = f"{self.glyphs.bad} ALARM {monitor.id} since {moment(since[index])}"
                lines.append(Content.styled(words, "bold $error"))
            else:
                lines.append(
                    Content.styled(f"{self.glyphs.open} quiet {monitor.id}", "$text-muted")
                )
        self._alarms.update(Content("\n").join(lines))
        for row in self._rows:
            row.show_now(settings.get(row.control.id, row.control.default))


class ChangeRow(Static, can_focus=True):
    """One change of the plan. Delete drops it, and so does a click."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace,x", "drop", "Drop", show=False),
        Binding("up", "app.focus_previous", "Above", show=False),
        Binding("down", "app.focus_next", "Below", show=False),
    ]
    HELP = "Delete drops this change: in the next night it is not done."

    class Dropped(Message):
        """The player does not want this change any more."""

        def __init__(self, change: Change) -> None:
            super().__init__()
            self.change = change

    def __init__(self, change: Change, glyphs: GlyphSet) -> None:
        super().__init__(Content(f"{glyphs.arrow} {change_text(change)}"), classes="placed")
        self.change = change
        self.tooltip = "Click to drop it"

    def action_drop(self) -> None:
        """Ask for it to go."""
        self.post_message(self.Dropped(self.change))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click is as good as the key."""
        event.stop()
        self.action_drop()
