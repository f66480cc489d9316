"""Who is served next, and who is given up."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from game.engine.attempt import Attempt, Operation
from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.faults.load_spike import LoadSpike
from game.engine.log import Log
from game.engine.queueing.codel import Codel
from game.engine.queueing.fifo import FifoQueue
from game.engine.queueing.lifo import LifoQueue
from game.engine.queueing.priority import Classes
from game.engine.run import simulate
from game.level.model import Fault, System
from tests.engine.shops import MS, SECOND, causes, constant, cpu, rows, shop


def one_worker(discipline: Any, **more: Any) -> System:
    """A machine that is busy at 0.8 of its capacity, with an hour of patience in front of it."""
    service = {"workers": 1, "queue": 10_000, "discipline": discipline}
    service["steps"] = (cpu(constant(8 * MS)),)
    client = {"rate": 100.0, "deadline": 2 * SECOND, **more.pop("client", {})}
    return shop(machines=1, service=service, client=client, **more)


def services_in_order(log: Log) -> list[tuple[int, int]]:
    """(arrived, started) of all attempts that were served, in order of their start."""
    served = [row for row in rows(log.attempts) if row["started_us"] >= 0]
    pairs = [(row["arrived_us"], row["started_us"]) for row in served]
    return sorted(pairs, key=lambda pair: pair[1])


def test_fifo_serves_in_order_of_arrival() -> None:
    arrivals = [arrived for arrived, _ in services_in_order(simulate(one_worker(FifoQueue()), 1))]

    assert len(arrivals) > 500
    assert arrivals == sorted(arrivals)


def test_lifo_serves_the_newest_of_those_that_wait() -> None:
    served = services_in_order(simulate(one_worker(LifoQueue()), 1))

    assert [arrived for arrived, _ in served] != sorted(arrived for arrived, _ in served)
    for arrived, started in served:
        passed_over = [
            other for other, later in served if arrived < other < started and later > started
        ]
        assert not passed_over


def test_lifo_answers_more_in_time_than_fifo_when_there_is_too_much() -> None:
    client = {"rate": 200.0, "deadline": SECOND}
    first, last = (
        causes(simulate(one_worker(discipline, client=client), 1))
        for discipline in (FifoQueue(), LifoQueue())
    )

    assert last["none"] > 2 * first["none"]


def test_codel_leaves_a_short_burst_alone() -> None:
    spike = Fault(
        id="spike", what=LoadSpike(times=3.0), target=("users",), at=2 * SECOND, for_=80 * MS
    )
    codel = Codel(target=20 * MS, interval=400 * MS)
    log = simulate(one_worker(codel, client={"rate": 40.0}, faults=[spike]), 1)

    assert set(causes(log)) == {"none"}


def test_codel_keeps_waits_near_its_target_where_fifo_lets_them_grow() -> None:
    def longest_wait_us(discipline: Any) -> int:
        log = simulate(one_worker(discipline, client={"rate": 150.0}), 1)
        late = [pair for pair in services_in_order(log) if pair[1] > 5 * SECOND]
        return max(started - arrived for arrived, started in late)

    assert longest_wait_us(FifoQueue()) > 800 * MS
    assert longest_wait_us(Codel(target=20 * MS, interval=100 * MS)) < 500 * MS


def test_codel_tells_those_that_it_drops_from_the_head() -> None:
    log = simulate(one_worker(Codel(), client={"rate": 150.0}), 1)
    shed = [row for row in rows(log.attempts) if row["cause"] == Cause.SHED]

    assert causes(log)["shed"] > 50
    assert all(row["started_us"] == -1 for row in shed)
    assert all(row["ended_us"] - row["arrived_us"] > 5 * MS for row in shed)


def test_codels_drops_come_closer_with_the_square_root_of_their_count() -> None:
    interval = 100 * MS
    log = simulate(one_worker(Codel(interval=interval), client={"rate": 190.0}), 1)
    times = [row["ended_us"] for row in rows(log.attempts) if row["cause"] == Cause.SHED][:9]
    gaps = [later - sooner for sooner, later in pairwise(times)]

    for count, gap in enumerate(gaps, start=1):
        # The queue is looked at when a worker becomes free: every 8 ms.
        assert abs(gap - interval / count**0.5) <= 8 * MS


def test_codel_never_drops_the_only_one_that_waits() -> None:
    log = simulate(
        one_worker(Codel(target=1, interval=1), client={"rate": 10.0, "deadline": SECOND}), 1
    )
    waited = [pair for pair in services_in_order(log) if pair[0] < pair[1]]

    assert waited
    assert set(causes(log)) == {"none"}


def test_codel_starts_afresh_after_a_crash() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-1",), at=5 * SECOND, for_=MS)
    log = simulate(one_worker(Codel(), client={"rate": 150.0}, faults=[crash]), 1)
    shed = [row["ended_us"] for row in rows(log.attempts) if row["cause"] == Cause.SHED]

    assert log.verdict == "", log.error
    assert any(time < 5 * SECOND for time in shed)
    assert not any(5 * SECOND < time < 5 * SECOND + 100 * MS for time in shed)
    assert any(time > 6 * SECOND for time in shed)


def asked_by(client: int, arrived_us: int) -> Attempt:
    attempt, operation = Attempt(), Operation()
    attempt.call, operation.client = operation, client
    attempt.arrived_us = arrived_us
    return attempt


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=5),
    st.lists(st.tuples(st.sampled_from(["in", "in", "out", "gone", "crash"]), st.integers(0, 99))),
)
def test_classes_serve_the_most_urgent_and_of_these_the_first(
    priorities: list[int], doings: list[tuple[str, int]]
) -> None:
    queue, plain = Classes(priorities), list[Attempt]()
    for now_us, (doing, number) in enumerate(doings):
        if doing == "in":
            attempt = asked_by(number % len(priorities), now_us)
            queue.append(attempt)
            plain.append(attempt)
        elif doing == "crash":
            queue.clear()
            plain.clear()
        elif plain and doing == "gone":
            queue.remove(plain[number % len(plain)])
            del plain[number % len(plain)]
        elif plain:
            assert queue.popleft() is plain.pop(0)
        plain.sort(key=lambda attempt: priorities[attempt.call.operation.client])
        assert list(queue) == sorted(plain, key=lambda attempt: attempt.arrived_us)
        assert len(queue) == len(plain)
