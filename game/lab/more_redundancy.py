"""Copies at d of k machines, cancelled with the first answer wherever they are: the mean sojourn is
the sum over i from d to k of 1 / (k mu C(k-1, d-1) / C(i-1, d-1) - k lambda) (Gardner,
Harchol-Balter, Scheller-Wolf, Velednitsky and Zbarsky, Redundancy-d: The Power of d Choices for
Redundancy, Operations Research 2017, theorem 1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import comb
from statistics import fmean

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.pictures import Picture, mean_of, series
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent

MACHINES = 10
RHO = 0.5


def mean_sojourn(copies: int, machines: int = MACHINES, rho: float = RHO) -> float:
    """In units of the mean demand of one copy."""
    return sum(
        1 / (machines * comb(machines - 1, copies - 1) / comb(i - 1, copies - 1) - machines * rho)
        for i in range(copies, machines + 1)
    )


def observe(copies: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Mean sojourn in units of the mean demand."""
    system = scenario("redundancy", (("copies", str(copies)),), size * work)
    return {"sojourn": fmean(good_sojourns(simulate(system, seed), system)) / UNIT_US}


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """The mean sojourn over the number of copies."""
    measured = (
        (copies, mean_of("sojourn", seed_base, work, partial(observe, copies, 0.3)))
        for copies in (1, 2, 3, 5)
    )
    picture = Picture(
        f"Copies of each request at {MACHINES} machines, rho {RHO}: mean sojourn",
        "copies",
        "mean demands",
        (series("Gardner et al. 2017", ((d, mean_sojourn(d)) for d in range(1, 7))),),
        (series("measured", measured),),
    )
    return (picture,)


def add(copies: int, size: float) -> None:
    title = f"{copies} copies at {MACHINES} machines, rho {RHO}: mean"
    row = Row("sojourn", title, mean_sojourn(copies), Percent(5))
    play = partial(observe, copies, size)
    register(
        Check(f"REDUNDANCY/{copies}-of-{MACHINES}", "Gardner et al. 2017", play, (row,), plot=plot)
    )


add(2, 0.16)
add(3, 0.2)
