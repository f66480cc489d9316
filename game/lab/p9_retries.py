"""P9, first part: layers that each try again multiply. D layers of m attempts each are M = m^D
attempts at the bottom at most, and (1 - p^M) / (1 - p) in the mean where each fails with
probability p (Brooker, Timeouts, retries and backoff with jitter, Amazon Builders' Library, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import own_measures
from game.lab.pictures import Picture, curve, mean_of, series
from game.lab.scenario import scenario
from game.lab.statistics import Percent

LAYERS = 3


def calls(failing: float, attempts: int) -> float:
    """Mean calls at the bottom for one operation."""
    most = attempts**LAYERS
    return float(most) if failing == 1 else (1 - failing**most) / (1 - failing)


def observe(failing: float, attempts: int, seed: int, work: float) -> Mapping[str, float]:
    """Calls at the bottom for each operation."""
    choices = (("loss", str(failing)), ("retries", str(attempts - 1)))
    # What fails more varies less, and costs more.
    size = work if failing < 0.9 else 0.05 * work
    system = scenario("layers", choices, size)
    counted = own_measures("layers", system, simulate(system, seed))
    return {"calls": counted["calls-at-the-bottom"] / counted["asked"]}


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """The amplification over the share that fails."""
    measured = (
        (p, mean_of("calls", seed_base, work, partial(observe, p, 4)))
        for p in (0.25, 0.5, 0.75, 0.9, 0.95, 1.0)
    )
    picture = Picture(
        "3 layers of 4 attempts: calls at the bottom for each one at the top",
        "share of calls that fail",
        "calls",
        (curve("(1 - p^64) / (1 - p)", lambda p: calls(p, 4), 0.0, 1.0),),
        (series("measured", measured),),
    )
    return (picture,)


def add(failing: float, attempts: int) -> None:
    title = f"3 layers of {attempts} attempts, {failing:g} fail: calls at the bottom"
    row = Row("calls", title, calls(failing, attempts), Percent(2))
    play = partial(observe, failing, attempts)
    register(Check(f"P9/layers-{attempts}-{failing:g}", "closed form", play, (row,), plot=plot))


for attempts, failing in ((4, 0.5), (4, 0.75), (4, 1.0), (2, 0.75), (2, 1.0)):
    add(failing, attempts)
