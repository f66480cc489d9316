"""Tied requests at both of two machines (Dean and Barroso 2013): who begins first tells the other
to drop its copy, so each request is served by the machine that is free first. That is one queue
with two servers: M/M/2, with a mean sojourn of 1 / (1 - rho^2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns, own_measures
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent, Within

BOTH_WAYS_US = 20


def observe(rate: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Mean sojourn in units of the mean demand, and the work that is done twice."""
    system = scenario("tied", (("rate", str(rate)),), size * work)
    log = simulate(system, seed)
    mean_us = fmean(good_sojourns(log, system)) - BOTH_WAYS_US
    counted = own_measures("tied", system, log)
    return {"sojourn": mean_us / UNIT_US, "twice": counted["served"] / counted["asked"] - 1}


def add(rate: int, size: float) -> None:
    rho = rate / 200
    rows = (
        Row(
            "sojourn", f"tied requests at 2 machines, rho {rho}: mean", 1 / (1 - rho**2), Percent(5)
        ),
        Row("twice", f"tied requests, rho {rho}: served twice", 0, Within(0.001)),
    )
    play = partial(observe, rate, size)
    register(Check(f"TIED/rho-{rho}", "Dean and Barroso 2013; closed form", play, rows))


add(100, 0.25)
add(120, 0.35)
