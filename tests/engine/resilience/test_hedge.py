"""Hedged and tied requests."""

from __future__ import annotations

from typing import Any

from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.faults.slow import Slow
from game.engine.laws import Exponential
from game.engine.log import AttemptKind, MessageKind
from game.engine.resilience.hedge import Hedge
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import (
    MS,
    SECOND,
    attempts_of,
    causes,
    check_ledger,
    constant,
    cpu,
    exponential,
    outcomes,
    rows,
    shop,
    two_tiers,
    wait,
)

SLOW = Fault(id="slow", what=Slow(factor=50.0), target=("web-1",), at=0)


def patient(hedge: Hedge | None, **more: Any) -> Any:
    """No queueing: each request only waits."""
    service = {"steps": (wait(exponential(10 * MS)),), "workers": 10_000}
    return shop(policy={"hedge": hedge}, service=service, **more)


def test_a_hedge_is_sent_when_the_answer_is_overdue_and_to_the_other_machine() -> None:
    log = simulate(patient(Hedge(after=30 * MS)), 1)
    check_ledger(log)
    hedged = [attempts for attempts in attempts_of(log).values() if len(attempts) > 1]

    assert 20 < len(hedged) < 0.12 * len(log.operations)
    for first, hedge in hedged:
        assert hedge["kind"] == AttemptKind.HEDGE
        assert hedge["sent_us"] - first["sent_us"] == 30 * MS
        assert hedge["station"] != first["station"]


def test_the_first_answer_ends_the_operation() -> None:
    log = simulate(patient(Hedge(after=30 * MS)), 1)
    ends = {row["operation"]: row["ended_us"] for row in rows(log.operations)}
    for number, attempts in attempts_of(log).items():
        assert all(one["ended_us"] == ends[number] for one in attempts)


def test_hedges_are_at_most_as_many_as_it_says() -> None:
    log = simulate(patient(Hedge(after=5 * MS, at_most=3), machines=3), 1)

    assert {len(attempts) for attempts in attempts_of(log).values()} == {1, 2, 3, 4}


def test_a_hedge_that_cannot_act_changes_nothing() -> None:
    digest = simulate(patient(None), 1).digest()

    assert simulate(patient(Hedge(after=10**15)), 1).digest() == digest
    assert simulate(patient(Hedge(after=0, at_most=0)), 1).digest() == digest


def test_a_hedge_changes_no_draw_of_an_operation_without_one() -> None:
    without, with_hedges = (
        outcomes(simulate(patient(hedge, latency=exponential(MS)), 1))
        for hedge in (None, Hedge(after=20 * MS))
    )

    assert any(one[3] == 2 for one in with_hedges.values())
    for number, outcome in with_hedges.items():
        assert outcome[1] <= without[number][1]
        if outcome[3] == 1:
            assert without[number] == outcome


def test_cancellation_stops_the_work_that_is_not_needed_any_more() -> None:
    def busy_us(hedge: Hedge) -> int:
        system = shop(
            policy={"hedge": hedge},
            service={"steps": (cpu(constant(MS)),)},
            client={"rate": 20.0},
            faults=[SLOW],
        )
        log = simulate(system, 1)
        check_ledger(log)
        assert set(causes(log)) == {"none"}
        return log.totals["busy_us"]

    left_alone = busy_us(Hedge(after=10 * MS))
    cancelled = busy_us(Hedge(after=10 * MS, cancel=True))
    assert cancelled < 0.85 * left_alone


def test_of_tied_requests_the_second_to_begin_does_not_begin() -> None:
    def served_twice(tied: bool) -> int:
        system = shop(
            policy={"hedge": Hedge(after=0, tied=tied)},
            service={"steps": (cpu(Exponential(mean=12 * MS)),), "workers": 1},
            client={"rate": 70.0},
        )
        log = simulate(system, 1)
        check_ledger(log)
        started = [
            sum(one["started_us"] >= 0 for one in attempts)
            for attempts in attempts_of(log).values()
        ]
        return started.count(2)

    assert served_twice(True) < 0.5 * served_twice(False)


def test_a_machine_that_dies_tells_nobody_to_stop() -> None:
    crash = Fault(
        id="crash", what=Crash(what="host"), target=("front",), at=SECOND, for_=3 * SECOND
    )
    system = two_tiers(policy={"cancel": True}, faults=[crash], rate=500.0)
    log = simulate(system, 1, trace=True)
    kinds = {row["what"] >> 16 for row in rows(log.messages) if row["sent_us"] < 2 * SECOND}

    check_ledger(log)
    assert any(row["cause"] == Cause.DIED_WITH_NODE for row in rows(log.attempts))
    assert MessageKind.CANCEL not in kinds
