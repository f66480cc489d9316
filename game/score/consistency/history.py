"""Histories: what clients asked for and what they saw, and nothing of how it came about.

The record is that of Herlihy and Wing, Linearizability, TOPLAS 1990, section 2, with Jepsen's three
outcomes. An operation whose outcome is not known may take effect at any time after its invocation,
or never.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

Value = Hashable
"""None, numbers, text, symbols; tuples, frozen sets and `Map`s of values."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that is nothing but itself: a keyword such as `:nemesis`, `true` or `false`."""

    text: str

    def __repr__(self) -> str:
        return self.text


class Map(tuple[tuple[Value, Value], ...]):
    """A map as its pairs, in an order that depends on the keys alone."""

    __slots__ = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[Value, Value]]) -> Map:
        """The map with those pairs; of pairs with the same key the last one."""
        return cls(sorted(dict(pairs).items(), key=lambda pair: repr(pair[0])))


class Outcome(StrEnum):
    """What the client knows about its operation."""

    OK = "ok"
    FAIL = "fail"
    """It definitely did not happen."""
    INFO = "info"
    """It may have happened, may still happen, or never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a client."""

    number: int
    """Tells it from all others of the history."""
    process: int | str
    """Whose it is. A process does one thing at a time."""
    function: str
    key: Value = None
    """Which object it is about, where a history has several."""
    input: Value = None
    output: Value = None
    """What it returned; means something only where the outcome is `OK`."""
    outcome: Outcome
    invoked: int
    """Place of its beginning among all events of the history, which tells what was before what."""
    completed: int | None = None
    """Place of its end; None unless the outcome is `OK` or `FAIL`."""
    invoked_us: int | None = None
    completed_us: int | None = None
    """When the client had its answer, or gave up."""
    node: str = ""
    """Which machine answered, where that is known."""
    line: int = 0
    """Where it begins in its file, or 0."""

    @property
    def ok(self) -> bool:
        """It happened, between its beginning and its end."""
        return self.outcome is Outcome.OK

    @property
    def possible(self) -> bool:
        """It happened, or may have."""
        return self.outcome is not Outcome.FAIL

    def before(self, other: Operation) -> bool:
        """It was over, for certain, when the other one began."""
        return self.ok and self.completed is not None and self.completed < other.invoked


@dataclass(frozen=True, slots=True)
class History:
    """Operations in order of their invocations."""

    operations: tuple[Operation, ...]

    def __len__(self) -> int:
        return len(self.operations)

    def by_key(self) -> dict[Value, list[Operation]]:
        """The operations on each object, objects in order of their first operations."""
        found: dict[Value, list[Operation]] = {}
        for operation in self.operations:
            found.setdefault(operation.key, []).append(operation)
        return found

    def by_process(self) -> dict[int | str, list[Operation]]:
        """The operations of each process, in its own order."""
        found: dict[int | str, list[Operation]] = {}
        for operation in self.operations:
            found.setdefault(operation.process, []).append(operation)
        return found


def history_of(operations: Iterable[Operation]) -> History:
    """The history of operations in any order."""
    return History(tuple(sorted(operations, key=lambda operation: operation.invoked)))
