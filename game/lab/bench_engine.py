"""The engine against plain SimPy programs of the same systems, and against other simulators.

Requests a second of processor time, medians of runs in turns. The plain programs record nothing but
latencies and know no timeouts; the engine always keeps its Log, with a cause for every request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from game.engine.run import simulate
from game.lab import plain_simpy, plain_simpy_fan_out, plain_simpy_ten_deep
from game.lab.bench_rows import Benchmark, NotMeasured, Pair, Target, in_turns, per_second
from game.lab.scenario import scenario
from game.level.model import System

EVERYTHING = (("hedge", "after the p95"), ("retry", "twice"), ("timeout", "100ms"))
"""The choices of scenario S with which a request is waited for, tried again and hedged."""
RIVAL_ROUNDS = 5

Latencies = Callable[[int], Sequence[float]]
"""A program: its latencies in seconds, for a seed."""


def engine_requests(system: System, seed: int) -> int:
    """Run the engine; the number of operations that it recorded."""
    return len(simulate(system, seed).operations)


def requests(program: Latencies, seed: int) -> int:
    """Run a program; the number of requests that it answered."""
    return len(program(seed))


def against(
    row_id: str,
    program: Latencies,
    level: str,
    choices: tuple[tuple[str, str], ...] = (),
) -> dict[str, Pair]:
    """A level on the engine against a program of the same."""
    system = scenario(level, choices)
    pair = in_turns(
        lambda seed: per_second(partial(engine_requests, system, seed)),
        lambda seed: per_second(partial(requests, program, seed)),
    )
    return {row_id: pair}


def against_rival(row_id: str, module: str) -> dict[str, Pair]:
    """Scenario S on the engine against another simulator, where that is installed."""
    try:
        rival = import_module(f"game.lab.{module}")
    except ImportError:
        raise NotMeasured("not installed") from None
    system = scenario("scenario-s")
    pair = in_turns(
        lambda seed: per_second(partial(engine_requests, system, seed)),
        lambda seed: per_second(partial(requests, rival.run, seed)),
        RIVAL_ROUNDS,
    )
    return {row_id: pair}


def compared(
    target: Target, program: Latencies, level: str, *choices: tuple[str, str]
) -> Benchmark:
    """The benchmark of one level."""
    return Benchmark(partial(against, target.id, program, level, choices), (target,))


BENCHMARKS = (
    compared(
        Target(id="engine", title="scenario S, against plain SimPy", unit="requests/s", gate=2.0),
        plain_simpy.run,
        "scenario-s",
    ),
    compared(
        Target(
            id="engine-everything",
            title="S with timeouts, retries, hedges, against plain SimPy without",
            unit="requests/s",
            gate=1.2,
        ),
        plain_simpy.run,
        "scenario-s",
        *EVERYTHING,
    ),
    compared(
        Target(
            id="fan-out",
            title="a fan-out of 100, against plain SimPy",
            unit="operations/s",
            gate=2.0,
        ),
        plain_simpy_fan_out.run,
        "bench-fan-out",
    ),
    compared(
        Target(
            id="ten-deep",
            title="ten services deep, against plain SimPy",
            unit="operations/s",
            gate=1.2,
        ),
        plain_simpy_ten_deep.run,
        "bench-ten-deep",
    ),
    *(
        Benchmark(partial(against_rival, target.id, module), (target,))
        for target, module in (
            (
                Target(
                    id="asyncflow",
                    title="scenario S, against asyncflow-sim",
                    unit="requests/s",
                    gate=10.0,
                ),
                "asyncflow_scenario",
            ),
            (
                Target(
                    id="happysim",
                    title="scenario S, against happysim",
                    unit="requests/s",
                    gate=15.0,
                ),
                "happysim_scenario",
            ),
        )
    ),
)
