"""The fast check of registers, by the values that are written once.

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
from game.score.consistency.models import left_by, seen_by
from game.score.consistency.verdict import Verdict, invalid, show, valid

BEGINNING = -1
"""When the first value was written."""
NEVER_ENDS = 1 << 62


def is_unique(operations: Iterable[Operation], initial: Value) -> bool:
    """Whether the check is exact: there are but reads and writes, and no value comes twice."""
    writes = [one for one in operations if one.possible and one.function != "read"]
    if any(one.function != "write" for one in writes):
        return False
    return len({initial, *(one.input for one in writes)}) == len(writes) + 1


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
    """Whether a single register is linearizable; exact only for histories that are `is_unique`.

    Of any other it says invalid only if it is: of values that were written more than once nothing
    is said, and a compare-and-set that won is a read of the old value and a write of the new one.
    """
    makers: dict[Value, list[Operation]] = {initial: []}
    readers: dict[Value, list[Operation]] = {}
    for one in history.operations:
        if one.possible and one.function != "read":
            makers.setdefault(left_by(one), []).append(one)
        if one.ok and one.function != "write":
            readers.setdefault(seen_by(one), []).append(one)
    zones: list[Zone] = []
    for value, seen in readers.items():
        if value not in makers:
            return invalid(history, f"nobody had written {show(value)}, which was seen", seen[:1])
        if value == initial and not makers[value]:
            zones.append(_zone(None, seen))
    for value, made in makers.items():
        if len(made) != 1 or value == initial:
            continue
        write, seen = made[0], readers.get(value, [])
        for read in seen:
            if read.before(write):
                reason = f"{show(value)} was seen before its write began"
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
