"""What an operation takes, in time and memory, and whether a million take the same for each."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Generator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import simpy

import game
from game.engine.log import Log, Table
from game.engine.run import Run, simulate
from game.lab.bench_rows import Benchmark, NotMeasured, Pair, Target, processor_s
from game.lab.scenario import level_of, scenario
from game.level.model import SECOND_US, System

FEW, MORE, MANY = 10_000, 100_000, 1_000_000
ROUNDS = 9
FEW_AT_ONCE = 2
"""Short runs in a row, since one of them is over too soon to be told exactly."""
LINE = 1 / 1.15
"""An operation may take 15 % more of anything when there are a hundred times as many."""
LOG_BYTES = 200.0
"""What the Log may take for an operation."""
IN_FLIGHT = 0.5
"""An operation under way may take twice what it takes in a plain SimPy program, since it holds all
that its row in the Log and the search for its cause will need."""
STATUS = Path("/proc/self/status")
HELD_S = 200.0
HOP_S = 0.002


def scenario_of(operations: int) -> System:
    """Scenario S, as long as it takes for about so many operations."""
    system = scenario("scenario-s")
    rate = sum(client.rate or 0 for client in system.clients)
    duration_us = round(operations / rate * SECOND_US)
    return replace(system, duration=duration_us, event_budget=100 * operations)


def log_bytes(log: Log) -> int:
    """The bytes of all tables of a Log."""
    tables = (getattr(log, field.name) for field in fields(log))
    return sum(
        len(table.data) * table.data.itemsize for table in tables if isinstance(table, Table)
    )


def time_growth() -> dict[str, Pair]:
    """Microseconds for an operation of runs of three lengths, and what the longest Log takes.

    The longest run is cut into slices, and shorter ones go in between. If its operations cost more
    and more, so does the slice in the middle.
    """
    few: list[float] = []
    more: list[float] = []
    many: list[float] = []
    long_run = Run(scenario_of(MANY), 1)
    log = long_run.log
    for number in range(1, ROUNDS + 1):
        few += [operation_us(FEW, seed) for seed in range(number, number + FEW_AT_ONCE)]
        more.append(operation_us(MORE, number))
        until_us = long_run.world.system.duration * number // ROUNDS
        before = len(log.operations)
        slice_s = processor_s(partial(long_run.advance, until_us))
        many.append(slice_s * SECOND_US / (len(log.operations) - before))
    assert log.closed, log.error or log.verdict
    return {
        "time-100k": Pair(median(more), median(few)),
        "time-1m": Pair(median(many), median(few)),
        "log-bytes": Pair(log_bytes(log) / len(log.operations), LOG_BYTES),
    }


def operation_us(operations: int, seed: int) -> float:
    """Processor time for each operation of a run."""
    system = scenario_of(operations)
    logs: list[Log] = []
    took_s = processor_s(lambda: logs.append(simulate(system, seed)))
    return took_s * SECOND_US / len(logs[0].operations)


def resident_bytes() -> int:
    """The memory that this process holds now. Raises NotMeasured where the system does not tell."""
    try:
        status = STATUS.read_text()
    except OSError:
        raise NotMeasured("needs Linux's /proc") from None
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def held_after(operations: int) -> tuple[int, int]:
    """(operations, resident bytes) of a process of its own that keeps the Log of one run."""
    resident_bytes()
    command = [sys.executable, "-m", __name__, str(operations)]
    root = Path(game.__file__).parent.parent
    told = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    number, held = json.loads(told.stdout)
    return number, held


def memory_growth() -> dict[str, Pair]:
    """Bytes that a process holds more for each operation more."""
    few, more, many = (held_after(operations) for operations in (FEW, MORE, MANY))

    def slope(one: tuple[int, int], other: tuple[int, int]) -> float:
        return (other[1] - one[1]) / (other[0] - one[0])

    return {
        "memory-bytes": Pair(slope(few, many), LOG_BYTES),
        "memory-1m": Pair(slope(more, many), slope(few, more)),
    }


def in_flight() -> dict[str, Pair]:
    """Bytes for each of many operations that are under way at once."""
    return {"in-flight": Pair(traced_bytes(engine_in_flight), traced_bytes(plain_in_flight))}


def traced_bytes(begin: Callable[[], tuple[Any, int]]) -> float:
    """Bytes for each of the things that `begin` returns, with their number."""
    tracemalloc.start()
    try:
        kept, number = begin()
        held, _ = tracemalloc.get_traced_memory()
        del kept
    finally:
        tracemalloc.stop()
    return held / number


def engine_in_flight() -> tuple[Run, int]:
    """A run whose operations all wait, and how many there are."""
    system = level_of("bench-in-flight").system
    run = Run(system, 1)
    run.advance(system.clients[0].deadline - 1)
    assert not run.log.operations, "an operation is over that should wait"
    return run, sum(len(client.open_operations()) for client in run.world.clients)


def plain_in_flight() -> tuple[simpy.Environment, int]:
    """The same as a plain SimPy program."""
    system = level_of("bench-in-flight").system
    client = system.clients[0]
    assert client.rate is not None, "users come at a rate"
    rate = client.rate
    env = simpy.Environment()
    random = Random(1)
    latencies: list[float] = []
    begun = 0

    def operation() -> Generator[simpy.Event, Any, None]:
        began = env.now
        yield env.timeout(random.expovariate(1 / HOP_S))
        yield env.timeout(HELD_S)
        yield env.timeout(random.expovariate(1 / HOP_S))
        latencies.append(env.now - began)

    def arrivals() -> Generator[simpy.Event, Any, None]:
        nonlocal begun
        while True:
            yield env.timeout(random.expovariate(rate))
            env.process(operation())
            begun += 1

    env.process(arrivals())
    env.run(until=client.deadline / SECOND_US)
    return env, begun


BENCHMARKS = (
    Benchmark(
        time_growth,
        (
            Target(
                id="time-100k",
                title="an operation of 10^5, against one of 10^4",
                unit="us",
                gate=LINE,
                less_is_better=True,
            ),
            Target(
                id="time-1m",
                title="an operation of 10^6, against one of 10^4",
                unit="us",
                gate=LINE,
                less_is_better=True,
            ),
            Target(
                id="log-bytes",
                title="an operation in the Log of 10^6, against what it may take",
                unit="bytes",
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        memory_growth,
        (
            Target(
                id="memory-bytes",
                title="an operation in the process of 10^6, against what it may take",
                unit="bytes",
                less_is_better=True,
            ),
            Target(
                id="memory-1m",
                title="an operation from 10^5 to 10^6, against one from 10^4 to 10^5",
                unit="bytes",
                gate=LINE,
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        in_flight,
        (
            Target(
                id="in-flight",
                title="an operation under way, against plain SimPy",
                unit="bytes",
                gate=IN_FLIGHT,
                less_is_better=True,
            ),
        ),
    ),
)


if __name__ == "__main__":
    kept = simulate(scenario_of(int(sys.argv[1])), 1)
    print(json.dumps([len(kept.operations), resident_bytes()]))
