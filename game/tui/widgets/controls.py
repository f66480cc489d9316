"""The player's controls: each with its choices, what they cost and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static

from game.level.model import Choice, Control
from game.tui.glyphs import GlyphSet
from game.tui.widgets.on_call import ChangeRow
from game.tui.words import dearer, money, parts_words

if TYPE_CHECKING:
    from game.tui.session import Session


LABEL_WIDTH = 26
"""Of a control's name, where it stands beside its choices (the style says the same)."""
CHIP_AROUND = 6
"""Cells of a choice beside its label: the sign, which may be three wide, and what is between."""
ARROW_WIDTH = 2


class ChoiceChip(Static):
    """One choice; a click takes it."""

    class Clicked(Message):
        """The player wants this choice."""

        def __init__(self, label: str) -> None:
            super().__init__()
            self.label = label

    def __init__(self, choice: Choice, glyphs: GlyphSet) -> None:
        super().__init__("")
        self.choice = choice
        self.glyphs = glyphs
        self.tooltip = Content(choice.says) if choice.says else None

    def mark(self, chosen: bool, cost: str = "", says: str = "") -> None:
        """Show whether this is the choice that is taken, what another costs, and what it means."""
        self.set_class(chosen, "-chosen")
        sign = self.glyphs.chosen if chosen else self.glyphs.open
        words = Content(f"{sign} {self.choice.label}")
        if cost:
            words += Content.styled(f"   {cost}", "$primary")
        if says:
            indent = " " * (len(sign) + 1)
            width = max(20, self.size.width - len(indent) - 2)
            words += Content.assemble(
                *(("\n" + indent + line.plain, "$text-muted") for line in Content(says).wrap(width))
            )
        self.update(words)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Ask for this choice, before rows that open and close move it from under the pointer."""
        event.stop()
        self.post_message(self.Clicked(self.choice.label))


class MoreChip(Static):
    """There are choices further on; a click turns to the next one."""

    class Clicked(Message):
        """The player wants to go this way."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, sign: str, step: int) -> None:
        super().__init__(Content(sign))
        self._step = step

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Ask for the next choice this way."""
        event.stop()
        self.post_message(self.Clicked(self._step))


def window_of(widths: Sequence[int], chosen: int, room: int) -> range:
    """The most choices around the chosen one that fit, those before it and after it in turn."""
    first, last, used = chosen, chosen, widths[chosen]
    while True:
        before = widths[first - 1] if first else None
        after = widths[last + 1] if last + 1 < len(widths) else None
        if after is not None and used + after <= room and (last - chosen <= chosen - first):
            last, used = last + 1, used + after
        elif before is not None and used + before <= room:
            first, used = first - 1, used + before
        elif after is not None and used + after <= room:
            last, used = last + 1, used + after
        else:
            return range(first, last + 1)


class ControlRow(Widget, can_focus=True):
    """One control. With the keys it shows all that is known of each choice."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Previous choice", show=False),
        Binding("right", "turn(1)", "Next choice", show=False),
        Binding("up", "app.focus_previous", "Control above", show=False),
        Binding("down", "app.focus_next", "Control below", show=False),
    ]
    HELP = "Left and right change the choice, up and down go to another control."

    class Changed(Message):
        """Another choice was taken."""

        def __init__(self, control_id: str, label: str) -> None:
            super().__init__()
            self.control_id = control_id
            self.label = label

    def __init__(self, control: Control, session: Session, glyphs: GlyphSet) -> None:
        super().__init__()
        self.control = control
        self.session = session
        self._chips = [ChoiceChip(choice, glyphs) for choice in control.choices]
        self._less = MoreChip(glyphs.back_arrow, -1)
        self._more = MoreChip(glyphs.arrow, 1)
        self._says = Static("", classes="control--says")

    def compose(self) -> ComposeResult:
        """The name, the choices, and what the chosen one means."""
        yield Static(Content(self.control.label), classes="control--label")
        with Vertical(classes="control--choices"):
            yield self._less
            yield from self._chips
            yield self._more
        yield self._says

    @property
    def chosen(self) -> str:
        """The label of the choice in the plan."""
        return self.session.choices[self.control.id]

    def on_mount(self) -> None:
        """Mark the choice that was taken before."""
        self.mark()

    def take(self, label: str) -> None:
        """Take a choice: in the plan at once, since the next key may start the night."""
        if label != self.chosen and self.control.when == "during":
            self.notify("This is set while the night runs.", timeout=3)
        elif label != self.chosen:
            self.session.choose(self.control.id, label)
            self.post_message(self.Changed(self.control.id, label))
            self.mark()

    def action_turn(self, step: int) -> None:
        """Take the next choice, or the one before; the ends stay the ends."""
        labels = [choice.label for choice in self.control.choices]
        index = labels.index(self.chosen) + step
        if 0 <= index < len(labels):
            self.take(labels[index])

    def on_more_chip_clicked(self, message: MoreChip.Clicked) -> None:
        """An arrow beside the choices was clicked."""
        message.stop()
        self.focus()
        self.action_turn(message.step)

    def on_choice_chip_clicked(self, message: ChoiceChip.Clicked) -> None:
        """A choice was clicked."""
        message.stop()
        self.focus()
        self.take(message.label)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Open up with the keys, and close without them."""
        super().watch_has_focus(has_focus)
        if self.is_mounted:
            self.mark()
            if has_focus:
                self.call_after_refresh(self.scroll_visible, animate=False)

    def on_resize(self) -> None:
        """The words are broken anew."""
        self.mark()

    def says(self) -> Content:
        """What the chosen setting means, else what the control is for; and what it costs."""
        choice = next(c for c in self.control.choices if c.label == self.chosen)
        words = Content(choice.says or self.control.says)
        default = self.control.default
        cost = self._cost(self.chosen, default)
        if cost:
            words += Content.styled(f" ({cost} against {default})", "$primary")
        return words

    def mark(self) -> None:
        """Show the choice that is taken, and with the keys here the others in full."""
        opened = self.has_focus and not self.screen.has_class("-narrow")
        for chip in self._chips:
            label = chip.choice.label
            chosen = label == self.chosen
            cost = self._cost(label, self.chosen) if opened and not chosen else ""
            chip.mark(chosen, cost, chip.choice.says if opened else "")
        self._show_what_fits()
        self._says.update(self.says())
        self.set_class(opened, "-open")

    def _show_what_fits(self) -> None:
        """In a narrow window choices stand in one row, and long ones do not all fit."""
        shown = range(len(self._chips))
        if self.screen.has_class("-narrow"):
            widths = [len(chip.choice.label) + CHIP_AROUND for chip in self._chips]
            labels = [choice.label for choice in self.control.choices]
            room = self.size.width - LABEL_WIDTH
            if sum(widths) > room:
                shown = window_of(widths, labels.index(self.chosen), room - 2 * ARROW_WIDTH)
        for number, chip in enumerate(self._chips):
            chip.display = number in shown
        self._less.display = shown.start > 0
        self._more.display = shown.stop < len(self._chips)

    def _cost(self, label: str, against: str) -> str:
        price = self.session.price(self.control.id, label)
        other = self.session.price(self.control.id, against)
        if price is None:
            return "does not go with the rest"
        return dearer(price[0] - other[0], price[1] - other[1]) if other is not None else ""


class ControlsPanel(Vertical):
    """All controls, the price of the plan, and the way into the night."""

    class Started(Message):
        """The player wants to see the night."""

    def __init__(self, session: Session, glyphs: GlyphSet, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = "Your plan"
        self.session = session
        self.glyphs = glyphs
        self._rows = [ControlRow(control, session, glyphs) for control in session.level.controls]

    def compose(self) -> ComposeResult:
        """Rows that scroll, then the words and the button that stay."""
        with VerticalScroll(id="control-rows", can_focus=False):
            yield from self._rows
            yield Vertical(*self._change_rows(), id="changes")
        yield Static("", id="control-says")
        with Horizontal(id="control-end"):
            yield Static("", id="price")
            yield Button("Run the night", id="start", variant="primary", compact=True)

    def show_price(self, micros_per_hour: int, parts: int) -> None:
        """What the plan costs, and how much there is in it."""
        self.query_one("#price", Static).update(
            Content.assemble(
                (money(micros_per_hour), "bold"), " an hour, ", (parts_words(parts), "bold")
            )
        )

    def show_choices(self) -> None:
        """The plan was changed elsewhere."""
        changes = self.query_one("#changes", Vertical)
        changes.remove_children()
        changes.mount_all(self._change_rows())
        for row in self._rows:
            row.mark()
            if row.has_focus:
                self._tell(row)

    def _change_rows(self) -> list[ChangeRow]:
        return [ChangeRow(change, self.glyphs) for change in self.session.changes]

    def focus_first(self) -> None:
        """Give the first control the keys; a level without controls has only the button."""
        (self._rows[0] if self._rows else self.query_one("#start")).focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Tell what the control under the keys means."""
        if isinstance(event.widget, ControlRow):
            self._tell(event.widget)

    def on_control_row_changed(self, message: ControlRow.Changed) -> None:
        """Tell what the new choice means; the screen hears of it too."""
        self._tell(next(row for row in self._rows if row.control.id == message.control_id))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The button starts the night; others are those of a panel with more."""
        event.stop()
        if event.button.id == "start":
            self.post_message(self.Started())

    def _tell(self, row: ControlRow) -> None:
        words, label = row.says(), row.control.label
        if len(label) >= LABEL_WIDTH:
            words = Content.assemble((f"{label}: ", "bold"), words)
        self.query_one("#control-says", Static).update(words, layout=False)
