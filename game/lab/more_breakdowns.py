"""A machine that breaks down by itself, busy or not. If it stops and goes on where it was (a
pause), the backlog of each breakdown is worked off; if all that is in it is lost (a crash), as many
requests die as a breakdown finds there (Avi-Itzhak and Naor 1963; Towsley and Tripathi 1991)."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from statistics import fmean

from game.engine.causes import Cause
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns, share_of
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent

PAUSES = (("breakdown", "pause"), ("rate", "50"), ("between", "900ms"), ("length", "100ms"))
CRASHES = (("breakdown", "crash"), ("rate", "80"), ("between", "100ms"), ("length", "no time"))
UP, DOWN = 90.0, 10.0
"""Time between pauses, and of a pause, in mean services."""
BETWEEN_CRASHES = 10.0


def sojourn_with_pauses(rho: float) -> float:
    """The mean sojourn at M/M/1 with breakdowns of the server, in mean services."""
    fails, mends = 1 / UP, 1 / DOWN
    inside = rho * ((fails + mends) ** 2 + fails)
    inside /= (fails + mends) * (mends * (1 - rho) - fails * rho)
    return inside / rho


def killed_by_crashes(rho: float) -> float:
    """The share of requests that die at M/M/1 with disasters: what is inside is geometric."""
    rate = 1 / BETWEEN_CRASHES
    total = rho + 1 + rate
    ratio = (total - sqrt(total * total - 4 * rho)) / 2
    return rate * ratio / (1 - ratio) / rho


def observe_pauses(seed: int, work: float) -> Mapping[str, float]:
    """The mean sojourn in mean services."""
    system = scenario("breakdowns", PAUSES, 3.0 * work)
    return {"sojourn": fmean(good_sojourns(simulate(system, seed), system)) / UNIT_US}


def observe_crashes(seed: int, work: float) -> Mapping[str, float]:
    """The share of requests that died with the process."""
    system = scenario("breakdowns", CRASHES, 0.4 * work)
    return {"killed": share_of(simulate(system, seed), system, Cause.DIED_WITH_NODE)}


register(
    Check(
        "BREAKDOWNS/pauses",
        "Avi-Itzhak and Naor 1963",
        observe_pauses,
        (
            Row(
                "sojourn",
                "M/M/1 that stops now and then: sojourn",
                sojourn_with_pauses(0.5),
                Percent(6),
            ),
        ),
    )
)
register(
    Check(
        "BREAKDOWNS/crashes",
        "Towsley and Tripathi 1991",
        observe_crashes,
        (
            Row(
                "killed",
                "M/M/1 that loses all now and then: lost",
                killed_by_crashes(0.8),
                Percent(4),
            ),
        ),
    )
)
