"""P5: tails. One slow leaf in a hundred makes most requests slow when a hundred are asked; one more
request after the p95 cuts the tail (Dean and Barroso, The Tail at Scale, CACM 2013)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import comb, exp
from statistics import fmean

from game.engine.log import AttemptKind
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent, Within, quantile

MS_US = 1000
SLOW_US = 1_000_000


def observe_fan_out(seed: int, work: float) -> Mapping[str, float]:
    """The share of requests that met at least one slow leaf of the hundred they asked."""
    choices = (("asked", "100"), ("demand", "one-in-a-hundred-slow"), ("needed", "all"))
    system = scenario("fan-out", choices, 0.06 * work)
    sojourns = good_sojourns(simulate(system, seed), system)
    return {"slow": sum(sojourn >= SLOW_US for sojourn in sojourns) / len(sojourns)}


def observe_fastest(needed: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Mean and p99 of the `needed`-th fastest of three, in units of a leaf's mean."""
    system = scenario("fan-out", (("needed", str(needed)),), size * work)
    sojourns = good_sojourns(simulate(system, seed), system)
    return {"mean": fmean(sojourns) / UNIT_US, "p99": quantile(sojourns, 0.99) / UNIT_US}


def observe_hedging(hedge: str, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Tail in milliseconds, and hedges for each request."""
    system = scenario("hedging", (("hedge", hedge),), size * work)
    log = simulate(system, seed)
    sojourns = good_sojourns(log, system)
    kinds = log.attempts.column("kind")
    return {
        "p99": quantile(sojourns, 0.99) / MS_US,
        "p999": quantile(sojourns, 0.999) / MS_US,
        "extra": kinds.count(AttemptKind.HEDGE) / len(log.operations),
    }


def fastest_mean(needed: int) -> float:
    """The mean of the `needed`-th smallest of three exponentials of mean 1."""
    return sum(1 / (3 - done) for done in range(needed))


def fastest_quantile(needed: int, share: float) -> float:
    """Its quantile, by bisection of the binomial tail."""
    low, high = 0.0, 50.0
    for _ in range(100):
        middle = (low + high) / 2
        p = 1 - exp(-middle)
        reached = sum(comb(3, n) * p**n * (1 - p) ** (3 - n) for n in range(needed, 4))
        low, high = (middle, high) if reached < share else (low, middle)
    return low


register(
    Check(
        "P5/fan-out",
        "Dean and Barroso 2013; closed form",
        observe_fan_out,
        (Row("slow", "100 leaves, 1 % slow: slow requests", 1 - 0.99**100, Within(0.028)),),
    )
)
for needed, size in ((1, 0.75), (2, 0.4), (3, 0.5)):
    name = f"{('fastest', 'second', 'slowest')[needed - 1]} of 3 exponentials"
    rows = (
        Row("mean", f"{name}: mean", fastest_mean(needed), Percent(3)),
        Row("p99", f"{name}: p99", fastest_quantile(needed, 0.99), Percent(3)),
    )
    register(
        Check(f"P5/fastest-{needed}", "closed form", partial(observe_fastest, needed, size), rows)
    )
register(
    Check(
        "P5/unhedged",
        "closed form",
        partial(observe_hedging, "never", 5.0),
        (
            Row("p99", "exponential leaf: p99 in ms", 46.052, Percent(3)),
            Row("p999", "exponential leaf: p99.9 in ms", 69.078, Percent(3)),
            Row("extra", "exponential leaf: extra requests", 0.0, Within(0.005)),
        ),
    )
)
register(
    Check(
        "P5/hedged",
        "closed form",
        partial(observe_hedging, "after the p95", 1.2),
        (
            Row("p99", "hedged at its p95: p99 in ms", 38.005, Percent(3)),
            Row("p999", "hedged at its p95: p99.9 in ms", 49.517, Percent(3)),
            Row("extra", "hedged at its p95: extra requests", 0.05, Within(0.005)),
        ),
    )
)
