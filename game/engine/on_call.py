"""On call: the changes of a plan are made while the system runs, each after its alarm.

A change acts before all else of its microsecond but the looks of monitors. Changes of one moment
act in the order of the plan, so that a plan that was made in a live run does the same when it is
run again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from game.engine.alarms import Alarms
from game.engine.kinds import find_kinds
from game.engine.log import Change as Row
from game.engine.priorities import CHANGE
from game.engine.settings import reset
from game.level.changes import MOST_CHANGES, Change, check_changes
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

    __slots__ = ("alarms", "changes", "done", "due", "kernel", "labels", "level", "plan", "world")

    def __init__(self, world: World, on_call: OnCall) -> None:
        self.world = world
        self.kernel = world.kernel
        self.level = on_call.level
        self.plan = on_call.plan
        self.labels = dict(on_call.plan.values)
        """What is set now."""
        self.changes = list(on_call.plan.changes)
        self.due: dict[int, list[int]] = {}
        """By moment: changes that are to be made then."""
        self.done = 0
        self.alarms = Alarms(world, on_call.monitors, self._fired)
        world.log.orders.extend((one.control, one.value) for one in self.changes)

    def start(self) -> None:
        """The run begins: that counts as an alarm."""
        self._fired(START)
        self.alarms.start()

    def made(self) -> Plan:
        """The plan with all that was ordered so far."""
        return replace(self.plan, changes=tuple(self.changes))

    def order(self, control: str, label: str) -> Change:
        """Set a control as soon as possible: one microsecond from now. Another order for it at the
        same moment is replaced. Raises NotNow."""
        at_us = self.kernel.now + 1
        newest = self.alarms.newest()
        alarm, since_us = (START, 0) if newest is None else (newest.monitor.id, newest.fired_us)
        change = Change(alarm=alarm, delay=at_us - since_us, control=control, value=label)
        same = [n for n in self.due.get(at_us, ()) if self.changes[n].key == change.key]
        others = [one for n, one in enumerate(self.changes) if n not in same]
        if at_us >= self.world.system.duration:
            raise NotNow("The night is over.")
        if len(others) >= MOST_CHANGES:
            raise NotNow(f"A plan has at most {MOST_CHANGES} changes, and all are made.")
        for said in check_changes(self.level, [*others, change]):
            raise NotNow(f"{said.message[:1].upper()}{said.message[1:]}.")
        if same:
            self.changes[same[0]] = change
            self.world.log.orders[same[0]] = (control, label)
        else:
            self.changes.append(change)
            self.world.log.orders.append((control, label))
            self._plan(len(self.changes) - 1, at_us)
        return change

    def _fired(self, alarm: str) -> None:
        for index, change in enumerate(self.changes):
            if change.alarm == alarm:
                self._plan(index, self.kernel.now + change.delay)

    def _plan(self, index: int, at_us: int) -> None:
        if at_us not in self.due:
            self.due[at_us] = []
            self.kernel.at(at_us, self._act, None, CHANGE)
        self.due[at_us].append(index)

    def _act(self, _argument: object) -> None:
        for index in sorted(self.due.pop(self.kernel.now)):
            self._make(index, self.changes[index])

    def _make(self, index: int, change: Change) -> None:
        control = next(one for one in self.level.controls if one.id == change.control)
        labels = {**self.labels, change.control: change.value}
        choice = [one.label for one in control.choices].index(change.value)
        try:
            system = system_set(self.level, Plan("", tuple(labels.items())), find_kinds())
        except PlanError:
            choice = REFUSED
        else:
            self.labels = labels
        self.world.log.changes.append((self.kernel.now, Row.PLAN_CHANGED, index, choice))
        if choice != REFUSED:
            paths = [locate(self.level.document, path) for path in control.sets]
            reset(self.world, system, paths)
