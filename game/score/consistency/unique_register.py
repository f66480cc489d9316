"""The fast check of registers to which no value is written twice.

The zones of Gibbons and Korach, Testing Shared Memories, SIAM J. Comput. 1997, section 4.3: a write
and the reads that saw it are a cluster; its zone lies between the first end and the last beginning
of them. The zone is forward if that end comes first, else backward. A history is linearizable if
and only if no read ends before its write begins, no two forward zones overlap, and no backward zone
lies inside a forward one. It takes time n log n; Anderson and others, What Consistency Does Your
Key-Value Store Actually Provide?, HotDep 2010, use it for stores that run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, valid

BEGINNING = -1
"""When the first value was written."""
NEVER_ENDS = 1 << 62


def is_unique(operations: Iterable[Operation], initial: Value) -> bool:
    """Whether each value tells who wrote it."""
    written = [one.input for one in operations if one.function == "write" and one.possible]
    return len({*written, initial}) == len(written) + 1


@dataclass(frozen=True, slots=True)
class Zone:
    """Where one value must have been the register's."""

    write: Operation | None
    """None for the first value."""
    first_end: int
    last_begin: int
    ends_first: Operation | None
    """Whose end that is; None for the first value's own write."""
    begins_last: Operation | None

    @property
    def forward(self) -> bool:
        """From the first end to the last beginning the register must have had the value."""
        return self.first_end < self.last_begin

    @property
    def low(self) -> int:
        """Where it begins."""
        return min(self.first_end, self.last_begin)

    @property
    def high(self) -> int:
        """Where it ends."""
        return max(self.first_end, self.last_begin)

    def members(self) -> list[Operation]:
        """The operations that make it as it is, and the write."""
        return [one for one in (self.write, self.ends_first, self.begins_last) if one is not None]


def check_unique_register(history: History, initial: Value) -> Verdict:
    """Whether a single register is linearizable; only for histories that are `is_unique`."""
    reads: dict[Value, list[Operation]] = {}
    for one in history.operations:
        if one.ok and one.function == "read":
            reads.setdefault(one.output, []).append(one)
    writes = {
        one.input: one for one in history.operations if one.function == "write" and one.possible
    }
    zones: list[Zone] = []
    if initial in reads:
        zones.append(_zone(None, reads[initial]))
    for value, seen in reads.items():
        if value != initial and value not in writes:
            return invalid(history, f"nobody had written {show(value)}, which was read", seen[:1])
    for value, write in writes.items():
        seen = reads.get(value, [])
        for read in seen:
            if read.before(write):
                reason = f"{show(value)} was read before its write began"
                return invalid(history, reason, (read, write))
        if seen or write.ok:
            zones.append(_zone(write, seen))
    return _conflict(history, zones) or valid(history)


def _zone(write: Operation | None, reads: Sequence[Operation]) -> Zone:
    """The zone of a value; `write` is None for the first one."""
    cluster = [*reads, *([write] if write is not None else [])]
    ends_first = min(cluster, key=_end)
    begins_last = max(cluster, key=lambda one: one.invoked)
    if write is None:
        return Zone(None, BEGINNING, begins_last.invoked, None, begins_last)
    return Zone(write, _end(ends_first), begins_last.invoked, ends_first, begins_last)


def _end(operation: Operation) -> int:
    return operation.completed if operation.ok and operation.completed is not None else NEVER_ENDS


def _conflict(history: History, zones: list[Zone]) -> Verdict | None:
    """The first pair of zones that cannot both be."""
    forward = sorted((zone for zone in zones if zone.forward), key=lambda zone: zone.low)
    for one, other in pairwise(forward):
        if other.low < one.high:
            reason = "the register must have had two values at the same time"
            return invalid(history, reason, [*one.members(), *other.members()])
    place = 0
    for zone in sorted((zone for zone in zones if not zone.forward), key=lambda zone: zone.low):
        while place < len(forward) and forward[place].high < zone.low:
            place += 1
        if place < len(forward) and forward[place].low < zone.low:
            around = forward[place]
            if zone.high < around.high:
                reason = "a value was written while the register must have had another one"
                return invalid(history, reason, [*around.members(), *zone.members()])
    return None
