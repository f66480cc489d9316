"""Nights for tests: a level as text, simulated, and its Log as rows with names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.engine.log import Change, Log
from game.engine.run import simulate
from game.level.model import Level, System
from game.level.read import read_level_bytes
from game.level.registry import Registry

SECOND = 1_000_000
MS = 1_000
HEAD = 'format = 1\ntitle = "A night"\n'


class Operation(NamedTuple):
    """A row of `Log.operations`."""

    operation: int
    client: int
    invoked_us: int
    ended_us: int
    cause: Cause
    blame: int
    attempts: int
    key: int
    write: int


class Attempt(NamedTuple):
    """A row of `Log.attempts`."""

    operation: int
    kind: int
    depth: int
    station: int
    sent_us: int
    arrived_us: int
    started_us: int
    served_us: int
    ended_us: int
    cause: Cause
    blame: int
    wasted: int


@dataclass(frozen=True, slots=True)
class Night:
    """What became of a run that reached its end."""

    log: Log

    def operations(self, since_us: int = 0, until_us: int = 1 << 62) -> list[Operation]:
        """Those invoked between two times, in order of invocation."""
        rows = map(Operation._make, self.log.operations.rows())
        found = [row._replace(cause=Cause(row.cause)) for row in rows]
        return sorted(row for row in found if since_us <= row.invoked_us < until_us)

    def attempts(self, since_us: int = 0, until_us: int = 1 << 62) -> list[Attempt]:
        """Those sent between two times, in order of sending."""
        rows = map(Attempt._make, self.log.attempts.rows())
        found = [row._replace(cause=Cause(row.cause)) for row in rows]
        chosen = [row for row in found if since_us <= row.sent_us < until_us]
        return sorted(chosen, key=lambda row: (row.sent_us, row.operation, row.kind))

    def causes(self, since_us: int = 0, until_us: int = 1 << 62) -> dict[str, int]:
        """Cause to count of the operations invoked between two times; "none" is good."""
        counted = Counter(row.cause.word for row in self.operations(since_us, until_us))
        return dict(counted)

    def good_share(self, since_us: int, until_us: int = 1 << 62) -> float:
        """Of the operations invoked between two times."""
        causes = self.causes(since_us, until_us)
        return causes.get("none", 0) / sum(causes.values())

    def changes(self, *kinds: Change) -> list[tuple[int, str, int]]:
        """(time, place or fault, value) of the state changes of some kinds."""
        names: Any = {Change.FAULT_BEGAN: self.log.faults, Change.FAULT_ENDED: self.log.faults}
        return [
            (time_us, names.get(change, self.log.places)[place], value)
            for time_us, change, place, value in self.log.changes.rows()
            if change in kinds
        ]

    def node_of(self, attempt: Attempt) -> str:
        """The node that an attempt was sent to."""
        return self.log.places[self.log.stations[attempt.station][1]]


def level_of(text: str, registry: Registry | None = None) -> Level:
    """The level of a text without its head lines."""
    level, problems = read_level_bytes((HEAD + text).encode(), "night.toml", registry or KINDS)
    assert level is not None, str(problems)
    return level


def system_of(text: str) -> System:
    """The system of a text without its head lines."""
    return level_of(text).system


def night(text: str, seed: int = 1, *, trace: bool = False, without: Collection[str] = ()) -> Night:
    """The whole night of a text."""
    log = simulate(system_of(text), seed, trace=trace, without=without)
    assert log.verdict == "", log.error
    return Night(log)


KINDS = load_kinds()
