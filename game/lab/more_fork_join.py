"""Fork and join on two machines: the mean is (12 - rho) / 8 of a single M/M/1's (Flatto and Hahn,
Two Parallel Queues Created by Arrivals with Two Demands, SIAM J. Appl. Math. 1984; Nelson and
Tantawi, IEEE Trans. Computers 1988)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent


def observe(rate: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Mean sojourn in units of the mean demand."""
    system = scenario("fork-join", (("rate", str(rate)),), size * work)
    return {"sojourn": fmean(good_sojourns(simulate(system, seed), system)) / UNIT_US}


def add(rate: int, size: float) -> None:
    rho = rate / 100
    row = Row(
        "sojourn",
        f"fork and join on 2 machines at rho {rho}: mean",
        (12 - rho) / 8 / (1 - rho),
        Percent(5),
    )
    play = partial(observe, rate, size)
    register(Check(f"FORK-JOIN/rho-{rho}", "Flatto and Hahn 1984", play, (row,)))


add(50, 0.25)
add(70, 0.8)
