"""The history that the clients of a run would have written down.

A write's value is the number of its operation, which tells it from all others; a register that was
not written yet reads as nil. What a read saw is in the Log where a copy answered it. An operation
failed for certain only if all that was tried for it was turned away at once; all else that was not
answered may have happened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Any

from game.engine.attempt import NEVER
from game.engine.causes import Cause
from game.engine.log import Command, Log
from game.engine.workload.application import REFUSED
from game.level.model import System
from game.score.consistency.history import History, Map, Operation, Outcome, Value, history_of

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
ANSWERED = frozenset({"take"})
"""What changes something and has an answer that is a part of the history."""


NOBODY: Mapping[int, int] = MappingProxyType({})


class NotOneStore(Exception):
    """A system with no store, or with several; the message is a sentence."""


def require_one_store(system: System) -> None:
    """A history is one store's. Raises `NotOneStore`."""
    stores = stores_of(system)
    if len(stores) != 1:
        there = f"{len(stores)}: {', '.join(stores)}" if stores else "none"
        raise NotOneStore(f"a history is that of one store, and the level has {there}")


def stores_of(system: System) -> list[str]:
    """The services that keep something."""
    return [
        service.id
        for service in system.services
        if service.store is not None and service.store.met_by == "store"
    ]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the Log says of operations beyond their own rows."""

    seen: dict[int, Value]
    """What was answered, only where that is certain: to reads of registers who wrote what they
    saw, `UNWRITTEN` for nobody; else what the application said."""
    tried: frozenset[int]
    """Operations of which something may have come to a store."""
    commands: dict[int, Command]
    """What was asked of an application; of registers nothing."""
    asked: Collection[int] | None
    """The operations that came to the store, where there are several; None where all did."""
    users: dict[int, int]
    """Whose the operations of closed loops are."""
    writers: frozenset[int]
    """Client groups whose operations write here, if they write at all."""
    awaited: frozenset[int]
    """Those of them that wait for it."""


def history_of_log(log: Log, service: str | None = None) -> History:
    """The history of one run of one store: that of `service`, or of the only one.

    What never came to that store, or to a copy of an application, is left out.
    """
    facts = _facts(log, service)
    spans = [
        (row[2], row[3], _operation(log, row, facts))
        for row in log.operations.rows()
        if row[1] not in log.unkept and (facts.asked is None or row[0] in facts.asked)
    ]
    ordered = _ordered(spans, _places_of_users(log))
    return history_of(in_lanes(ordered, facts.users))


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


def _facts(log: Log, service: str | None) -> Facts:
    if service is None and len(log.commands) == 1:
        (service,) = log.commands
    commands = {} if service is None else log.commands.get(service, {})
    here = [service is None or name == service for name, _ in log.stations]
    names = ("operation", "cause", "station")
    sent = [
        (operation, cause)
        for operation, cause, station in zip(
            *(log.attempts.column(name) for name in names), strict=True
        )
        if station != NOT_SENT and here[station]
    ]
    tried = {operation for operation, cause in sent if cause not in TURNED_AWAY}
    # A primary that is deposed turns away what it has written already.
    tried.update(log.effects.column("operation"), log.discarded.column("operation"))
    tried.update(log.reads.column("writer"))
    rows_of: Iterable[tuple[Any, ...]] = log.outputs if commands else log.reads.rows()
    answers = [row for row in rows_of if here[row[2]]]
    users = dict(zip(log.users.column("operation"), log.users.column("user"), strict=True))
    asked: Collection[int] | None = commands or None
    if service is not None and not commands:
        asked = {operation for operation, _ in sent} | {row[0] for row in answers}
    groups = range(len(log.clients))
    return Facts(
        _seen(log, answers),
        frozenset(tried),
        commands,
        asked,
        users,
        frozenset(one for one in groups if _meets(log.writes, one, service)),
        frozenset(one for one in groups if _meets(log.awaits, one, service)),
    )


def _meets(stores: Mapping[int, frozenset[str]], client: int, service: str | None) -> bool:
    """Whether a client group has to do with a service, or with any; where nothing is known of it,
    it has."""
    found = stores.get(client)
    return found is None or (bool(found) if service is None else service in found)


def _seen(log: Log, answers: Sequence[tuple[Any, ...]]) -> dict[int, Value]:
    """By operation, what copies answered, where all answers that may have been taken are alike."""
    found: dict[int, set[Value]] = {}
    for operation, value in taken(log, answers):
        found.setdefault(operation, set()).add(value)
    return {operation: values.pop() for operation, values in found.items() if len(values) == 1}


def taken(log: Log, answers: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Value]]:
    """(operation, value) of each answer of a copy that may be the one that was taken; answers come
    as (operation, time_us, station, value).

    What was answered after the operation's end is not: somebody asked for it in the background.
    Where several copies answered an operation, those count that an attempt got a good answer from.
    """
    columns = (log.operations.column(name) for name in ("operation", "ended_us"))
    ends = dict(zip(*columns, strict=True))
    answers = [row for row in answers if row[1] <= ends.get(row[0], NEVER)]
    several = Counter(operation for operation, *_ in answers)
    cached = {row[:3]: row[3] for row in log.hits.rows()}
    """What was answered by a cache, and where that is."""
    good: dict[int, list[tuple[int, int, int]]] = {}
    names = ("operation", "station", "started_us", "served_us", "cause", "wasted")
    for operation, station, started_us, served_us, cause, wasted in zip(
        *(log.attempts.column(name) for name in names), strict=True
    ):
        if several.get(operation, 0) > 1 and cause == Cause.NONE and not wasted:
            good.setdefault(operation, []).append((station, started_us, served_us))
    for operation, time_us, origin, value in answers:
        station = cached.get((operation, time_us, origin), origin)
        if several[operation] == 1 or any(
            station == at and started_us <= time_us <= served_us
            for at, started_us, served_us in good.get(operation, ())
        ):
            yield operation, value


def _operation(log: Log, row: tuple[int, ...], facts: Facts) -> Operation:
    """One operation, whose places among the events and whose process are still to come."""
    number, client, invoked_us, ended_us, cause, _, _, key, write = row
    write = write and client in facts.writers
    command = facts.commands.get(number)
    if command is None:
        command = Command("write" if write else "read", key, number if write else None)
    outcome, output = Outcome.INFO, None
    sure = client in facts.awaited if write else number in facts.seen
    if cause == Cause.NONE and sure:
        outcome = Outcome.OK
        output = facts.seen.get(number)
        if output == REFUSED:
            outcome, output = Outcome.FAIL, None
        elif command.function in ANSWERED:
            pass
        elif write or (output == UNWRITTEN and not facts.commands):
            output = None
        elif isinstance(output, tuple) and output and isinstance(output[0], tuple):
            output = Map.of(output)
    elif number not in facts.tried and ended_us != NEVER:
        outcome = Outcome.FAIL
    return Operation(
        number=number,
        process=log.clients[client],
        function=command.function,
        key=command.key,
        input=command.value,
        output=output,
        outcome=outcome,
        invoked=0,
        invoked_us=invoked_us,
        completed_us=None if ended_us == NEVER else ended_us,
    )


Moment = tuple[int, int]
"""Places among what begins and ends in closed loops: of a beginning, and of an end."""
FIRST, LAST = -1, 1 << 62
"""Where a beginning and an end are put of which that is not known."""


def _places_of_users(log: Log) -> dict[int, Moment]:
    """Of the operations of closed loops, what was before what where it was at one time."""
    columns = (log.users.column(name) for name in ("operation", "begun"))
    begun = sorted(zip(*columns, strict=True))
    return {number: (2 * place + 1, 2 * ends) for place, (number, ends) in enumerate(begun)}


def _ordered(
    spans: Sequence[tuple[int, int, Operation]], known: Mapping[int, Moment]
) -> list[Operation]:
    """The operations with their places among all events. What happened at one time is put as it
    was where that is known; else beginnings come first and ends last, so that nothing is called
    earlier than it surely was."""
    events: list[tuple[int, int, int, bool, int]] = []
    for place, (invoked_us, ended_us, one) in enumerate(spans):
        begins, ends = known.get(one.number, (FIRST, LAST))
        events.append((invoked_us, begins, one.number, False, place))
        if one.outcome is not Outcome.INFO:
            events.append((ended_us, ends, one.number, True, place))
    events.sort()
    places: dict[tuple[int, bool], int] = {
        (place, ends): at for at, (_, _, _, ends, place) in enumerate(events)
    }
    return [
        replace(one, invoked=places[place, False], completed=places.get((place, True)))
        for place, (_, _, one) in enumerate(spans)
    ]


def in_lanes(operations: list[Operation], users: Mapping[int, int] = NOBODY) -> list[Operation]:
    """The operations with processes, each of which does one thing at a time. A user of a closed
    loop is one, until it does not know what became of its operation: then it goes on as another
    one, as in Jepsen. Others get the lowest process that is free."""
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    made = 0
    own: dict[tuple[int | str, int], int] = {}
    found: list[Operation] = []
    for one in sorted(operations, key=lambda it: it.invoked):
        while busy and busy[0][0] < one.invoked:
            heappush(free, heappop(busy)[1])
        user = (one.process, users[one.number]) if one.number in users else None
        if user in own:
            process = own[user]
        elif free and user is None:
            process = heappop(free)
        else:
            process, made = made, made + 1
        if user is not None:
            own[user] = process
            if one.completed is None:
                del own[user]
        elif one.completed is not None:
            heappush(busy, (one.completed, process))
        found.append(replace(one, process=process))
    return found
