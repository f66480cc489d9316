"""A fan-out that stops to wait after t: each of its exponential leaves is in with probability
1 - e^(-t/m), so that share of the parts has come, and all of them have with its tenth power."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns, own_measures
from game.lab.scenario import scenario
from game.lab.statistics import Percent

LEAVES = 10
AFTER_US, MEAN_US = 20_000, 10_000
IN_TIME = 1 - exp(-AFTER_US / MEAN_US)


def observe(seed: int, work: float) -> Mapping[str, float]:
    """The share of parts that came, and of answers that had them all."""
    system = scenario("partial", work=2.0 * work)
    log = simulate(system, seed)
    counted = own_measures("partial", system, log)
    sojourns = good_sojourns(log, system)
    return {
        "parts": counted["came"] / counted["asked"],
        "whole": sum(sojourn < AFTER_US for sojourn in sojourns) / len(sojourns),
    }


register(
    Check(
        "PARTIAL",
        "closed form",
        observe,
        (
            Row("parts", "partial answers after 20 ms: parts that came", IN_TIME, Percent(1)),
            Row("whole", "partial answers: whole ones", IN_TIME**LEAVES, Percent(5)),
        ),
    )
)
