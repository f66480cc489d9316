"""P3: one server and any law of demand: the Pollaczek-Khinchine mean, and processor sharing, which
does not care for the law (Kleinrock 1976, chapter 4)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.pictures import Picture, curve, mean_of, series
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent

RHO = 0.5
CV2 = {"constant": 0.0, "erlang-4": 0.25, "exponential": 1.0, "hyperexponential": 4.0}
"""Squared coefficient of variation of each law of demand."""
SIZE = {"constant": 1.0, "erlang-4": 1.0, "exponential": 4.0, "hyperexponential": 3.2}
SHARED_SIZE = {"constant": 0.3, "erlang-4": 0.3, "exponential": 1.0, "hyperexponential": 2.5}
"""A more variable law needs longer to be as sure."""


def observe(
    demand: str, scheduling: str, size: float, seed: int, work: float
) -> Mapping[str, float]:
    """The mean sojourn, and what of it is not service, in units of the mean demand."""
    system = scenario("one-server", (("demand", demand), ("scheduling", scheduling)), size * work)
    sojourn = fmean(good_sojourns(simulate(system, seed), system)) / UNIT_US
    return {"sojourn": sojourn, "wait": sojourn - 1}


def mean_wait(cv2: float) -> float:
    """Pollaczek and Khinchine's, in units of the mean demand."""
    return RHO * (1 + cv2) / (2 * (1 - RHO))


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """The mean wait over the variability of the demand."""
    measured = (
        (cv2, mean_of("wait", seed_base, work, partial(observe, demand, "fifo", 2.0)))
        for demand, cv2 in CV2.items()
    )
    picture = Picture(
        "M/G/1 at rho 0.5: mean wait over the variability of the demand",
        "squared coefficient of variation",
        "mean demands",
        (curve("Pollaczek-Khinchine", mean_wait, 0, 4.2),),
        (series("measured", measured),),
    )
    return (picture,)


for demand, cv2 in CV2.items():
    gate = Percent(10 if cv2 > 1 else 5)
    rows = (Row("wait", f"M/G/1 at rho 0.5, {demand}: mean wait", mean_wait(cv2), gate),)
    play = partial(observe, demand, "fifo", SIZE[demand])
    register(Check(f"P3/fifo-{demand}", "closed form", play, rows, plot=plot))
for demand in CV2:
    rows = (Row("sojourn", f"shared core, {demand}: mean sojourn", 1 / (1 - RHO), Percent(5)),)
    play = partial(observe, demand, "processor-sharing", SHARED_SIZE[demand])
    register(Check(f"P3/sharing-{demand}", "closed form", play, rows))
