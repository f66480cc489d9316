"""The trace: every row of the Log told once, with names, in order of time."""

from __future__ import annotations

import io
import json
from typing import Any

from game.cli.trace import write_trace
from game.engine.causes import Cause
from game.engine.log import AttemptKind, Change, Fate, Log, MessageKind, Role


def night() -> Log:
    """A client, a balancer and a server that dies while it has a retry inside."""
    log = Log(
        seed=7,
        duration_us=1000,
        clients=("visitors",),
        places=("web", "balancer", "visitors"),
        stations=(("shop", 0),),
        faults=("crash",),
        traced=True,
        ended_us=1000,
    )
    log.changes.append((300, Change.FAULT_BEGAN, 0, 0))
    log.changes.append((300, Change.NODE_DOWN, 0, 1))
    log.changes.append((400, Change.TARGET_OUT, 1, 0))
    log.changes.append((400, Change.ROLE, 0, Role.BACKUP))
    log.changes.append((400, Change.EPOCH_GRANTED, 0, 3))
    log.load.append((110, 0, 0, 1))
    what = MessageKind.REQUEST << 16 | AttemptKind.RETRY << 8 | Fate.CUT
    log.messages.append((100, 350, 2 << 16 | 0, 5, what))
    log.attempts.append(
        (5, AttemptKind.RETRY, 0, 0, 100, 110, 110, -1, 300, Cause.DIED_WITH_NODE, 0, 1)
    )
    log.attempts.append((6, AttemptKind.FIRST, 0, -1, -1, -1, -1, -1, 500, Cause.NO_TARGET, 0, 0))
    log.operations.append((5, 0, 90, 310, Cause.DIED_WITH_NODE, 0, 2, 1, 0))
    log.operations.append((4, 0, 80, 320, Cause.NONE, -1, 1, 1, 1))
    log.operations.append((7, 0, 990, -1, Cause.UNFINISHED, -1, 1, 1, 0))
    return log


def events() -> list[dict[str, Any]]:
    file = io.StringIO()
    write_trace(night(), file)
    return [json.loads(line) for line in file.getvalue().splitlines()]


def test_every_row_is_told_once_in_order_of_time() -> None:
    told = events()
    times = [event["time_us"] for event in told]
    assert times == sorted(times) == [100, 110, 300, 300, 300, 310, 320, 400, 400, 400, 500, 1000]
    assert {event["seed"] for event in told} == {7}


def test_a_cause_comes_before_its_effect_at_one_time() -> None:
    at_300 = [event["event"] for event in events() if event["time_us"] == 300]
    assert at_300 == ["change", "change", "attempt"]


def test_numbers_become_names() -> None:
    told = events()
    assert told[0] == {
        "time_us": 100,
        "seed": 7,
        "event": "message",
        "from": "visitors",
        "to": "web",
        "sent_us": 100,
        "arrives_us": 350,
        "operation": 5,
        "kind": "request",
        "attempt": "retry",
        "fate": "cut",
    }
    attempt = next(event for event in told if event["event"] == "attempt")
    assert (attempt["service"], attempt["node"], attempt["kind"]) == ("shop", "web", "retry")
    assert (attempt["cause"], attempt["blame"], attempt["wasted"]) == (
        "died-with-node",
        "crash",
        True,
    )
    changes = [event for event in told if event["event"] == "change"]
    assert changes[0]["fault"] == "crash"
    assert (changes[1]["place"], changes[1]["value"]) == ("web", 1)
    assert (changes[2]["place"], changes[2]["value"]) == ("balancer", "web")
    assert changes[3]["change"] == "role"
    assert [changes[3][key] for key in ("service", "place", "value")] == ["shop", "web", "backup"]
    assert [changes[4][key] for key in ("service", "place", "value")] == ["shop", "web", 3]


def test_what_never_happened_is_null() -> None:
    told = events()
    unsent = next(event for event in told if event.get("operation") == 6)
    assert unsent["service"] is None
    assert unsent["sent_us"] is None
    good = next(event for event in told if event.get("operation") == 4)
    assert good["cause"] is None
    assert good["blame"] is None
    assert told[-1]["ended_us"] is None


def test_changes_of_stations_and_of_clocks_are_told_by_name() -> None:
    log = night()
    log.changes.append((600, Change.TERM, 0, 4))
    log.changes.append((600, Change.CLOCK_SET, 1, -250))
    log.changes.append((600, Change.SPOILED, 0, 5 << 16))
    file = io.StringIO()
    write_trace(log, file)
    told = [json.loads(line) for line in file.getvalue().splitlines()]
    term, clock, spoiled = (event for event in told if event["time_us"] == 600)

    assert (term["service"], term["place"], term["value"]) == ("shop", "web", 4)
    assert (clock["place"], clock["value"]) == ("balancer", -250)
    assert (spoiled["place"], spoiled["operation"], spoiled["fault"]) == ("web", 5, "crash")


def test_what_a_fault_did_to_a_place_is_told_by_names() -> None:
    log = night()
    log.changes.append((600, Change.CONFIG_TAKEN, 1, 0))
    log.changes.append((600, Change.VERSION, 1, -1))
    log.changes.append((600, Change.PUSH_STOPPED, 0, 250))
    file = io.StringIO()
    write_trace(log, file)
    told = [json.loads(line) for line in file.getvalue().splitlines()]
    taken, version, stopped = (event for event in told if event["time_us"] == 600)

    assert (taken["change"], taken["place"], taken["fault"]) == (
        "config-taken",
        "balancer",
        "crash",
    )
    assert (version["place"], version["fault"]) == ("balancer", None)
    assert (stopped["fault"], stopped["value"]) == ("crash", 250)
