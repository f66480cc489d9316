"""Writing histories: Jepsen's EDN, or JSON lines with the same fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from game.score.consistency.history import History, Map, Operation, Outcome, Symbol, Value
from game.score.histories.edn import written
from game.score.histories.events import EventType

ENDS = {Outcome.OK: EventType.OK, Outcome.FAIL: EventType.FAIL}
LATEST_US = 1 << 62
TRANSFER = (Symbol(":from"), Symbol(":to"), Symbol(":amount"))
"""The keys of what a transfer takes."""
Fields = tuple[int, EventType, Operation, int, Value]
"""Place, type, operation, time in microseconds, value."""


def write_history(history: History, path: Path, file: TextIO) -> None:
    """Write EDN if the name ends in `.edn`, else JSON lines.

    Where there are several keys, values are [key value], as in Jepsen's independent tests.
    """
    line = edn_line if path.suffix == ".edn" else json_line
    for place, fields in enumerate(events_of(history)):
        file.write(line(place, fields) + "\n")


def events_of(history: History) -> Iterator[Fields]:
    """All events in order; that a client gave up comes where its time says, or at the end."""
    apart = len({one.key for one in history.operations}) > 1
    events = sorted(_events(history.operations, apart), key=lambda fields: fields[0])
    unsure = [one for one in history.operations if one.outcome is Outcome.INFO]
    given_up = iter(sorted(unsure, key=_gave_up_us))
    next_up = next(given_up, None)
    for fields in events:
        while next_up is not None and _gave_up_us(next_up) < fields[3]:
            yield _info(next_up, apart)
            next_up = next(given_up, None)
        yield fields
    while next_up is not None:
        yield _info(next_up, apart)
        next_up = next(given_up, None)


def _gave_up_us(operation: Operation) -> int:
    return LATEST_US if operation.completed_us is None else operation.completed_us


def _info(one: Operation, apart: bool) -> Fields:
    time_us = (one.completed_us or one.invoked_us) or 0
    return 0, EventType.INFO, one, time_us, with_key(one, one.input, apart)


def _events(operations: Iterable[Operation], apart: bool) -> Iterator[Fields]:
    for one in operations:
        asked = one.input
        yield one.invoked, EventType.INVOKE, one, one.invoked_us or 0, with_key(one, asked, apart)
        if one.completed is not None:
            value = one.output if one.output is not None else asked
            end = ENDS[one.outcome]
            yield one.completed, end, one, one.completed_us or 0, with_key(one, value, apart)


def with_key(operation: Operation, value: Value, apart: bool) -> Value:
    """The value as files have it, with its key where there are several."""
    if operation.function == "transfer" and isinstance(value, tuple):
        value = Map.of(zip(TRANSFER, value, strict=True))
    return (operation.key, value) if apart else value


def edn_line(place: int, fields: Fields) -> str:
    """One event as a map of EDN."""
    _, kind, one, time_us, value = fields
    return (
        f"{{:type :{kind}, :f :{one.function}, :value {written(value)}, "
        f":process {one.process}, :time {time_us * 1000}, :index {place}}}"
    )


def json_line(place: int, fields: Fields) -> str:
    """One event as an object of JSON."""
    _, kind, one, time_us, value = fields
    event = {
        "type": kind,
        "f": one.function,
        "value": plain(value),
        "process": one.process,
        "time": time_us * 1000,
        "index": place,
    }
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def plain(value: Value) -> Any:
    """The value as JSON has it: a set is a list, and the keys of an object are text."""
    if isinstance(value, Map):
        return {str(key).removeprefix(":"): plain(it) for key, it in value}
    if isinstance(value, frozenset):
        return [plain(it) for it in sorted(value, key=repr)]
    return [plain(it) for it in value] if isinstance(value, tuple) else value
