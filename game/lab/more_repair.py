"""The machine repairman: five machines, each up for 90 s and under repair for 30 s in the mean, and
fewer crews than machines, so that a machine may have to wait for one (Palm 1947; Feller 1968,
section XVII.7)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from game.engine.causes import Cause
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import share_of
from game.lab.scenario import scenario
from game.lab.statistics import Percent

MACHINES = 5
UP_S, REPAIR_S = 90.0, 30.0


def availability(crews: int) -> float:
    """The share of machines that is up, over time."""
    weights = [1.0]
    for down in range(1, MACHINES + 1):
        breaks = (MACHINES - down + 1) / UP_S
        weights.append(weights[-1] * breaks * REPAIR_S / min(down, crews))
    mean_down = sum(n * weight for n, weight in enumerate(weights)) / sum(weights)
    return 1 - mean_down / MACHINES


def observe(crews: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """The share of probes, each at any machine, that found it up."""
    system = scenario("repair", (("crews", str(crews)),), size * work)
    return {"up": share_of(simulate(system, seed), system, Cause.NONE)}


for crews, size in ((1, 1.8), (2, 0.6), (5, 0.4)):
    name = f"5 machines, {crews} repair crew{'s' * (crews > 1)}"
    row = Row("up", f"{name}: machines up", availability(crews), Percent(5))
    register(Check(f"REPAIR/crews-{crews}", "Feller 1968", partial(observe, crews, size), (row,)))
