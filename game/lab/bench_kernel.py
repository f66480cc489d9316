"""The kernel by itself: events a second, against the least that any such loop must do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import count
from random import Random
from typing import Any

import simpy

from game.engine.kernel import Entry, Kernel
from game.engine.priorities import NORMAL
from game.lab.bench_rows import Benchmark, Pair, Target, in_turns, per_second

WAITING = 100
"""Entries in the queue at any time."""
EVENTS = 300_000
LONGEST_US = 10_000


def periods_us() -> list[int]:
    """How long each of the entries waits, again and again."""
    random = Random(1)
    return [random.randrange(1, LONGEST_US) for _ in range(WAITING)]


def horizon_us() -> int:
    """The time at which as many entries as EVENTS have come up."""
    return round(EVENTS / sum(1 / period_us for period_us in periods_us()))


def kernel_events() -> int:
    """Callbacks on the kernel that each put themselves into its queue again."""
    kernel = Kernel()
    at = kernel.at

    def again(period_us: int) -> None:
        at(kernel.now + period_us, again, period_us)

    for period_us in periods_us():
        at(period_us, again, period_us)
    kernel.advance(horizon_us(), 2 * EVENTS)
    return kernel.events


def loop_events() -> int:
    """Entries of the same shape, popped and pushed by a loop that calls a function for each."""
    number = count().__next__

    def nothing(period_us: int) -> None:
        pass

    queue: list[Entry] = [
        (period_us, NORMAL, number(), nothing, period_us) for period_us in periods_us()
    ]
    heapify(queue)
    for _ in range(EVENTS):
        now_us, priority, _, function, period_us = heappop(queue)
        function(period_us)
        heappush(queue, (now_us + period_us, priority, number(), function, period_us))
    return EVENTS


def simpy_events() -> int:
    """Timeouts of SimPy with a callback that each makes the next."""
    env = simpy.Environment()
    events = 0

    def again(event: simpy.Event) -> None:
        nonlocal events
        events += 1
        wait(event.value)

    def wait(period_us: Any) -> None:
        env.timeout(period_us, period_us).callbacks.append(again)

    for period_us in periods_us():
        wait(period_us)
    env.run(until=horizon_us())
    return events


def against(row_id: str, program: Callable[[], int]) -> dict[str, Pair]:
    """The kernel against another loop."""
    return {row_id: in_turns(lambda _: per_second(kernel_events), lambda _: per_second(program))}


BENCHMARKS = tuple(
    Benchmark(partial(against, target.id, program), (target,))
    for target, program in (
        (
            Target(
                id="kernel-loop",
                title="the kernel, against a bare loop over the same entries",
                unit="events/s",
                gate=0.6,
            ),
            loop_events,
        ),
        (
            Target(
                id="kernel-simpy",
                title="the kernel, against SimPy timeouts with callbacks",
                unit="events/s",
                gate=1.5,
            ),
            simpy_events,
        ),
    )
)
