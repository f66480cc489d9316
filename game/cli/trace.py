"""The trace of a run as JSON lines: one event a line, in order of time.

An event has `time_us`, `seed`, `event` and what the Log's table of that name says, with names
instead of numbers; null stands for "did not happen", "none" and "nobody". An operation or attempt
is told when it ended, a message when it was sent.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, TextIO

from game.engine.causes import Cause
from game.engine.log import (
    STATION_CHANGES,
    AttemptKind,
    Change,
    Fate,
    Log,
    MessageKind,
    Role,
    Table,
)
from game.engine.on_call import REFUSED

Event = dict[str, Any]

FAULT_CHANGES = (Change.FAULT_BEGAN, Change.FAULT_ENDED)
ALARM_CHANGES = (Change.ALARM_FIRED, Change.ALARM_ENDED)
BY_FAULT = (Change.CONFIG_TAKEN, Change.CONFIG_LEFT, Change.VERSION)
"""What a fault did to a place."""
TARGET_CHANGES = (
    Change.TARGET_OUT,
    Change.TARGET_BACK,
    Change.MEMBER_SUSPECTED,
    Change.MEMBER_DOWN,
    Change.MEMBER_UP,
)


def word(member: Change | MessageKind | AttemptKind | Fate | Role) -> str:
    """FAULT_BEGAN as `fault-began`."""
    return member.name.lower().replace("_", "-")


def name_at(names: tuple[str, ...], index: int) -> str | None:
    """The name, or None for -1."""
    return names[index] if index >= 0 else None


def cause_word(code: int) -> str | None:
    """The cause's name, or None for a good one."""
    return Cause(code).word if code else None


def moment(time_us: int) -> int | None:
    """A time, or None for one that never came."""
    return time_us if time_us >= 0 else None


def operation_event(log: Log, row: tuple[int, ...]) -> Event:
    operation, client, invoked_us, ended_us, cause, blame, attempts, key, write = row
    return {
        "operation": operation,
        "client": log.clients[client],
        "invoked_us": invoked_us,
        "ended_us": moment(ended_us),
        "cause": cause_word(cause),
        "blame": name_at(log.faults, blame),
        "attempts": attempts,
        "key": key,
        "write": bool(write),
    }


def attempt_event(log: Log, row: tuple[int, ...]) -> Event:
    operation, kind, depth, station, *times, cause, blame, wasted = row
    sent_us, arrived_us, started_us, served_us, ended_us = map(moment, times)
    service, place = log.stations[station] if station >= 0 else (None, -1)
    return {
        "operation": operation,
        "kind": word(AttemptKind(kind)),
        "depth": depth,
        "service": service,
        "node": name_at(log.places, place),
        "sent_us": sent_us,
        "arrived_us": arrived_us,
        "started_us": started_us,
        "served_us": served_us,
        "ended_us": ended_us,
        "cause": cause_word(cause),
        "blame": name_at(log.faults, blame),
        "wasted": bool(wasted),
    }


def change_event(log: Log, row: tuple[int, ...]) -> Event:
    _, code, place, value = row
    change = Change(code)
    if change in FAULT_CHANGES:
        return {"change": word(change), "fault": name_at(log.faults, place)}
    if change in ALARM_CHANGES:
        return {"change": word(change), "alarm": log.monitors[place]}
    if change == Change.PLAN_CHANGED:
        control, label = log.orders[place]
        done = value != REFUSED
        return {"change": word(change), "control": control, "value": label if done else None}
    if change == Change.PUSH_STOPPED:
        return {"change": word(change), "fault": name_at(log.faults, place), "value": value}
    if change in BY_FAULT:
        return {
            "change": word(change),
            "place": name_at(log.places, place),
            "fault": name_at(log.faults, value),
        }
    if change == Change.SPOILED:
        service, at = log.stations[place]
        operation, fault = divmod(value, 1 << 16)
        return {
            "change": word(change),
            "service": service,
            "place": log.places[at],
            "operation": operation,
            "fault": name_at(log.faults, fault),
        }
    if change in STATION_CHANGES:
        service, at = log.stations[place]
        fact = word(Role(value)) if change == Change.ROLE else value
        return {
            "change": word(change),
            "service": service,
            "place": log.places[at],
            "value": fact,
        }
    if change in TARGET_CHANGES:
        told: int | str | None = name_at(log.places, value)
    else:
        told = value
    return {"change": word(change), "place": name_at(log.places, place), "value": told}


def message_event(log: Log, row: tuple[int, ...]) -> Event:
    sent_us, arrives_us, places, operation, what = row
    return {
        "from": name_at(log.places, places >> 16),
        "to": name_at(log.places, places & 0xFFFF),
        "sent_us": sent_us,
        "arrives_us": moment(arrives_us),
        "operation": operation if operation >= 0 else None,
        "kind": word(MessageKind(what >> 16)),
        "attempt": word(AttemptKind(what >> 8 & 0xFF)),
        "fate": word(Fate(what & 0xFF)),
    }


def load_event(log: Log, row: tuple[int, ...]) -> Event:
    _, station, queued, serving = row
    service, place = log.stations[station]
    return {"service": service, "node": log.places[place], "queued": queued, "serving": serving}


Teller = Callable[[Log, tuple[int, ...]], Event]


def told(log: Log, name: str, table: Table, column: str, teller: Teller) -> Iterator[Event]:
    """The rows of one table as events, by the time in `column`; one that never came is last."""
    at = table.columns.index(column)
    end_us = max(log.ended_us, log.duration_us)
    rows = ((row[at] if row[at] >= 0 else end_us, row) for row in table.rows())
    for time_us, row in sorted(rows, key=itemgetter(0)):
        yield {"time_us": time_us, "seed": log.seed, "event": name, **teller(log, row)}


def events(log: Log) -> Iterator[Event]:
    """Everything that a traced log holds, in order of time; at one time, causes before effects."""
    return heapq.merge(
        told(log, "change", log.changes, "time_us", change_event),
        told(log, "load", log.load, "time_us", load_event),
        told(log, "message", log.messages, "sent_us", message_event),
        told(log, "attempt", log.attempts, "ended_us", attempt_event),
        told(log, "operation", log.operations, "ended_us", operation_event),
        key=itemgetter("time_us"),
    )


def write_trace(log: Log, file: TextIO) -> None:
    """Write a traced log's events, one a line."""
    for event in events(log):
        file.write(json.dumps(event, separators=(",", ":"), ensure_ascii=False))
        file.write("\n")
