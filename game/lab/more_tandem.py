"""Two M/M/1 in a row: what leaves the first is Poisson again (Burke 1956), and the sojourns in both
are independent exponentials (Reich 1957), so mean and p99 of their sum are known."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.scenario import scenario
from game.lab.statistics import Percent, quantile

RATE = 0.06
"""Requests a millisecond."""
LEAVES = (1 / 10 - RATE, 1 / 6 - RATE)
"""Rates of the two exponential sojourns, by the millisecond."""
MS_US = 1_000


def sum_quantile(share: float) -> float:
    """The quantile of the sum of both sojourns in milliseconds, by bisection."""
    a, b = LEAVES
    low, high = 0.0, 10_000.0
    for _ in range(100):
        middle = (low + high) / 2
        longer = (b * exp(-a * middle) - a * exp(-b * middle)) / (b - a)
        low, high = (middle, high) if longer > 1 - share else (low, middle)
    return low


def observe(seed: int, work: float) -> Mapping[str, float]:
    """Mean and p99 of the time in both together, in milliseconds."""
    system = scenario("tandem", work=0.9 * work)
    sojourns = good_sojourns(simulate(system, seed), system)
    return {"mean": fmean(sojourns) / MS_US, "p99": quantile(sojourns, 0.99) / MS_US}


register(
    Check(
        "TANDEM",
        "Burke 1956; Reich 1957",
        observe,
        (
            Row("mean", "two queues in a row: mean in ms", sum(1 / r for r in LEAVES), Percent(5)),
            Row("p99", "two queues in a row: p99 in ms", sum_quantile(0.99), Percent(8)),
        ),
    )
)
