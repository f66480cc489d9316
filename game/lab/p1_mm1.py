"""P1: one server, Poisson arrivals, exponential demands. The sojourn is exponential with mean
1 / (mu - lambda) (Kleinrock 1975, section 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import log as logarithm
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.invariants import (
    busy_ratio,
    counted,
    stayed,
    unbalanced_attempts,
    unbalanced_operations,
)
from game.lab.measure import good_sojourns, measured_span
from game.lab.pictures import SEEDS, Picture, curve, series
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Exact, Percent, StandardErrors, quantile


def observe(rate: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Mean, median and p99 of the sojourn in units of the mean demand."""
    system = scenario("one-server", (("rate", str(rate)),), size * work)
    sojourns = good_sojourns(simulate(system, seed), system)
    return {
        "mean": fmean(sojourns) / UNIT_US,
        "p50": quantile(sojourns, 0.5) / UNIT_US,
        "p99": quantile(sojourns, 0.99) / UNIT_US,
    }


def observe_invariants(rate: int, seed: int, work: float) -> Mapping[str, float]:
    """INV-1 to INV-3 on a traced run of the same level."""
    system = scenario("one-server", (("rate", str(rate)),), 40 / rate * work)
    window = measured_span(system)
    log = simulate(system, seed, trace=True)
    return {
        "little": abs(counted(log, 0, window) - stayed(log, 0, window)),
        "busy": busy_ratio(log),
        "ledger": unbalanced_operations(log) + unbalanced_attempts(log),
    }


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """Mean and p99 over rho."""
    points = {
        rho: [observe(round(rho * 100), work, seed_base + seed, 1.0) for seed in range(SEEDS)]
        for rho in (0.1, 0.3, 0.5, 0.7, 0.8, 0.9)
    }
    picture = Picture(
        "M/M/1: sojourn over load, in units of the mean demand",
        "rho",
        "mean demands",
        (
            curve("p99, closed form", lambda rho: logarithm(100) / (1 - rho), 0, 0.92),
            curve("mean, closed form", lambda rho: 1 / (1 - rho), 0, 0.92),
        ),
        (
            series("p99", ((rho, fmean(f["p99"] for f in found)) for rho, found in points.items())),
            series(
                "mean", ((rho, fmean(f["mean"] for f in found)) for rho, found in points.items())
            ),
        ),
    )
    return (picture,)


def add(rho: float, requests: int, gate: Percent) -> None:
    rate = round(rho * 100)
    mean = 1 / (1 - rho)
    name = f"M/M/1 at rho {rho}"
    # 220 s of the level are measured; the requests are those of 20 replications.
    size = requests / 20 / rate / 220
    rows = (
        Row("mean", f"{name}: mean sojourn", mean, gate),
        Row("p50", f"{name}: median sojourn", mean * logarithm(2), gate),
        Row("p99", f"{name}: p99 of the sojourn", mean * logarithm(100), Percent(6)),
    )
    register(Check(f"P1/rho-{rho}", "closed form", partial(observe, rate, size), rows, plot=plot))
    invariants = (
        Row("little", f"{name}: Little's law, difference in us", 0, Exact()),
        Row("busy", f"{name}: busy time over work done", 1, StandardErrors()),
        Row("ledger", f"{name}: what does not add up", 0, Exact()),
    )
    play = partial(observe_invariants, rate)
    register(Check(f"P1/invariants-{rho}", "Little 1961; bookkeeping", play, invariants))


add(0.5, 700_000, Percent(3))
add(0.7, 1_350_000, Percent(5))
