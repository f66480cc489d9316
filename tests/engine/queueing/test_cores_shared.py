"""Processor sharing against exact arithmetic, and through all that befalls a node."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from game.engine.attempt import NEVER, NO_FAULT
from game.engine.faults.crash import Crash
from game.engine.faults.pause import Pause
from game.engine.faults.slow import Slow
from game.engine.kernel import Kernel
from game.engine.log import Log
from game.engine.node import Node
from game.engine.queueing.cores_fifo import Fifo
from game.engine.queueing.cores_shared import ProcessorSharing, SharedCores
from game.engine.run import simulate
from game.level.model import Fault, Law
from tests.engine.shops import MS, SECOND, causes, constant, cpu, exponential, rows, shop


class Work:
    """Stands for an attempt: notes when its core time is over."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.over_us = NEVER
        self.blame = NO_FAULT
        self.phase = 0
        self.step = self
        self.station = self

    def backlog_blame(self, _attempt: Any) -> int:
        return 7

    def next(self, _attempt: Any) -> None:
        self.over_us = self.kernel.now


class Bench:
    """A node with shared cores and nothing else."""

    def __init__(self, cores: int, speed: float = 1.0) -> None:
        self.kernel = Kernel()
        log = Log(seed=1, duration_us=1, clients=(), places=("n",), stations=(), faults=())
        self.node = Node(self.kernel, log, "n", "n", 0, "a", speed, 10, 0)
        self.cores = SharedCores(self.node, cores)
        self.node.cores = self.cores

    def at(self, time_us: int) -> None:
        self.kernel.advance(time_us, 1_000_000)

    def run(self, demand_us: int) -> Any:
        work: Any = Work(self.kernel)
        self.cores.run(work, demand_us)
        return work


CROWD = [
    *[(0, 98), (0, 98), (0, 98), (99, 65), (140, 55), (220, 39), (224, 39), (259, 34)],
    *[(272, 32), (329, 26), (350, 24), (454, 14), (488, 11), (622, 1)],
]
"""Many that end close together."""


def ends_exactly(jobs: list[tuple[int, int]], cores: int) -> list[Fraction]:
    """When each (arrival, demand) is over, by exact arithmetic."""
    left = [Fraction(demand) for _, demand in jobs]
    ends: list[Fraction | None] = [None] * len(jobs)
    now = Fraction(0)
    while None in ends:
        inside = [i for i, (at, _) in enumerate(jobs) if at <= now and ends[i] is None]
        later = [Fraction(at) for at, _ in jobs if at > now]
        if not inside:
            now = min(later)
            continue
        share = min(Fraction(1), Fraction(cores, len(inside)))
        until = min([now + left[i] / share for i in inside] + later)
        for i in inside:
            left[i] -= (until - now) * share
            if left[i] == 0:
                ends[i] = until
        now = until
    return [end for end in ends if end is not None]


@example(jobs=CROWD, cores=1)
@given(
    jobs=st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 3000)), min_size=1, max_size=25),
    cores=st.integers(1, 4),
)
def test_every_piece_ends_when_exact_arithmetic_says(
    jobs: list[tuple[int, int]], cores: int
) -> None:
    jobs = sorted(jobs)
    bench = Bench(cores)
    pieces = []
    for arrives_us, demand_us in jobs:
        bench.at(arrives_us)
        pieces.append(bench.run(demand_us))
    bench.at(10**6)

    for piece, exact in zip(pieces, ends_exactly(jobs, cores), strict=True):
        # Each end is rounded up to a microsecond, which may delay the others by as much; and a
        # piece is over when a thousandth of its work is left, which many at once work off slowly.
        assert -0.002 * len(jobs) < piece.over_us - exact < len(jobs) + 1
    assert bench.cores.busy_us == sum(demand for _, demand in jobs)


def test_two_halves_of_a_core_take_twice_as_long() -> None:
    bench = Bench(1)
    long, short = bench.run(10_000), bench.run(4_000)
    bench.at(20_000)

    assert short.over_us == 8_000
    assert long.over_us == 14_000


