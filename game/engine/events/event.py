"""Events by name: what a level's own measures count, and what they measure times between.

An event is a kind of family `event`: a record that registers itself under its name. Its fields are
what a level may say of it (`node`, `service`, `cause` ...), each None where anything will do.

A protocol that brings a new `Change` registers its event in its own file: a record made of `OfCopy`
(or another base in `changes.py`), with `change` set to the Change and no fields of its own. A part
that only counts registers a record made of `Counter`, with `total` set to a name such as
`cache-hit`, and counts into `log.totals[counter_key("cache-hit", service_id)]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Annotated, ClassVar, NamedTuple

from game.engine.log import Log
from game.level.annotations import Reference, ServiceName

MachineName = Annotated[str, Reference("machine")]
"""A node group, or one node."""
CallerName = Annotated[str, Reference("caller")]
"""Who sends: a client group, a node group or one node."""
FaultName = Annotated[str, Reference("fault")]

NEVER_ASKED = -1


class Happening(NamedTuple):
    """One time that an event happened, and whom it is about; "" where that has no meaning."""

    time_us: int
    node: str = ""
    service: str = ""
    client: str = ""
    caller: str = ""
    fault: str = ""
    cause: str = ""
    alarm: str = ""
    control: str = ""
    operation: int = -1
    invoked_us: int = NEVER_ASKED
    """Of an operation: the moment by which it is in the window, or not."""
    row: int = -1
    """In its table of the Log, where two of them may be alike in all else."""


@dataclass(frozen=True, slots=True)
class Night:
    """A run, as events are looked for in it."""

    log: Log
    machines: Mapping[str, frozenset[str]]
    """Node groups to the names of their nodes."""
    causes: Sequence[int]
    """What each row of `log.operations` came to, as the score sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happens at known moments."""

    about: ClassVar[tuple[str, ...]] = ()
    """The fields of `Happening` by which two events can be told to be about the same thing."""

    def happened(self, night: Night) -> Iterator[Happening]:
        """Each time, whomever it was about, in any order. Fields other than those of `Happening`
        are this method's own affair."""
        raise NotImplementedError

    @property
    def source(self) -> object:
        """What it is found in: one and the same thing that happened can only be found by two events
        that have the same source."""
        return type(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What is only counted, over the whole run: one of the Log's totals."""

    total: ClassVar[str]
    """Its name there."""

    def counted(self, totals: Mapping[str, int]) -> int:
        """How often it happened."""
        return totals.get(self.total, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Total):
    """A total that every service has for itself, under `counter_key(total, service)`."""

    service: ServiceName | None = None
    """The service that counts; default: all together."""

    def counted(self, totals: Mapping[str, int]) -> int:
        """How often it happened at the service, or at all of them."""
        if self.service is not None:
            return totals.get(counter_key(self.total, self.service), 0)
        mine = counter_key(self.total, "")
        return sum(count for key, count in totals.items() if key.startswith(mine))


def counter_key(total: str, service: str) -> str:
    """Where a service's count of something stands in `Log.totals`."""
    return f"{total}:{service}"


def happenings(event: Event, night: Night) -> list[Happening]:
    """Each time that just this event happened, in order of time."""
    wanted = [
        (Happening._fields.index(field.name), _names(night, value))
        for field in fields(event)
        if field.name in Happening._fields and (value := getattr(event, field.name)) is not None
    ]
    found: Iterable[Happening] = event.happened(night)
    if wanted:
        found = [one for one in found if all(one[place] in names for place, names in wanted)]
    return sorted(found, key=_time_us)


def _names(night: Night, name: str) -> frozenset[str]:
    """The name itself, and those of a group's nodes."""
    return night.machines.get(name, frozenset()) | {name}


def _time_us(one: Happening) -> int:
    return one.time_us
