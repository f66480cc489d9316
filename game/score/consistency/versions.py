"""Which of two values of a key is the newer one, as far as that is certain.

Checkers of sessions and of staleness need it. The order is taken from where it is known (a store's
own record), else from real time: a write that was over when another one began is the older one.
Writes that ran at the same time are never taken to be in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from game.score.consistency.history import History, Operation, Value

Orders = Mapping[Value, Sequence[Value]]
"""Each key's values, the oldest first."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Who wrote what; only for histories in which no value is written twice to a key."""

    writes: dict[tuple[Value, Value], Operation]
    """By (key, value)."""
    places: dict[tuple[Value, Value], int] = field(default_factory=dict)
    """By (key, value), where the order is known."""

    def older(self, key: Value, value: Value, other: Value) -> bool:
        """Whether `value` surely was under the key before `other`; the first value always was."""
        if value == other:
            return False
        if other is None:
            return False
        if self.places and value is not None:
            place, others_place = self.places.get((key, value)), self.places.get((key, other))
            # What is not there in the end was lost, and nobody can say where it stood.
            return place is not None and others_place is not None and place < others_place
        write, others = self.writes.get((key, value)), self.writes.get((key, other))
        if others is None:
            return False
        return write is None or write.before(others)

    def behind(self, history: Sequence[Operation], read: Operation) -> list[Operation]:
        """The writes that were over when a read began, and are newer than what it saw."""
        return [
            write
            for write in history
            if write.function == "write"
            and write.before(read)
            and self.older(read.key, read.output, write.input)
        ]


def versions_of(history: History, orders: Orders | None = None) -> Versions:
    """The versions of a history of registers."""
    writes = {
        (one.key, one.input): one
        for one in history.operations
        if one.possible and one.function == "write"
    }
    places = {
        (key, value): place
        for key, values in (orders or {}).items()
        for place, value in enumerate(values)
    }
    return Versions(writes, places)


def written_twice(history: History) -> Operation | None:
    """A write of a value that its key had been given before, which these checkers cannot tell
    apart."""
    seen: set[tuple[Value, Value]] = set()
    for one in history.operations:
        if one.possible and one.function == "write":
            if (one.key, one.input) in seen:
                return one
            seen.add((one.key, one.input))
    return None


NOT_UNIQUE = "some value is written twice to a key, so it cannot be told which write was read"
