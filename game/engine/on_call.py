"""On call: the changes of a plan are made while the system runs, each after its alarm.

A change acts before all else of its microsecond but the looks of monitors. Changes of one moment
act in the order of their controls' ids, and those of one control in the order in which their alarms
fired: nothing hangs on the order in which a plan was written, or made in a live run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from game.engine.alarms import Alarms
from game.engine.kinds import find_kinds
from game.engine.log import Change as Row
from game.engine.priorities import CHANGE
from game.engine.settings import reset
from game.level.changes import MOST_CHANGES, Change, changes_in_order, check_changes, open_controls
from game.level.controls import locate
from game.level.monitors import START
from game.level.plan import Plan, PlanError, system_set

if TYPE_CHECKING:
    from game.engine.world import World
    from game.level.on_call import OnCall

REFUSED = -1
"""In a PLAN_CHANGED row's `value`: the choice does not go together with the rest, and nothing was
done."""


class NotNow(Exception):
    """A change that cannot be made; the message is one sentence."""


class Desk:
    """Where the changes of one run come in."""

    __slots__ = ("alarms", "changes", "due", "kernel", "labels", "level", "plan", "world")

    def __init__(self, world: World, on_call: OnCall) -> None:
        self.world = world
        self.kernel = world.kernel
        self.level = on_call.level
        self.plan = on_call.plan
        self.labels = dict(on_call.plan.values)
        """What is set now."""
        self.changes = list(on_call.plan.changes)
        self.due: dict[int, list[Change]] = {}
        """By moment: changes that are to be made then."""
        self.alarms = Alarms(world, on_call.monitors, self._fired)
        world.log.orders = tuple(
            (control.id, choice.label)
            for control in open_controls(on_call.level)
            for choice in control.choices
        )

    def start(self) -> None:
        """The run begins: that counts as an alarm."""
        self._fired(START)
        self.alarms.start()

    def made(self) -> Plan:
        """The plan with all that was ordered so far."""
        return replace(self.plan, changes=changes_in_order(self.changes))

    def order(self, control: str, label: str) -> Change:
        """Set a control as soon as possible: one microsecond from now. Another order for it at the
        same moment is replaced. Raises NotNow."""
        at_us = self.kernel.now + 1
        newest = self.alarms.newest()
        alarm, since_us = (START, 0) if newest is None else (newest.monitor.id, newest.fired_us)
        change = Change(alarm=alarm, delay=at_us - since_us, control=control, value=label)
        due = self.due.get(at_us, [])
        same = next((one for one in due if one.key == change.key), None)
        others = [one for one in self.changes if one is not same]
        if at_us >= self.world.system.duration:
            raise NotNow("The night is over.")
        if len(others) >= MOST_CHANGES:
            raise NotNow(f"A plan has at most {MOST_CHANGES} changes, and all are made.")
        for said in check_changes(self.level, [*others, change]):
            raise NotNow(f"{said.message[:1].upper()}{said.message[1:]}.")
        if same is not None:
            due.remove(same)
        self.changes = [*others, change]
        self._plan(change, at_us)
        return change

    def _fired(self, alarm: str) -> None:
        for change in self.changes:
            if change.alarm == alarm:
                self._plan(change, self.kernel.now + change.delay)

    def _plan(self, change: Change, at_us: int) -> None:
        if at_us not in self.due:
            self.due[at_us] = []
            self.kernel.at(at_us, self._act, None, CHANGE)
        self.due[at_us].append(change)

    def _act(self, _argument: object) -> None:
        places = {one.id: place for place, one in enumerate(self.level.monitors)}
        due = self.due.pop(self.kernel.now)
        # Of one moment, the longer delay is the older alarm's; of two alarms at one look, that of
        # the later monitor counts as newer, as in `newest`.
        for change in sorted(
            due, key=lambda one: (one.control, -one.delay, places.get(one.alarm, -1))
        ):
            self._make(change)

    def _make(self, change: Change) -> None:
        control = next(one for one in self.level.controls if one.id == change.control)
        labels = {**self.labels, change.control: change.value}
        choice = [one.label for one in control.choices].index(change.value)
        try:
            system = system_set(self.level, Plan("", tuple(labels.items())), find_kinds())
        except PlanError:
            choice = REFUSED
        else:
            self.labels = labels
        place = self.world.log.orders.index((change.control, change.value))
        self.world.log.changes.append((self.kernel.now, Row.PLAN_CHANGED, place, choice))
        if choice != REFUSED:
            paths = [locate(self.level.document, path) for path in control.sets]
            reset(self.world, system, paths)
