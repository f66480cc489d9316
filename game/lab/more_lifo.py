"""Who is served next does not change the mean wait, but how unequal the waits are: last come first
served has 1 / (1 - rho) times the second moment of first come first served (Kingman, The Effect of
Queue Discipline on Waiting Time Variance, Proc. Cambridge Phil. Soc. 1962; Takagi 1991)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import queue_waits
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent

RHO = 0.5
SECOND_MOMENT = {"fifo": 2 * RHO / (1 - RHO) ** 2, "lifo": 2 * RHO / (1 - RHO) ** 3}


def observe(discipline: str, size: float, seed: int, work: float) -> Mapping[str, float]:
    """The first two moments of the wait, in units of the mean demand."""
    system = scenario("lifo", (("discipline", discipline),), size * work)
    waits = [wait / UNIT_US for wait in queue_waits(simulate(system, seed), system)]
    return {"mean": fmean(waits), "square": fmean(wait * wait for wait in waits)}


def add(discipline: str, size: float) -> None:
    name = f"{discipline} at rho {RHO}"
    rows = (
        Row("mean", f"{name}: mean wait", RHO / (1 - RHO), Percent(5)),
        Row("square", f"{name}: mean square of the wait", SECOND_MOMENT[discipline], Percent(15)),
    )
    play = partial(observe, discipline, size)
    register(Check(f"LIFO/{discipline}", "Kingman 1962", play, rows))


add("fifo", 2.0)
add("lifo", 1.9)
