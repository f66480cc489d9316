"""A second request after any delay d, to a leaf whose answers are exponential with mean m: it is
sent with probability e^(-d/m), and halves what is left to wait from then on (the minimum of two
exponentials; Dean and Barroso 2013 give the case of the p95)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import exp
from math import log as logarithm
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns, own_measures
from game.lab.pictures import Picture, curve, mean_of, series
from game.lab.scenario import scenario
from game.lab.statistics import Percent, Within, quantile

MEAN_MS = 10.0
MS_US = 1_000


def hedged_mean(after_ms: float) -> float:
    """Milliseconds."""
    return MEAN_MS * (1 - exp(-after_ms / MEAN_MS) / 2)


def hedged_p99(after_ms: float) -> float:
    """Milliseconds; for delays below the p99 of a single leaf."""
    return (MEAN_MS * logarithm(100) + after_ms) / 2


def observe(after_ms: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Mean and p99 in milliseconds, and hedges for each request."""
    system = scenario("hedging", (("hedge", f"after {after_ms} ms"),), size * work)
    log = simulate(system, seed)
    sojourns = good_sojourns(log, system)
    counted = own_measures("hedging", system, log)
    return {
        "mean": fmean(sojourns) / MS_US,
        "p99": quantile(sojourns, 0.99) / MS_US,
        "extra": counted["asked-twice"] / counted["asked"],
    }


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """Mean and p99 over the delay."""
    measured = [
        series(
            name,
            (
                (after_ms, mean_of(name, seed_base, work, partial(observe, after_ms, 2.0)))
                for after_ms in (5, 10, 20)
            ),
        )
        for name in ("p99", "mean")
    ]
    picture = Picture(
        "A second request after a delay: latency over the delay",
        "delay in ms",
        "ms",
        (
            curve("p99, closed form", hedged_p99, 0, 30),
            curve("mean, closed form", hedged_mean, 0, 30),
        ),
        tuple(measured),
    )
    return (picture,)


def add(after_ms: int) -> None:
    name = f"hedged after {after_ms} ms"
    rows = (
        Row("mean", f"{name}: mean in ms", hedged_mean(after_ms), Percent(2)),
        Row("p99", f"{name}: p99 in ms", hedged_p99(after_ms), Percent(3)),
        Row("extra", f"{name}: extra requests", exp(-after_ms / MEAN_MS), Within(0.01)),
    )
    play = partial(observe, after_ms, 0.55)
    register(Check(f"HEDGING/after-{after_ms}ms", "closed form", play, rows, plot=plot))


add(10)
