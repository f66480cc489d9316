"""Events of levels on call: alarms, and changes of the plan while the system runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from game.engine.events.changes import OfChange
from game.engine.events.event import Happening, Night
from game.engine.log import Change
from game.engine.on_call import REFUSED
from game.engine.registry import REGISTRY
from game.level.annotations import Reference

AlarmName = Annotated[str, Reference("monitor")]
ControlName = Annotated[str, Reference("control")]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAlarm(OfChange):
    """About an alarm."""

    alarm: AlarmName | None = None
    """The monitor whose alarm it is."""

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, index, _ in self.rows(night):
            yield Happening(time_us, alarm=night.log.monitors[index])


@REGISTRY.register("event", "alarm", says="An alarm fires.", codex="on-call")
@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFired(OfAlarm):
    """Each time, also again after it was over."""

    change: ClassVar[Change] = Change.ALARM_FIRED


@REGISTRY.register("event", "alarm-over", says="What an alarm was about is over.", codex="on-call")
@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmOver(OfAlarm):
    """The first look at which all is well again."""

    change: ClassVar[Change] = Change.ALARM_ENDED


@REGISTRY.register("event", "change", says="A control is set during the run.", codex="on-call")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanged(OfChange):
    """A change of the plan, at the moment at which it acts."""

    control: ControlName | None = None
    """The control that is set."""

    change: ClassVar[Change] = Change.PLAN_CHANGED

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, index, choice in self.rows(night):
            if choice != REFUSED:
                yield Happening(time_us, control=night.log.orders[index][0])
