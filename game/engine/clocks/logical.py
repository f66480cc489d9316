"""Clocks that count events instead of time: they order what happened by who can know of what.

Each class is the state of one process. `tick` stamps an event of its own, a sending among them;
`receive` stamps the arrival of a message, from the stamp that its sending had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Vector = Mapping[int, int]
"""By process: how many of its events are known. Those that are not named are 0."""


@dataclass(slots=True)
class LamportClock:
    """If a happened before b, then L(a) < L(b); not the other way round.

    Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, CACM 21(7), 1978,
    rules IR1 and IR2.
    """

    time: int = 0

    def tick(self) -> int:
        """Stamp an event of its own."""
        self.time += 1
        return self.time

    def receive(self, stamp: int) -> int:
        """Stamp the arrival of a message whose sending had `stamp`."""
        self.time = max(self.time, stamp) + 1
        return self.time


@dataclass(slots=True)
class VectorClock:
    """a happened before b if and only if V(a) < V(b).

    Fidge, Timestamps in Message-Passing Systems That Preserve the Partial Ordering, ACSC 1988;
    Mattern, Virtual Time and Global States of Distributed Systems, 1989, section 4.
    """

    process: int
    counts: dict[int, int] = field(default_factory=dict)

    def tick(self) -> dict[int, int]:
        """Stamp an event of its own."""
        self.counts[self.process] = self.counts.get(self.process, 0) + 1
        return dict(self.counts)

    def receive(self, stamp: Vector) -> dict[int, int]:
        """Stamp the arrival of a message whose sending had `stamp`."""
        merge(self.counts, stamp)
        return self.tick()


def merge(counts: dict[int, int], stamp: Vector) -> None:
    """Raise each count to that of the stamp, where that is more."""
    for process, count in stamp.items():
        if count > counts.get(process, 0):
            counts[process] = count


def precedes(one: Vector, other: Vector) -> bool:
    """Whether `one` < `other`: nowhere more, and somewhere less."""
    return all(count <= other.get(process, 0) for process, count in one.items()) and any(
        count > one.get(process, 0) for process, count in other.items()
    )


def concurrent(one: Vector, other: Vector) -> bool:
    """Whether neither can have known of the other. Equal stamps are one event."""
    return not precedes(one, other) and not precedes(other, one) and dict(one) != dict(other)
