"""Copies of a store: what a station and a run ask of them, whatever the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from game.engine.attempt import Attempt
    from game.engine.log import Log
    from game.engine.replication.journal import Entry


class Copy(Protocol):
    """The store of a service on one station."""

    def write(self, attempt: Attempt) -> None:
        """Let the attempt go on once its write may be acknowledged, or fail it."""
        ...

    def read(self, attempt: Attempt) -> None:
        """Let the attempt go on with what it read, or fail it."""
        ...

    def stop(self, attempt: Attempt) -> None:
        """A write that waits here is killed or cancelled; what it wrote stays."""
        ...

    def held_by(self) -> int:
        """The fault that keeps writes waiting here, or `NO_FAULT`."""
        ...


class Replication(Protocol):
    """All copies of one service."""

    def start(self) -> None:
        """The run begins."""
        ...

    def close(self) -> list[Entry]:
        """The run is over: note what only stray copies have, and return what took effect."""
        ...


def go_on(attempt: Attempt) -> None:
    """The attempt's work at the store is done: on to its next step."""
    attempt.step.next(attempt)


def note_read(attempt: Attempt, writer: int) -> None:
    """Write down what a copy is about to answer to a read: which operation's write, or -1."""
    attempt.seen = writer
    station = attempt.station
    attempt.origin = station.index, writer
    row = (attempt.call.operation.number, station.kernel.now, station.index, writer)
    station.world.log.reads.append(row)


def record_effects(log: Log, replications: Iterable[Replication]) -> None:
    """Write down what took effect in all stores of a run, in order of time."""
    effects = [entry for replication in replications for entry in replication.close()]
    for entry in sorted(effects, key=_order):
        log.effects.append((entry.operation, entry.time_us, entry.station, entry.key, entry.call))


def _order(entry: Entry) -> tuple[int, int]:
    return entry.time_us, entry.station
