"""Retries: when, how often, how soon, and what they may cost."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.attempt import new_operation
from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.kinds import load_kinds
from game.engine.log import AttemptKind, Log
from game.engine.paths import Path
from game.engine.resilience.retry import Retries, Retry
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import (
    MS,
    SECOND,
    attempts_of,
    causes,
    check_ledger,
    constant,
    exponential,
    outcomes,
    rows,
    shop,
    two_tiers,
    wait,
)

DOWN = Fault(id="down", what=Crash(), target=("web",), at=0)
SILENT = Fault(id="silent", what=Crash(what="host"), target=("web",), at=0)


def waits(retry: Retry, luck: float = 0.5, times: int = 6) -> list[int | None]:
    """The waits before the retries of one call that fails again and again."""
    nobody: Any = None
    operation = new_operation(nobody, Path(1, 0, "web"), 10**12, 1, 0, (luck,))
    operation.extra = []
    found: list[int | None] = []
    for _ in range(times):
        failed: Any = type("Failed", (), {"target": None, "kind": AttemptKind.RETRY})()
        found.append(Retries(retry).delay_us(operation, failed, Cause.NO_TARGET))
        operation.extra.append(failed)
    return found


def test_without_a_backoff_it_asks_again_at_once_as_often_as_it_may() -> None:
    assert waits(Retry(attempts=2)) == [0, 0, None, None, None, None]


def test_a_fixed_backoff_stays() -> None:
    retry = Retry(attempts=9, backoff="fixed", base=70 * MS)
    assert waits(retry) == [70 * MS] * 6


def test_an_exponential_backoff_doubles_up_to_its_cap() -> None:
    retry = Retry(attempts=9, backoff="exponential", base=100, cap=1000)
    assert waits(retry) == [100, 200, 400, 800, 1000, 1000]


@given(luck=st.floats(0, 1, exclude_max=True))
def test_jitter_stays_in_its_bounds(luck: float) -> None:
    plain = Retry(attempts=9, backoff="exponential", base=MS, cap=20 * MS)
    backoff = [wait_us or 0 for wait_us in waits(plain)]
    full = waits(replace(plain, jitter="full"), luck)
    equal = waits(replace(plain, jitter="equal"), luck)
    decorrelated = [wait_us or 0 for wait_us in waits(replace(plain, jitter="decorrelated"), luck)]

    assert all(0 <= (wait_us or 0) <= most for wait_us, most in zip(full, backoff, strict=True))
    assert all(
        most / 2 - 1 <= (wait_us or 0) <= most for wait_us, most in zip(equal, backoff, strict=True)
    )
    before = MS
    for wait_us in decorrelated:
        assert MS <= wait_us <= min(20 * MS, 3 * before + 1)
        before = wait_us


def test_jitter_differs_between_retries_and_between_operations() -> None:
    retry = Retry(attempts=9, backoff="fixed", base=SECOND, jitter="full")
    assert len({*waits(retry, 0.25), *waits(retry, 0.75)}) == 12


def test_full_jitter_is_uniform() -> None:
    retry = Retry(attempts=1, backoff="fixed", base=1000, jitter="full")
    drawn = [waits(retry, step / 4000, 1)[0] or 0 for step in range(4000)]
    assert 480 < sum(drawn) / 4000 < 520
    assert 900 < sum(wait_us < 250 for wait_us in drawn) < 1100


def test_retries_are_made_when_the_wait_is_over() -> None:
    retry = Retry(attempts=3, backoff="exponential", base=20 * MS)
    log = simulate(shop(policy={"retry": retry}, faults=[DOWN]), 1)
    check_ledger(log)
    for attempts in attempts_of(log).values():
        assert [one["kind"] for one in attempts] == [0, 1, 1, 1]
        gaps = [later["sent_us"] - sooner["ended_us"] for sooner, later in pairwise(attempts)]
        assert gaps == [20 * MS, 40 * MS, 80 * MS]


def test_a_retry_goes_to_a_machine_that_was_not_tried() -> None:
    half_down = replace(DOWN, target=("web-1",))
    log = simulate(shop(policy={"retry": Retry(attempts=1)}, faults=[half_down]), 1)

    assert set(causes(log)) == {"none"}


def test_no_retry_is_planned_for_after_the_deadline() -> None:
    retry = Retry(attempts=5, backoff="fixed", base=400 * MS)
    log = simulate(shop(policy={"retry": retry}, faults=[DOWN]), 1)

    assert {len(attempts) for attempts in attempts_of(log).values()} == {3}


@pytest.mark.parametrize(
    ("on", "fault", "made"),
    [
        (("refused",), DOWN, 3),
        (("timeout",), DOWN, 1),
        (("timeout",), SILENT, 3),
        (("refused",), SILENT, 1),
    ],
)
def test_only_the_failures_that_it_names_are_tried_again(on: Any, fault: Fault, made: int) -> None:
    policy = {"retry": Retry(attempts=2, on=on), "attempt_timeout": 50 * MS}
    log = simulate(shop(policy=policy, faults=[fault]), 1)

    assert {len(attempts) for attempts in attempts_of(log).values()} == {made}


def test_a_caller_cannot_tell_one_silence_from_another() -> None:
    policy = {"retry": Retry(attempts=1, on=("died-with-node",)), "attempt_timeout": 50 * MS}
    service = {"steps": (wait(constant(30 * MS)),)}

    def retries(what: Crash) -> int:
        crash = Fault(id="crash", what=what, target=("web",), at=3 * SECOND)
        log = simulate(shop(policy=policy, service=service, faults=[crash]), 1)
        assert any(row["cause"] == Cause.DIED_WITH_NODE for row in rows(log.attempts))
        return sum(row["kind"] == AttemptKind.RETRY for row in rows(log.attempts))

    assert retries(Crash()) > 0
    assert retries(Crash(what="host")) == 0


def share_of_retries(log: Log) -> float:
    kinds = [row["kind"] for row in rows(log.attempts)]
    return kinds.count(AttemptKind.RETRY) / kinds.count(AttemptKind.FIRST)


def test_a_budget_holds_retries_to_their_share() -> None:
    retry = Retry(attempts=3, budget=0.1, budget_burst=5.0)
    log = simulate(shop(policy={"retry": retry}, client={"rate": 300.0}, faults=[DOWN]), 1)
    firsts = len(log.operations)

    check_ledger(log)
    assert 0.095 < share_of_retries(log) <= 0.1 + 5 / firsts


def test_a_budget_may_have_a_floor() -> None:
    retry = Retry(attempts=1, budget=0.0, budget_floor=20.0, budget_burst=1.0)
    log = simulate(shop(policy={"retry": retry}, faults=[DOWN]), 1)
    retries = [row for row in rows(log.attempts) if row["kind"] == AttemptKind.RETRY]

    assert 140 < len(retries) <= 20 * 10 + 1


def test_a_caller_that_crashed_has_a_full_budget_again() -> None:
    restart = Fault(id="restart", what=Crash(), target=("front",), at=5 * SECOND, for_=MS)
    retry = Retry(attempts=1, budget=0.0, budget_burst=7.0)
    log = simulate(two_tiers(policy={"retry": retry}, faults=[DOWN, restart]), 1)
    inner = [row for row in rows(log.attempts) if row["kind"] == AttemptKind.RETRY]

    assert len(inner) == 14
    assert sum(row["sent_us"] < 5 * SECOND for row in inner) == 7


def test_no_retries_are_the_same_as_no_mechanism() -> None:
    without = simulate(shop(loss=0.05, policy={"attempt_timeout": 50 * MS}), 1)
    none = simulate(
        shop(loss=0.05, policy={"attempt_timeout": 50 * MS, "retry": Retry(attempts=0)}), 1
    )

    assert none.digest() == without.digest()


@pytest.mark.parametrize("jitter", ["none", "full", "equal", "decorrelated"])
def test_one_more_retry_changes_no_draw_of_another_operation(jitter: Any) -> None:
    def run(attempts: int) -> dict[int, tuple[int, ...]]:
        retry = Retry(attempts=attempts, backoff="exponential", base=5 * MS, jitter=jitter)
        system = shop(
            loss=0.05,
            latency=exponential(2 * MS),
            service={"steps": (wait(exponential(10 * MS)),), "workers": 10_000},
            policy={"attempt_timeout": 80 * MS, "retry": retry},
        )
        return outcomes(simulate(system, 1))

    none, some, more = run(0), run(1), run(2)
    assert any(one[3] > 1 for one in some.values())
    assert any(one[3] > 2 for one in more.values())
    for number, outcome in none.items():
        if outcome[2] == 0:
            assert some[number] == more[number] == outcome
        if some[number][2] == 0:
            assert more[number] == some[number]


def test_its_parts_count_jitter_and_budget_once() -> None:
    kind = load_kinds().get("mechanism", "retry")
    assert kind is not None
    records = (Retry(), Retry(jitter="full"), Retry(budget=0.1), Retry(jitter="full", budget=0.1))
    assert [kind.parts(record) for record in records] == [1, 2, 2, 2]
