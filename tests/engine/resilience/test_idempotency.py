"""Idempotency keys: work is done once where the same machine is asked again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.faults.partition import Partition
from game.engine.log import AttemptKind, Log
from game.engine.resilience.hedge import Hedge
from game.engine.resilience.idempotency import Idempotency
from game.engine.resilience.retry import Retry
from game.engine.run import simulate
from game.engine.steps import CallOut
from game.level.model import Client, Fault, Link, NodeGroup, Policy, Service, System
from tests.engine.shops import (
    MS,
    SECOND,
    attempts_of,
    causes,
    check_ledger,
    constant,
    rows,
    shop,
    wait,
)

SLOW_WORK = {"steps": (wait(constant(100 * MS)),), "workers": 1000}
IMPATIENT = {"attempt_timeout": 60 * MS, "retry": Retry(attempts=3), "idempotency_key": True}


def run(*faults: Fault, remember: int | None = 60 * SECOND, machines: int = 1, **more: Any) -> Log:
    memory = None if remember is None else Idempotency(remember=remember)
    policy = {**IMPATIENT, **more.pop("policy", {})}
    service = {**SLOW_WORK, "idempotency": memory, **more.pop("service", {})}
    system = shop(machines=machines, policy=policy, service=service, faults=faults, **more)
    log = simulate(system, 1)
    check_ledger(log)
    return log


def times_begun(log: Log) -> list[int]:
    return [
        sum(one["started_us"] >= 0 for one in attempts) for attempts in attempts_of(log).values()
    ]


def test_a_repetition_waits_for_the_work_in_progress_and_gets_its_answer() -> None:
    log = run()
    took = {row["ended_us"] - row["invoked_us"] for row in rows(log.operations)}

    assert set(causes(log)) == {"none"}
    assert took == {102 * MS}
    assert set(times_begun(log)) == {1}


def test_without_a_memory_or_without_a_key_every_attempt_begins_anew() -> None:
    for log in (run(remember=None), run(policy={"idempotency_key": False})):
        assert causes(log)["none"] == 0
        assert set(times_begun(log)) == {4}


def test_finished_work_is_answered_at_once() -> None:
    # Answers are lost on their way for a while; the work was done.
    cut = Fault(
        id="cut", what=Partition(one_way="out"), target=("web",), at=2 * SECOND, for_=2 * SECOND
    )
    patient = {"attempt_timeout": 150 * MS, "retry": Retry(attempts=5)}
    log = run(cut, policy=patient)
    recalled = [
        one
        for attempts in attempts_of(log).values()
        for one in attempts
        if one["kind"] == AttemptKind.RETRY and one["cause"] == 0
    ]

    assert set(times_begun(log)) == {1}
    assert recalled
    assert all(one["ended_us"] - one["arrived_us"] == MS for one in recalled)
    assert all(one["served_us"] == -1 and one["wasted"] == 0 for one in recalled)


def test_answers_are_forgotten_in_the_end() -> None:
    cut = Fault(
        id="cut", what=Partition(one_way="out"), target=("web",), at=2 * SECOND, for_=2 * SECOND
    )
    log = run(cut, remember=MS, policy={"attempt_timeout": 150 * MS, "retry": Retry(attempts=5)})

    assert max(times_begun(log)) > 1


def test_another_machine_knows_nothing() -> None:
    assert set(times_begun(run(machines=2))) == {2}


def test_a_crash_kills_those_that_wait_and_the_memory() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web",), at=3 * SECOND, for_=MS)
    log = run(crash)
    died = [row for row in rows(log.attempts) if row["cause"] == Cause.DIED_WITH_NODE]

    # Five of the first attempts had already been given up; their repetitions waited.
    assert any(row["started_us"] == -1 for row in died)
    assert any(row["started_us"] >= 0 for row in died)
    assert max(times_begun(log)) == 2


def test_cancelled_work_is_begun_again_by_the_repetition_that_waits() -> None:
    hedge = Hedge(after=30 * MS)
    policy = {"attempt_timeout": 70 * MS, "retry": None, "hedge": hedge, "cancel": True}
    log = run(policy=policy, service={"steps": (wait(constant(25 * MS)), wait(constant(40 * MS)))})
    assert set(causes(log)) == {"none"}
    log = run(policy=policy)
    # Both are cancelled in the end: the second one had begun when the first one was stopped.
    assert set(times_begun(log)) == {2}
    assert causes(log)["none"] == 0


def test_nobody_is_left_waiting_when_all_are_cancelled_at_once() -> None:
    policy = {"attempt_timeout": None, "retry": None, "hedge": Hedge(after=10 * MS), "cancel": True}
    log = run(policy=policy, client={"deadline": 50 * MS})

    assert causes(log)["none"] == 0
    assert set(times_begun(log)) == {1}
    assert len(rows(log.attempts)) == 2 * len(log.operations)


def test_work_that_failed_is_tried_again_for_those_that_wait() -> None:
    crash = Fault(id="crash", what=Crash(what="host"), target=("back",), at=2 * SECOND, for_=SECOND)
    system = System(
        duration=5 * SECOND,
        nodes=(NodeGroup(id="front"), NodeGroup(id="back")),
        links=(Link(from_="*", to="*", latency=constant(MS)),),
        policies=(
            Policy(id="outer", hedge=Hedge(after=20 * MS), idempotency_key=True),
            Policy(id="inner", attempt_timeout=40 * MS),
        ),
        services=(
            Service(
                id="front",
                on=("front",),
                steps=(CallOut(call="back", policy="inner"),),
                idempotency=Idempotency(),
            ),
            Service(id="back", on=("back",), steps=(wait(constant(10 * MS)),)),
        ),
        clients=(Client(id="users", call="front", policy="outer", rate=100.0),),
        faults=(crash,),
    )
    log = simulate(system, 1)
    check_ledger(log)
    saved = [
        attempts
        for attempts in attempts_of(log).values()
        if len(attempts) == 2
        and attempts[0]["cause"] == Cause.DEPENDENCY
        and attempts[1]["cause"] == 0
    ]

    # The last few of the outage: their second call is made when the back is there again.
    assert 1 <= len(saved) <= 8
    assert all(hedge["started_us"] > first["started_us"] for first, hedge in saved)


def test_a_copy_that_the_network_makes_is_recognised() -> None:
    def begun(remember: int | None) -> int:
        memory = None if remember is None else Idempotency(remember=remember)
        system = shop(policy={"idempotency_key": True}, service={"idempotency": memory}, machines=1)
        doubling = Link(from_="*", to="*", latency=constant(MS), duplicate=0.2)
        log = simulate(replace(system, links=(doubling,)), 1)
        check_ledger(log)
        assert any(row["kind"] == AttemptKind.COPY for row in rows(log.attempts))
        return sum(row["started_us"] >= 0 for row in rows(log.attempts))

    assert begun(SECOND) < begun(None)


def test_a_request_that_was_turned_away_is_let_in_when_it_comes_again() -> None:
    service = {"steps": (wait(constant(20 * MS)),), "workers": 1, "queue": 0}
    retry = Retry(attempts=3, backoff="fixed", base=30 * MS)
    log = run(
        service=service, client={"rate": 30.0}, policy={"attempt_timeout": None, "retry": retry}
    )
    full = [row for row in rows(log.attempts) if row["cause"] == Cause.QUEUE_FULL]

    let_in = [attempts for attempts in attempts_of(log).values() if attempts[-1]["cause"] == 0]

    assert len(full) > 20
    assert sum(len(attempts) > 1 for attempts in let_in) > 20
