"""A comparison is fair when both programs simulate the same: the mean latencies agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from statistics import mean

import pytest

from game.engine.run import simulate
from game.lab import (
    plain_simpy,
    plain_simpy_fan_out,
    plain_simpy_quorum,
    plain_simpy_raft,
    plain_simpy_ten_deep,
)
from game.lab.bench_engine import EVERYTHING, engine_requests
from game.lab.measure import good_sojourns
from game.lab.scenario import scenario

SEEDS = range(1, 6)


def engine_mean_s(level: str, seeds: Sequence[int]) -> float:
    """The mean latency of a level on the engine, in seconds."""
    system = scenario(level)
    return mean(
        sojourn_us / 1e6
        for seed in seeds
        for sojourn_us in good_sojourns(simulate(system, seed), system)
    )


@pytest.mark.parametrize(
    ("level", "program", "seeds"),
    [
        ("scenario-s", plain_simpy.run, [1]),
        ("bench-fan-out", plain_simpy_fan_out.run, SEEDS),
        ("bench-ten-deep", plain_simpy_ten_deep.run, [1, 2]),
        ("bench-quorum", plain_simpy_quorum.run, [1, 2]),
        ("bench-raft", plain_simpy_raft.run, [1, 2]),
    ],
)
def test_the_plain_program_and_the_engine_agree_on_the_mean_latency(
    level: str, program: Callable[[int], list[float]], seeds: Sequence[int]
) -> None:
    plain_s = mean(latency_s for seed in seeds for latency_s in program(seed))
    assert engine_mean_s(level, seeds) == pytest.approx(plain_s, rel=0.03)


@pytest.mark.parametrize(
    ("package", "module"),
    [("asyncflow", "asyncflow_scenario"), ("happysimulator", "happysim_scenario")],
)
def test_an_installed_simulator_agrees_on_the_mean_latency_and_the_number_of_requests(
    package: str, module: str
) -> None:
    pytest.importorskip(package)
    latencies = import_module(f"game.lab.{module}").run(1)
    assert mean(latencies) == pytest.approx(engine_mean_s("scenario-s", [1]), rel=0.03)
    assert len(latencies) == pytest.approx(24_000, rel=0.04)


def test_with_everything_on_requests_are_tried_again_and_hedged() -> None:
    log = simulate(scenario("scenario-s", EVERYTHING, 0.1), 1)
    assert len(log.attempts) > 1.02 * len(log.operations)
    assert engine_requests(scenario("scenario-s", EVERYTHING, 0.1), 1) == len(log.operations)