def test_nobody_is_slowed_down_while_there_are_cores() -> None:
    bench = Bench(3)
    pieces = [bench.run(5_000) for _ in range(3)]
    bench.at(10_000)

    assert [piece.over_us for piece in pieces] == [5_000] * 3
    assert [piece.blame for piece in pieces] == [NO_FAULT] * 3


def test_a_crowd_inherits_the_blame_of_its_beginning() -> None:
    bench = Bench(1)
    pieces = [bench.run(1_000) for _ in range(3)]
    assert [piece.blame for piece in pieces] == [NO_FAULT, 7, 7]
    bench.at(10_000)
    assert bench.run(1_000).blame == NO_FAULT


def test_a_piece_that_is_taken_off_leaves_its_share_to_the_others() -> None:
    bench = Bench(1)
    stays, goes = bench.run(10_000), bench.run(10_000)
    bench.at(4_000)
    bench.cores.stop(goes)
    bench.at(50_000)

    assert stays.over_us == 12_000
    assert goes.over_us == NEVER
    assert bench.cores.busy_us == 12_000


def test_work_stands_still_in_a_pause() -> None:
    bench = Bench(1)
    pieces = [bench.run(4_000), bench.run(4_000)]
    bench.at(5_000)
    bench.cores.freeze()
    bench.at(105_000)
    bench.cores.thaw()
    bench.at(200_000)

    assert [piece.over_us for piece in pieces] == [108_000, 108_000]


@pytest.mark.parametrize(("factor", "over_us"), [(2.0, 12_000), (4.0, 13_000)])
def test_work_goes_on_at_the_new_speed(factor: float, over_us: int) -> None:
    bench = Bench(1)
    piece = bench.run(10_000)
    bench.at(4_000)
    bench.node.slow(0, factor)
    bench.at(8_000)
    bench.node.quicken(0)
    bench.at(100_000)

    assert piece.over_us == over_us


def test_a_crash_ends_all_work_and_leaves_the_cores_ready() -> None:
    bench = Bench(1)
    lost = [bench.run(4_000), bench.run(9_000)]
    bench.at(5_000)
    bench.cores.clear()
    after = bench.run(1_000)
    bench.at(50_000)

    assert [piece.over_us for piece in lost] == [NEVER, NEVER]
    assert after.over_us == 6_000
    assert bench.cores.busy_us == 6_000


@pytest.mark.parametrize("law", [exponential(5 * MS), constant(5 * MS)], ids=repr)
def test_the_mean_depends_on_the_mean_demand_alone(law: Law) -> None:
    def mean_us(scheduling: Any) -> float:
        system = shop(
            machines=1,
            duration=100 * SECOND,
            latency=constant(0),
            node={"scheduling": scheduling},
            service={"steps": (cpu(law),), "workers": 10_000},
            client={"rate": 100.0, "deadline": 10 * SECOND},
        )
        attempts = rows(simulate(system, 1).attempts)
        return sum(row["ended_us"] - row["sent_us"] for row in attempts) / len(attempts)

    # M/G/1 with processor sharing: mean demand / (1 - load), here 5 ms / 0.5.
    assert 9 * MS < mean_us(ProcessorSharing()) < 11 * MS
    if law.constant() is not None:
        assert mean_us(Fifo()) < 8 * MS


@pytest.mark.parametrize("what", [Crash(), Crash(what="host"), Pause(), Slow(factor=5.0)], ids=repr)
def test_a_node_with_shared_cores_lives_through_a_fault(what: Any) -> None:
    fault = Fault(id="fault", what=what, target=("web-1",), at=3 * SECOND, for_=SECOND)
    system = shop(
        node={"scheduling": ProcessorSharing()},
        service={"steps": (cpu(exponential(8 * MS)),)},
        policy={"attempt_timeout": 300 * MS},
        faults=[fault],
    )
    log = simulate(system, 1)
    after = [row for row in rows(log.operations) if row["invoked_us"] > 6 * SECOND]

    assert log.verdict == "", log.error
    assert causes(log)["none"] > 800
    assert sum(row["cause"] == 0 for row in after) > 0.98 * len(after)
