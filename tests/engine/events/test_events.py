"""Every event happens in some small night, when and to whom it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pytest

from game.engine.causes import Cause
from game.engine.events.changes import OfCopy
from game.engine.events.event import Counter, Night, counter_key
from game.engine.log import AttemptKind, Change
from game.engine.run import simulate
from game.level.plan import make_plan, system_with
from game.score.scorecard import score_run
from tests.engine.events.nights import (
    BANK,
    CHAIN,
    COUNCIL,
    FARM,
    LENDERS,
    PLOT,
    SHOP,
    SWARM,
    TOWN,
    VILLAGE,
    count,
    own,
    played,
    scored,
    time,
)
from tests.engine.faults.towns import PAIR, fault
from tests.engine.nights import KINDS, level_of
from tests.engine.on_call_levels import SMALL, changes_of
from tests.engine.replication.stores import LEADER, primary_backup, store_text

NIGHTS: Mapping[str, tuple[str, ...]] = {
    TOWN: (
        "start",
        "fault-began",
        "fault-ended",
        "node-down",
        "node-up",
        "node-paused",
        "node-resumed",
        "node-speed",
        "target-out",
        "target-back",
        "breaker-opened",
        "breaker-closed",
        "probe",
        "attempt",
        "retry",
        "hedge",
        "copy",
        "attempt-failed",
        "attempt-started",
        "attempt-served",
        "operation",
        "operation-good",
        "operation-failed",
    ),
    SHOP: (
        "became-primary",
        "became-backup",
        "became-returning",
        "epoch-granted",
        "epoch-learned",
    ),
    CHAIN: ("became-head", "became-middle", "became-tail"),
    VILLAGE: (
        "became-leader",
        "became-follower",
        "candidacy",
        "term-learned",
    ),
    SWARM: ("suspicion", "member-down", "member-up", "refutation", "unanswered"),
    BANK: ("in-doubt", "doubt-over"),
    LENDERS: ("compensated",),
    FARM: ("shard-moved", "shard-served", "shard-stopped", "map-learned"),
    COUNCIL: ("leadership-transfer", "voter-added", "voter-removed"),
    PLOT: ("config-taken", "config-left", "push-stopped", "version-changed", "forged-write"),
}
HAPPEN = [(text, name) for text, names in NIGHTS.items() for name in names]


@pytest.mark.parametrize(("text", "name"), HAPPEN, ids=[name for _, name in HAPPEN])
def test_an_event_is_counted_where_it_happens(text: str, name: str) -> None:
    number = own(text, count(f'"{name}"'))
    assert isinstance(number, int)
    assert number > 0


ON_CALL = ("alarm", "alarm-over", "change")


@pytest.mark.parametrize("name", ON_CALL)
def test_an_event_of_a_level_on_call_is_counted_where_it_happens(name: str) -> None:
    level = level_of(SMALL + count(f'"{name}"'))
    plan = make_plan(level, {}, "", changes_of("errors+1s:machines=5"))
    system = system_with(level, plan, KINDS)
    number = score_run(level, system, simulate(system, 1)).measures["own"]
    assert isinstance(number, int)
    assert number > 0


def test_every_event_that_is_registered_here_has_its_night() -> None:
    registered = {
        kind.name
        for kind in KINDS
        if kind.family == "event" and kind.record.__module__.startswith("game.engine.events")
    }
    assert {*(name for _, name in HAPPEN), *ON_CALL} == registered


def test_a_quiet_night_has_no_events_of_trouble() -> None:
    for name in ("fault-began", "node-down", "target-out", "retry", "attempt-failed", "probe"):
        assert own(PAIR, count(f'"{name}"')) == 0


CHANGES = {
    "node-down": Change.NODE_DOWN,
    "node-up": Change.NODE_UP,
    "node-paused": Change.NODE_PAUSED,
    "node-resumed": Change.NODE_RESUMED,
    "node-speed": Change.NODE_SPEED,
    "fault-began": Change.FAULT_BEGAN,
    "fault-ended": Change.FAULT_ENDED,
    "target-out": Change.TARGET_OUT,
    "target-back": Change.TARGET_BACK,
    "breaker-opened": Change.BREAKER_OPENED,
    "breaker-closed": Change.BREAKER_CLOSED,
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_counted_row_by_row(name: str) -> None:
    _, log = played(TOWN)
    rows = list(log.changes.column("change")).count(CHANGES[name])
    assert own(TOWN, count(f'"{name}"')) == rows


@pytest.mark.parametrize(
    ("event", "number"),
    [
        ('{ event = "fault-began", fault = "crash" }', 1),
        ('{ event = "node-down", node = "web" }', 1),
        ('{ event = "node-down", node = "web-1" }', 1),
        ('{ event = "node-down", node = "web-2" }', 0),
        ('{ event = "node-speed", node = "web-2" }', 2),
        ('{ event = "target-out", node = "web-2", caller = "shop" }', 2),
        ('{ event = "target-out", caller = "web" }', 0),
        ('{ event = "operation", client = "shop" }', 950),
    ],
)
def test_filters_say_whom_an_event_is_about(event: str, number: int) -> None:
    assert own(TOWN, count(event)) == number


def test_filters_split_what_happened_without_rest() -> None:
    for name in ("attempt-started", "attempt-served"):
        parts = [own(TOWN, count(f'{{ event = "{name}", node = "web-{n}" }}')) for n in (1, 2)]
        assert all(parts)
        whole = own(TOWN, count(f'{{ event = "{name}", service = "front" }}'))
        assert sum(part or 0 for part in parts) == whole


def test_attempts_are_counted_by_their_kind_as_the_log_has_them() -> None:
    _, log = played(TOWN)
    kinds = list(log.attempts.column("kind"))
    assert own(TOWN, count('"retry"')) == kinds.count(AttemptKind.RETRY)
    assert own(TOWN, count('"hedge"')) == kinds.count(AttemptKind.HEDGE)
    assert own(TOWN, count('"copy"')) == kinds.count(AttemptKind.COPY)
    asked = len(kinds) - kinds.count(AttemptKind.COPY)
    assert own(TOWN, count('"attempt"')) == asked
    assert own(TOWN, count('{ event = "attempt", client = "shop" }')) == asked


def test_failures_are_counted_by_cause() -> None:
    _, log = played(TOWN)
    causes = list(log.attempts.column("cause"))
    for cause in (Cause.REFUSED, Cause.DIED_WITH_NODE, Cause.BREAKER_OPEN, Cause.QUEUE_FULL):
        event = f'{{ event = "attempt-failed", cause = "{cause.word}" }}'
        assert own(TOWN, count(event)) == causes.count(cause)
    failed = own(TOWN, count('"attempt-failed"'))
    assert failed == len(causes) - causes.count(Cause.NONE)


def test_a_full_queue_is_counted_at_the_service_that_refused() -> None:
    text = PAIR.replace(
        'steps = [{ cpu = "2ms" }]', 'steps = [{ cpu = "30ms" }]\nqueue = 1\nworkers = 1'
    )
    number = own(
        text, count('{ event = "attempt-failed", service = "front", cause = "queue-full" }')
    )
    failed = own(text, count('{ event = "operation-failed", cause = "queue-full" }'))
    assert number == failed
    assert isinstance(number, int)
    assert number > 100


def test_operations_are_good_or_failed_as_the_score_says() -> None:
    text = TOWN.replace('duration = "10s"', 'duration = "10s"\nwindow = ["2s", "8s"]', 1)
    inside = "in_window = true\n"
    good = scored(text, count('"operation-good"') + inside)
    failed = scored(text, count('"operation-failed"') + inside)
    every = scored(text, count('"operation"') + inside)
    assert good.measures["own"] == good.good
    assert failed.measures["own"] == failed.operations - failed.good > 0
    assert every.measures["own"] == every.operations
    for cause, number in failed.causes.items():
        event = f'{{ event = "operation-failed", cause = "{cause}" }}'
        assert own(text, count(event) + inside) == number


def test_an_operation_whose_promise_was_broken_has_failed() -> None:
    """The checkers find writes that a crash of an asynchronous primary threw away."""
    text = store_text(
        fault("crash", "3s", "3s", target="db-1"),
        machines=3,
        policy=LEADER,
        replication=primary_backup("async", heartbeat="50ms", failover_after="150ms"),
    )
    score = scored(text, count('{ event = "operation-failed", cause = "lost-write" }'))
    assert score.measures["own"] == score.anomalies["lost-write"] > 0


def test_a_fault_that_is_left_out_did_not_happen() -> None:
    level = level_of(PAIR + fault("crash", target="web-1") + count('"fault-began"'))
    log = simulate(level.system, 1, without=("crash",))
    assert score_run(level, level.system, log).measures["own"] == 0


def test_a_suspicion_of_a_running_node_is_wrong() -> None:
    """One machine is dead, one frozen, and then one is cut off but runs."""
    assert own(TOWN, count('"target-out"')) == 3
    assert own(TOWN, count('{ event = "target-out", wrong = true }')) == 1
    wrong = '{ event = "target-out", wrong = true, node = "web-1" }'
    assert own(TOWN, count(wrong)) == 0


def test_detection_takes_as_long_as_health_checks_need() -> None:
    """Three checks, 100 ms apart, must fail before a machine is taken out."""
    crash = time('{ event = "node-down", node = "web-1" }', '"target-out"', 'same = "node"')
    detected_ms = own(TOWN, crash)
    assert isinstance(detected_ms, float)
    assert 100 <= detected_ms <= 500


def test_a_failover_is_timed_from_the_crash_to_the_new_primary() -> None:
    _, log = played(SHOP)
    down_us = next(at_us for at_us, change, *_ in log.changes.rows() if change == Change.NODE_DOWN)
    granted_us = next(
        at_us
        for at_us, change, *_ in log.changes.rows()
        if change == Change.EPOCH_GRANTED and at_us > down_us
    )
    primary_ms = own(SHOP, time('{ event = "node-down", node = "db" }', '"became-primary"'))
    assert isinstance(primary_ms, float)
    epoch = time('{ event = "node-down", node = "db" }', '"epoch-granted"')
    assert own(SHOP, epoch) == (granted_us - down_us) / 1000
    assert primary_ms >= (granted_us - down_us) / 1000
    other = time(
        '{ event = "node-down", node = "db-1" }',
        '{ event = "became-primary", service = "shop", node = "db-2" }',
    )
    assert own(SHOP, other) == primary_ms


def test_recovery_is_the_time_until_the_last_failure() -> None:
    _, log = played(TOWN)
    ended_us = 3_000_000
    failures = [row[3] for row in log.operations.rows() if row[4]]
    recovery = time(
        '{ event = "fault-ended", fault = "crash" }', '"operation-failed"', 'until = "last"'
    )
    assert own(TOWN, recovery) == (max(failures) - ended_us) / 1000
    quiet = PAIR + fault("duplicate", share="10%", target="shop")
    assert own(quiet, time('"fault-ended"', '"operation-failed"', 'until = "last"')) == 0


def test_a_time_begins_with_the_run() -> None:
    _, log = played(PAIR)
    goods = sorted(row[3] for row in log.operations.rows() if not row[4])
    assert own(PAIR, time('"start"', '"operation-good"')) == goods[0] / 1000
    assert own(PAIR, time('"start"', '"operation-good"', "nth = 10")) == goods[9] / 1000
    assert own(PAIR, time('"start"', '"operation-failed"')) is None


def test_a_counter_is_read_for_one_service_or_for_all() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Purr(Counter):
        total: ClassVar[str] = "purr"

    totals = {counter_key("purr", "web"): 3, counter_key("purr", "db"): 4, "purring:web": 8}
    assert Purr().counted(totals) == 7
    assert Purr(service="db").counted(totals) == 4
    assert Purr(service="shop").counted(totals) == 0


def test_an_event_of_a_new_kind_needs_no_edit_elsewhere() -> None:
    toys = KINDS.copy()

    @toys.register("event", "toy-epoch", says="A copy learns of an even epoch.", codex="measures")
    @dataclass(frozen=True, slots=True, kw_only=True)
    class EvenEpoch(OfCopy):
        """An epoch of every second number."""

        change: ClassVar[Change] = Change.EPOCH

        def rows(self, night: Night) -> Iterator[tuple[int, int, int]]:
            return (row for row in OfCopy.rows(self, night) if row[2] % 2 == 0)

    _, log = played(SHOP)
    level = level_of(SHOP + count('{ event = "toy-epoch", node = "db" }'), toys)
    even = [row for row in log.changes.rows() if row[1] == Change.EPOCH and row[3] % 2 == 0]
    assert score_run(level, level.system, log).measures["own"] == len(even) > 0
