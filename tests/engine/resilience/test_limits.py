"""What is held back at a caller, or turned away at a service: bulkheads, limits, shedding."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.attempt import ANSWERED, GONE, Attempt
from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.faults.load_spike import LoadSpike
from game.engine.faults.pause import Pause
from game.engine.faults.slow import Slow
from game.engine.log import Log
from game.engine.resilience.bulkhead import Bulkhead
from game.engine.resilience.concurrency_limit import ConcurrencyLimit
from game.engine.resilience.rate_limit import RateLimit
from game.engine.resilience.shed import Shed
from game.engine.resilience.token_bucket import TokenBucket
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import (
    MS,
    SECOND,
    Row,
    causes,
    check_ledger,
    constant,
    cpu,
    exponential,
    rows,
    shop,
    two_tiers,
    wait,
)


def most_at_once(spans: list[tuple[int, int]]) -> int:
    """The largest number of spans that overlap."""
    edges = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def sent(log: Log) -> list[Row]:
    return [row for row in rows(log.attempts) if row["station"] >= 0]


# Bulkheads


def test_no_more_are_under_way_than_the_bulkhead_holds() -> None:
    system = shop(
        service={"steps": (wait(exponential(100 * MS)),)},
        policy={"bulkhead": Bulkhead(at_most=7), "attempt_timeout": 150 * MS},
    )
    log = simulate(system, 1)
    check_ledger(log)
    spans = [(row["sent_us"], row["ended_us"]) for row in sent(log) if row["ended_us"] >= 0]

    assert most_at_once(spans) == 7
    assert causes(log)["queue-full"] > 50


def test_a_bulkhead_keeps_workers_free_from_a_service_that_hangs() -> None:
    pause = Fault(id="pause", what=Pause(), target=("web",), at=SECOND)
    log = simulate(
        two_tiers(policy={"bulkhead": Bulkhead(at_most=10)}, front={"workers": 20}, faults=[pause]),
        1,
    )
    late = [row for row in rows(log.operations) if row["invoked_us"] > 3 * SECOND]

    # Whoever finds the bulkhead full is told at once.
    assert all(row["cause"] == Cause.DEPENDENCY for row in late)
    assert {row["blame"] for row in late} == {0}
    assert all(row["ended_us"] - row["invoked_us"] < 5 * MS for row in late)


def test_what_was_given_up_takes_no_room_in_a_bulkhead() -> None:
    dark = Fault(id="dark", what=Crash(what="host"), target=("web",), at=2 * SECOND, for_=SECOND)
    policy = {"bulkhead": Bulkhead(at_most=3), "attempt_timeout": 50 * MS}
    log = simulate(shop(policy=policy, faults=[dark]), 1)
    late = [row["cause"] for row in rows(log.operations) if row["invoked_us"] > 4 * SECOND]

    assert late.count(0) > 0.99 * len(late)


def test_a_bulkhead_is_empty_after_a_crash() -> None:
    restart = Fault(id="restart", what=Crash(), target=("front",), at=3 * SECOND, for_=MS)
    pause = Fault(id="pause", what=Pause(), target=("web",), at=2 * SECOND, for_=SECOND)
    log = simulate(two_tiers(policy={"bulkhead": Bulkhead(at_most=3)}, faults=[pause, restart]), 1)
    late = [row["cause"] for row in rows(log.operations) if row["invoked_us"] > 4 * SECOND]

    assert late.count(0) > 0.99 * len(late)


# Rate limits


@given(
    times=st.lists(st.integers(0, 3_000_000), max_size=60),
    rate=st.integers(1, 50),
    burst=st.integers(1, 5),
)
def test_a_bucket_never_gives_more_than_burst_and_rate_allow(
    times: list[int], rate: int, burst: int
) -> None:
    bucket = TokenBucket(rate, burst)
    taken = [time for time in sorted(times) if bucket.take(time)]
    for first, begin in enumerate(taken):
        for last in range(first, len(taken)):
            assert (last - first + 1) <= burst + (taken[last] - begin) * rate / SECOND + 1e-9


def test_a_bucket_gives_exactly_its_rate() -> None:
    bucket = TokenBucket(100, 1)
    assert [bucket.take(time) for time in range(0, 100_000, 10_000)] == [True] * 10
    assert not bucket.take(99_999)


def test_a_caller_keeps_to_its_rate() -> None:
    policy = {"rate_limit": RateLimit(rate=50.0, burst=5)}
    log = simulate(shop(policy=policy), 1)
    check_ledger(log)

    assert 430 < len(sent(log)) <= 50 * 9 + 5
    assert causes(log)["rate-limited"] > 350


def test_a_service_enforces_its_rate_on_each_machine() -> None:
    log = simulate(shop(service={"rate_limit": RateLimit(rate=25.0, burst=2)}), 1)
    check_ledger(log)
    limited = [row for row in rows(log.attempts) if row["cause"] == Cause.RATE_LIMITED]

    assert causes(log)["none"] <= 2 * (25 * 9 + 3)
    assert causes(log)["rate-limited"] == len(limited) > 300
    assert all(row["arrived_us"] > 0 and row["started_us"] == -1 for row in limited)


def test_those_over_the_limit_are_blamed_on_the_spike_that_they_came_with() -> None:
    spike = Fault(
        id="spike", what=LoadSpike(times=5.0), target=("users",), at=3 * SECOND, for_=SECOND
    )
    service = {"rate_limit": RateLimit(rate=100.0, burst=20)}
    log = simulate(shop(service=service, faults=[spike]), 1)
    limited = [row for row in rows(log.operations) if row["cause"] == Cause.RATE_LIMITED]

    assert len(limited) > 50
    assert {row["blame"] for row in limited} == {0}


# Shedding

BUSY: dict[str, Any] = {"workers": 1, "queue": 10_000, "steps": (cpu(constant(8 * MS)),)}


def overloaded(**service: Any) -> Log:
    """One machine that is asked for 1.6 times what it can do."""
    system = shop(
        machines=1, service={**BUSY, **service}, client={"rate": 200.0, "deadline": 3 * SECOND}
    )
    log = simulate(system, 1)
    check_ledger(log)
    return log


def waits_us(log: Log) -> list[int]:
    return [
        row["started_us"] - row["arrived_us"]
        for row in rows(log.attempts)
        if row["started_us"] >= 0
    ]


def test_a_queue_is_kept_as_short_as_the_bound_says() -> None:
    log = overloaded(shed=Shed(queue=5))

    assert causes(log)["shed"] > 400
    assert 38 * MS < max(waits_us(log)) <= 5 * 8 * MS


def test_with_a_bound_of_nothing_nobody_waits_but_free_workers_take_work() -> None:
    log = overloaded(shed=Shed(queue=0))

    assert max(waits_us(log)) == 0
    assert causes(log)["none"] > 500


def test_nobody_is_let_in_behind_somebody_who_has_waited_too_long() -> None:
    log = overloaded(shed=Shed(wait=50 * MS))
    longest = max(waits_us(log))

    assert causes(log)["shed"] > 300
    # Those that came in the 50 ms before the oldest one was too old still wait behind it.
    assert 50 * MS < longest < 150 * MS


def test_shedding_without_a_bound_is_refused() -> None:
    with pytest.raises(ValueError, match="queue, wait, or both"):
        Shed()


# Concurrency limits


def test_a_fixed_limit_counts_those_in_service_and_those_that_wait() -> None:
    log = overloaded(concurrency_limit=ConcurrencyLimit(limit=4))
    inside = [
        (row["arrived_us"], row["served_us"]) for row in rows(log.attempts) if row["served_us"] >= 0
    ]

    assert most_at_once(inside) == 4
    assert causes(log)["shed"] > 400


def test_additive_increase_and_multiplicative_decrease_find_the_limit_for_a_latency() -> None:
    limit = ConcurrencyLimit(limit=200, adapts="aimd", latency=50 * MS)
    free, limited = waits_us(overloaded()), waits_us(overloaded(concurrency_limit=limit))

    assert min(free[-200:]) > 1500 * MS
    assert max(limited[-200:]) < 70 * MS
    # And the machine is as busy as it can be: for 7 s, with 8 ms each.
    assert len(limited) > 0.97 * 7 * SECOND / (8 * MS)


def test_the_gradient_holds_waits_down_when_they_begin_to_grow() -> None:
    spike = Fault(
        id="spike", what=LoadSpike(times=2.0), target=("users",), at=5 * SECOND, for_=3 * SECOND
    )

    def longest_us(limit: ConcurrencyLimit | None) -> int:
        client = {"rate": 90.0, "deadline": 3 * SECOND}
        service = {**BUSY, "concurrency_limit": limit}
        system = shop(
            machines=1, duration=12 * SECOND, service=service, client=client, faults=[spike]
        )
        return max(waits_us(simulate(system, 1)))

    limit = ConcurrencyLimit(limit=20, adapts="gradient", least=4)
    assert longest_us(None) > 900 * MS
    assert longest_us(limit) < 300 * MS


def test_a_limit_that_was_cut_grows_again() -> None:
    slow = Fault(
        id="slow", what=Slow(factor=10.0), target=("web-1",), at=2 * SECOND, for_=2 * SECOND
    )
    limit = ConcurrencyLimit(limit=20, adapts="aimd", latency=60 * MS)
    system = shop(
        machines=1,
        duration=20 * SECOND,
        service={**BUSY, "concurrency_limit": limit},
        faults=[slow],
    )
    log = simulate(system, 1)
    good = [row["invoked_us"] for row in rows(log.operations) if row["cause"] == 0]

    assert sum(2 * SECOND < time < 4 * SECOND for time in good) < 60
    assert sum(17 * SECOND < time < 19 * SECOND for time in good) > 170


def test_a_limit_forgets_the_dead_of_a_crash() -> None:
    restart = Fault(id="restart", what=Crash(), target=("web",), at=3 * SECOND, for_=MS)
    service = {**BUSY, "concurrency_limit": ConcurrencyLimit(limit=3)}
    log = simulate(shop(service=service, faults=[restart]), 1)
    late = [row["cause"] for row in rows(log.operations) if row["invoked_us"] > 4 * SECOND]

    check_ledger(log)
    assert late.count(0) > 0.9 * len(late)


class Clock:
    """All that a limit wants of its station."""

    def __init__(self) -> None:
        self.kernel = self
        self.now = 0


def learned(limit: ConcurrencyLimit, *ends: dict[str, int], took_us: int) -> float:
    """The limit after 20 are in, of which some leave."""
    clock: Any = Clock()
    guard = limit.build_guard(clock)
    inside = [Attempt() for _ in range(20)]
    for attempt in inside:
        attempt.arrived_us, attempt.started_us = 0, -1
        attempt.phase = attempt.result = 0
        assert guard.refuse(attempt) == 0
    clock.now = took_us
    for attempt, end in zip(inside, ends, strict=False):
        for name, value in end.items():
            setattr(attempt, name, value)
        guard.left(attempt)
    return guard.limit


NOT_DONE: dict[str, dict[str, int]] = {
    "turned away": {},
    "cancelled": {"started_us": 0, "phase": GONE},
    "failed": {"started_us": 0, "phase": ANSWERED, "result": Cause.DEPENDENCY},
}


@pytest.mark.parametrize("adapts", ["aimd", "gradient"])
@pytest.mark.parametrize("end", NOT_DONE)
def test_what_was_not_done_never_raises_a_limit(adapts: Any, end: str) -> None:
    limit = ConcurrencyLimit(limit=20, adapts=adapts, latency=50 * MS)
    served = {"started_us": 0, "phase": ANSWERED}
    assert learned(limit, served, took_us=MS) > 20
    for took_us in (0, MS):
        assert learned(limit, *[NOT_DONE[end]] * 8, took_us=took_us) <= 20
        after = learned(limit, served, *[NOT_DONE[end]] * 8, took_us=took_us)
        assert after <= learned(limit, served, took_us=took_us)


def test_what_waited_too_long_in_vain_lowers_a_limit() -> None:
    limit = ConcurrencyLimit(limit=20, adapts="aimd", latency=50 * MS)
    assert learned(limit, NOT_DONE["cancelled"], took_us=60 * MS) == 10
