"""The player's attacks: one is put together from weapon, target and moment, and placed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Static

from game.level.attacks import Attack
from game.level.units import format_duration
from game.tui.glyphs import GlyphSet
from game.tui.widgets.controls import ControlsPanel, MoreChip

if TYPE_CHECKING:
    from game.tui.session import Session

STEP_US = 500_000
"""By which left and right move an attack."""
FAR_STEPS = 10
"""As many of these with shift."""


class Dial(Widget, can_focus=True):
    """One part of the next attack. Left and right turn it, and so do its arrows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Before", show=False),
        Binding("right", "turn(1)", "After", show=False),
        Binding("shift+left", f"turn(-{FAR_STEPS})", "Far before", show=False),
        Binding("shift+right", f"turn({FAR_STEPS})", "Far after", show=False),
        Binding("up", "app.focus_previous", "Above", show=False),
        Binding("down", "app.focus_next", "Below", show=False),
    ]
    HELP = "Left and right (with shift: far) turn it, up and down go on, p places the attack."

    class Turned(Message):
        """The player turned a dial."""

        def __init__(self, dial: Dial, step: int) -> None:
            super().__init__()
            self.dial = dial
            self.step = step

    def __init__(self, title: str, glyphs: GlyphSet, words: Callable[[], str]) -> None:
        super().__init__(classes="dial")
        self._title = title
        self._words = words
        self._less = MoreChip(glyphs.back_arrow, -1)
        self._more = MoreChip(glyphs.arrow, 1)
        self._shown = Static("", classes="dial--words")

    def compose(self) -> ComposeResult:
        """Its name, and what is chosen between two arrows."""
        yield Static(Content(self._title), classes="dial--name")
        yield self._less
        yield self._shown
        yield self._more

    def on_mount(self) -> None:
        """Show what is chosen at first."""
        self.mark()

    def mark(self) -> None:
        """Show what is chosen."""
        self._shown.update(Content(self._words()))

    def action_turn(self, step: int) -> None:
        """Turn it by so many."""
        self.post_message(self.Turned(self, step))

    def on_more_chip_clicked(self, message: MoreChip.Clicked) -> None:
        """An arrow was clicked."""
        message.stop()
        self.focus()
        self.action_turn(message.step)


class PlacedRow(Static, can_focus=True):
    """One attack of the plan. Delete takes it away, and so does a click."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,backspace,x", "take_away", "Take away", show=False),
        Binding("up", "app.focus_previous", "Above", show=False),
        Binding("down", "app.focus_next", "Below", show=False),
    ]
    HELP = "Delete takes this attack away."

    class TakenAway(Message):
        """The player does not want this attack."""

        def __init__(self, attack: Attack) -> None:
            super().__init__()
            self.attack = attack

    def __init__(self, attack: Attack, price: int, sign: str) -> None:
        where = f" {attack.target}" if attack.target else ""
        when = format_duration(attack.at)
        super().__init__(
            Content.assemble(
                (f"{sign} ", "$error"), (when.rjust(6), "bold"), f"  {attack.weapon}{where}",
                (f"  {price}", "$text-muted"),
            ),
            classes="placed",
        )  # fmt: skip
        self.attack = attack
        self.tooltip = "Click to take it away"

    def action_take_away(self) -> None:
        """Ask for it to go."""
        self.post_message(self.TakenAway(self.attack))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A click is as good as the key."""
        event.stop()
        self.action_take_away()


class AttacksPanel(ControlsPanel):
    """The attacks of a plan, what is left of the budget, and the way into the night."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("p", "place", "Place")]

    class Changed(Message):
        """The plan has other attacks."""

    def __init__(self, session: Session, glyphs: GlyphSet, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(session, glyphs, id=id)
        self.border_title = "Your attacks"
        self.session = session
        self.glyphs = glyphs
        self._weapon = self._target = 0
        level = session.level
        self._at_us = (level.window_us or (0, 0))[0]
        self._dials = {
            "weapon": Dial("Weapon", glyphs, self._weapon_words),
            "target": Dial("Target", glyphs, self._target_words),
            "at": Dial("At", glyphs, lambda: format_duration(self._at_us)),
        }

    @property
    def draft(self) -> Attack:
        """The attack that would be placed now."""
        weapon = self.session.level.weapons[self._weapon]
        target = weapon.targets[self._target] if weapon.targets else ""
        return Attack(weapon=weapon.id, target=target, at=self._at_us)

    def compose(self) -> ComposeResult:
        """The next attack and those that are placed, then the words and the buttons that stay."""
        with VerticalScroll(id="control-rows", can_focus=False):
            with Container(id="dials"):
                yield from self._dials.values()
            yield Vertical(id="placed")
        yield Static("", id="control-says")
        with Horizontal(id="control-end"):
            yield Static("", id="price")
            yield Button("Place it", id="place", compact=True)
            yield Button("Run the night", id="start", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Show the plan."""
        self.show_choices()

    def show_price(self, micros_per_hour: int, parts: int) -> None:
        """What is left of the budget, whatever the system costs."""
        left = self.session.budget_left
        words = Content.assemble(
            (f"{left}", "bold"), f" of {self.session.level.attack_budget} left"
        )
        self.query_one("#price", Static).update(words)

    def show_choices(self) -> None:
        """The plan was changed elsewhere: show the attacks that it has now."""
        prices = {weapon.id: weapon.price for weapon in self.session.level.weapons}
        placed = self.query_one("#placed", Vertical)
        placed.remove_children()
        placed.mount_all(
            PlacedRow(attack, prices[attack.weapon], self.glyphs.bad)
            for attack in self.session.attacks
        )
        for dial in self._dials.values():
            dial.mark()
        self._tell_draft()

    def focus_first(self) -> None:
        """Give the weapon the keys."""
        self._dials["weapon"].focus()

    def action_place(self) -> None:
        """Add the attack to the plan, or say why that cannot be."""
        trouble = self.session.place(self.draft)
        if trouble:
            self.notify(trouble, severity="warning", markup=False)
            return
        self.show_choices()
        self.post_message(self.Changed())

    def on_dial_turned(self, message: Dial.Turned) -> None:
        """Another weapon, target or moment."""
        message.stop()
        level = self.session.level
        targets = level.weapons[self._weapon].targets
        if message.dial is self._dials["weapon"]:
            self._weapon = (self._weapon + message.step) % len(level.weapons)
            self._target = 0
        elif message.dial is self._dials["target"]:
            self._target = (self._target + message.step) % max(1, len(targets))
        else:
            last_us = (level.system.duration - 1) // STEP_US * STEP_US
            self._at_us = min(max(0, self._at_us + message.step * STEP_US), last_us)
        for dial in self._dials.values():
            dial.mark()
        self._tell_draft()

    def on_placed_row_taken_away(self, message: PlacedRow.TakenAway) -> None:
        """One attack less."""
        message.stop()
        self.session.take_away(message.attack)
        self.show_choices()
        self.focus_first()
        self.post_message(self.Changed())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Place the attack. Textual hands the event to the panel that this one is made of, too."""
        event.stop()
        if event.button.id == "place":
            self.action_place()

    def _weapon_words(self) -> str:
        weapon = self.session.level.weapons[self._weapon]
        lasts = f", {format_duration(weapon.lasts)}" if weapon.lasts else ""
        return f"{weapon.id} (costs {weapon.price}{lasts})"

    def _target_words(self) -> str:
        return self.draft.target or "no target"

    def _tell_draft(self) -> None:
        weapon = self.session.level.weapons[self._weapon]
        self.query_one("#control-says", Static).update(Content(weapon.says), layout=False)
