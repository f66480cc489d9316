"""The history that the clients of a run would have written down.

A write's value is the number of its operation, which tells it from all others; a register that was
not written yet reads as nil. What a read saw is in the Log where a copy answered it. An operation
failed for certain only if all that was tried for it was turned away at once; all else that was not
answered may have happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from game.engine.attempt import NEVER
from game.engine.causes import Cause
from game.engine.log import Log
from game.level.model import System
from game.score.consistency.history import History, Operation, Outcome, Value, history_of

TURNED_AWAY = frozenset(
    {
        Cause.REFUSED,
        Cause.QUEUE_FULL,
        Cause.SHED,
        Cause.RATE_LIMITED,
        Cause.BREAKER_OPEN,
        Cause.NO_TARGET,
        Cause.NO_LEADER,
    }
)
"""What an attempt that was turned away ends with."""
NOT_SENT = -1
UNWRITTEN = -1


class NotOneStore(Exception):
    """A system with no store, or with several; the message is a sentence."""


def require_one_store(system: System) -> None:
    """A history is one store's. Raises `NotOneStore`."""
    stores = [
        service.id
        for service in system.services
        if service.store is not None and service.store.met_by == "store"
    ]
    if len(stores) != 1:
        there = f"{len(stores)}: {', '.join(stores)}" if stores else "none"
        raise NotOneStore(f"a history is that of one store, and the level has {there}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the Log says of operations beyond their own rows."""

    seen: dict[int, int]
    """Of a read: who wrote what it returned, `UNWRITTEN` for nobody; only where that is certain."""
    tried: frozenset[int]
    """Operations of which something may have come to a store."""


def history_of_log(log: Log) -> History:
    """The history of one run of a system with one store."""
    facts = _facts(log)
    spans = [
        (invoked_us, ended_us, _operation(log, row, facts))
        for row in log.operations.rows()
        for invoked_us, ended_us in [(row[2], row[3])]
    ]
    return history_of(in_lanes(_ordered(spans)))


def history_of_logs(logs: Sequence[Log]) -> History:
    """The histories of several runs as one; keys are then "seed/key"."""
    if len(logs) == 1:
        return history_of_log(logs[0])
    together: list[Operation] = []
    events = numbers = processes = since_us = 0
    for log in logs:
        history = history_of_log(log)
        for one in history.operations:
            assert isinstance(one.process, int)
            together.append(
                replace(
                    one,
                    number=one.number + numbers,
                    process=one.process + processes,
                    key=f"{log.seed}/{one.key}",
                    invoked=one.invoked + events,
                    completed=None if one.completed is None else one.completed + events,
                    invoked_us=(one.invoked_us or 0) + since_us,
                    completed_us=None if one.completed_us is None else one.completed_us + since_us,
                )
            )
        events += 2 * len(history)
        numbers += 1 + max((one.number for one in history.operations), default=0)
        processes += 1 + max((int(one.process) for one in history.operations), default=0)
        since_us += log.duration_us
    return history_of(together)


def _facts(log: Log) -> Facts:
    answers: dict[int, set[int]] = {}
    for operation, writer in _answered_reads(log):
        answers.setdefault(operation, set()).add(writer)
    names = ("operation", "cause", "station")
    rows = zip(*(log.attempts.column(name) for name in names), strict=True)
    tried = {
        operation
        for operation, cause, station in rows
        if station != NOT_SENT and cause not in TURNED_AWAY
    }
    # A primary that is deposed turns away what it has written already.
    tried.update(log.effects.column("operation"), log.discarded.column("operation"))
    tried.update(log.reads.column("writer"))
    seen = {operation: writers.pop() for operation, writers in answers.items() if len(writers) == 1}
    return Facts(seen, frozenset(tried))


def _answered_reads(log: Log) -> Iterator[tuple[int, int]]:
    """(operation, writer) of each read at a copy whose answer may be the one that was taken.

    Where an operation read at several copies, those count that an attempt got a good answer from.
    """
    several: dict[int, int] = {}
    for operation in log.reads.column("operation"):
        several[operation] = several.get(operation, 0) + 1
    good: dict[int, list[tuple[int, int, int]]] = {}
    names = ("operation", "station", "started_us", "served_us", "cause", "wasted")
    for operation, station, started_us, served_us, cause, wasted in zip(
        *(log.attempts.column(name) for name in names), strict=True
    ):
        if several.get(operation, 0) > 1 and cause == Cause.NONE and not wasted:
            good.setdefault(operation, []).append((station, started_us, served_us))
    for operation, time_us, station, writer in log.reads.rows():
        if several[operation] == 1 or any(
            station == at and started_us <= time_us <= served_us
            for at, started_us, served_us in good.get(operation, ())
        ):
            yield operation, writer


def _operation(log: Log, row: tuple[int, ...], facts: Facts) -> Operation:
    """One operation, whose places among the events and whose process are still to come."""
    number, client, invoked_us, ended_us, cause, _, _, key, write = row
    outcome = Outcome.INFO
    output: Value = None
    if cause == Cause.NONE:
        if write:
            outcome = Outcome.OK
        elif number in facts.seen:
            outcome = Outcome.OK
            writer = facts.seen[number]
            output = None if writer == UNWRITTEN else writer
    elif number not in facts.tried and ended_us != NEVER:
        outcome = Outcome.FAIL
    return Operation(
        number=number,
        process=log.clients[client],
        function="write" if write else "read",
        key=key,
        input=number if write else None,
        output=output,
        outcome=outcome,
        invoked=0,
        invoked_us=invoked_us,
        completed_us=None if ended_us == NEVER else ended_us,
    )


def _ordered(spans: Sequence[tuple[int, int, Operation]]) -> list[Operation]:
    """The operations with their places among all events. At one time, beginnings come first, so
    that nothing is called earlier than it surely was."""
    events: list[tuple[int, int, int, int]] = []
    for place, (invoked_us, ended_us, one) in enumerate(spans):
        events.append((invoked_us, 0, one.number, place))
        if one.outcome is not Outcome.INFO:
            events.append((ended_us, 1, one.number, place))
    events.sort()
    places: dict[tuple[int, int], int] = {
        (place, end): at for at, (_, end, _, place) in enumerate(events)
    }
    return [
        replace(one, invoked=places[place, 0], completed=places.get((place, 1)))
        for place, (_, _, one) in enumerate(spans)
    ]


def in_lanes(operations: list[Operation]) -> list[Operation]:
    """The operations with processes, each of which does one thing at a time: the lowest free one of
    all. One that does not know what became of its operation is not used again."""
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    made = 0
    found: list[Operation] = []
    for one in sorted(operations, key=lambda it: it.invoked):
        while busy and busy[0][0] < one.invoked:
            heappush(free, heappop(busy)[1])
        if free:
            process = heappop(free)
        else:
            process, made = made, made + 1
        if one.completed is not None:
            heappush(busy, (one.completed, process))
        found.append(replace(one, process=process))
    return found
