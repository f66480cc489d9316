"""Events that are rows of `Log.changes`, and the begin of the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.event import (
    CallerName,
    Event,
    FaultName,
    Happening,
    MachineName,
    Night,
    Total,
)
from game.engine.log import LEFT_OUT, Change, Log, Role
from game.engine.registry import REGISTRY
from game.level.annotations import ServiceName

CODEX = "measures"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfChange(Event):
    """One sort of row in `Log.changes`."""

    change: ClassVar[Change]

    @property
    def source(self) -> object:
        """See `Event`."""
        return self.change

    def rows(self, night: Night) -> Iterator[tuple[int, int, int]]:
        """(time, place, value) of each."""
        for time_us, change, place, value in night.log.changes.rows():
            if change == self.change:
                yield time_us, place, value


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFault(OfChange):
    """About a fault, and where it strikes each target by itself, about a node. One that was left
    out of the run did not happen."""

    fault: FaultName | None = None
    """The fault that it is about."""
    node: MachineName | None = None
    """The machine that it hit."""

    about: ClassVar[tuple[str, ...]] = ("fault", "node")

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, fault, place in self.rows(night):
            if place != LEFT_OUT:
                name = _place(night.log, place)
                yield Happening(time_us, node=name, fault=night.log.faults[fault])


@dataclass(frozen=True, slots=True, kw_only=True)
class OfNode(OfChange):
    """About a node."""

    node: MachineName | None = None
    """The machine that it is about."""

    about: ClassVar[tuple[str, ...]] = ("node",)

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, place, _ in self.rows(night):
            yield Happening(time_us, node=_place(night.log, place))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTarget(OfChange):
    """About a caller, and the node that it sends to."""

    node: MachineName | None = None
    """The machine that it thinks so of."""
    caller: CallerName | None = None
    """Who thinks so."""

    about: ClassVar[tuple[str, ...]] = ("node", "caller")

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, place, node in self.rows(night):
            log = night.log
            yield Happening(time_us, node=_place(log, node), caller=_place(log, place))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCaller(OfChange):
    """About a caller."""

    caller: CallerName | None = None
    """Who called."""

    about: ClassVar[tuple[str, ...]] = ("caller",)

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, place, _ in self.rows(night):
            yield Happening(time_us, caller=_place(night.log, place))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCopy(OfChange):
    """About the copy of a service's store on a node."""

    service: ServiceName | None = None
    """The service whose store the copy belongs to."""
    node: MachineName | None = None
    """The machine that the copy is on."""

    about: ClassVar[tuple[str, ...]] = ("service", "node")
    value: ClassVar[int | None] = None
    """The row's value, where only one is meant."""

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        for time_us, station, value in self.rows(night):
            if self.value is None or value == self.value:
                service, place = night.log.stations[station]
                yield Happening(time_us, node=_place(night.log, place), service=service)


def _place(log: Log, place: int) -> str:
    return log.places[place] if place >= 0 else ""


@REGISTRY.register("event", "start", says="The run begins.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Event):
    """The begin of the run."""

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        yield Happening(0)


@REGISTRY.register("event", "fault-began", says="A fault of the script strikes.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class FaultBegan(OfFault):
    """The begin of a fault, by its id."""

    change: ClassVar[Change] = Change.FAULT_BEGAN


@REGISTRY.register("event", "fault-ended", says="A fault of the script is over.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEnded(OfFault):
    """The end of a fault, by its id."""

    change: ClassVar[Change] = Change.FAULT_ENDED


@REGISTRY.register("event", "node-down", says="A node dies, or its process does.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDown(OfNode):
    """A crash."""

    change: ClassVar[Change] = Change.NODE_DOWN


@REGISTRY.register("event", "node-up", says="A node is back, and takes requests.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeUp(OfNode):
    """A repair."""

    change: ClassVar[Change] = Change.NODE_UP


@REGISTRY.register("event", "node-paused", says="A node freezes.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class NodePaused(OfNode):
    """The begin of a pause."""

    change: ClassVar[Change] = Change.NODE_PAUSED


@REGISTRY.register("event", "node-resumed", says="A frozen node goes on.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResumed(OfNode):
    """The end of a pause."""

    change: ClassVar[Change] = Change.NODE_RESUMED


@REGISTRY.register("event", "node-speed", says="A node's speed becomes another one.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSpeed(OfNode):
    """A node becomes slower or faster."""

    change: ClassVar[Change] = Change.NODE_SPEED


_STANDING = {
    Change.NODE_UP: True,
    Change.NODE_RESUMED: True,
    Change.NODE_DOWN: False,
    Change.NODE_PAUSED: False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSuspicion(OfTarget):
    """About somebody who believes the worst of a node."""

    wrong: bool = False
    """Only of nodes that run: a suspicion of the living."""

    def rows(self, night: Night) -> Iterator[tuple[int, int, int]]:
        """See `OfChange`."""
        if not self.wrong:
            yield from OfTarget.rows(self, night)
            return
        gone: set[int] = set()
        for time_us, change, place, value in night.log.changes.rows():
            standing = _STANDING.get(Change(change))
            if standing is not None:
                (gone.discard if standing else gone.add)(place)
            elif change == self.change and value not in gone:
                yield time_us, place, value


@REGISTRY.register("event", "target-out", says="A caller stops sending to a node.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOut(OfSuspicion):
    """A detection by health checks, outliers or a detector, or a drain."""

    change: ClassVar[Change] = Change.TARGET_OUT


@REGISTRY.register("event", "target-back", says="A caller sends to a node again.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetBack(OfTarget):
    """A node is trusted again."""

    change: ClassVar[Change] = Change.TARGET_BACK


@REGISTRY.register("event", "breaker-opened", says="A caller's breaker opens.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerOpened(OfCaller):
    """From now on the caller does not even try."""

    change: ClassVar[Change] = Change.BREAKER_OPENED


@REGISTRY.register("event", "breaker-closed", says="A caller's breaker closes.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerClosed(OfCaller):
    """The caller tries again."""

    change: ClassVar[Change] = Change.BREAKER_CLOSED


@REGISTRY.register("event", "became-primary", says="A copy takes itself to lead.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecamePrimary(OfCopy):
    """A copy begins to act as the primary."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.PRIMARY


@REGISTRY.register("event", "became-backup", says="A copy stands by as a backup.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecameBackup(OfCopy):
    """A copy begins to follow, or has caught up."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.BACKUP


@REGISTRY.register("event", "became-returning", says="A copy has to catch up.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class BecameReturning(OfCopy):
    """A copy is no member any more, or not yet."""

    change: ClassVar[Change] = Change.ROLE
    value: ClassVar[int | None] = Role.RETURNING


@REGISTRY.register("event", "epoch-granted", says="A coordinator grants an epoch.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class EpochGranted(OfCopy):
    """About the copy that is to be the primary."""

    change: ClassVar[Change] = Change.EPOCH_GRANTED


@REGISTRY.register("event", "epoch-learned", says="A copy learns of an epoch.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class EpochLearned(OfCopy):
    """About the copy that learns of it."""

    change: ClassVar[Change] = Change.EPOCH


@REGISTRY.register("event", "probe", says="A health check is sent; only counted.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Total):
    """All health checks of all callers, and what detectors send that answers nothing."""

    total: ClassVar[str] = "probes"
