"""Heartbeats and phi accrual: how often a living machine is taken for dead.

A fixed limit between k and k + 1 intervals is passed once for each run of at least k lost ones,
which begin with probability q^k (1 - q) at each heartbeat. A limit by φ, from the mean and the
variance of a window of W gaps that are normal, is passed as a t of Student with W - 1 degrees of
freedom passes z sqrt((W - 1) / (W + 1)), z being exceeded by a standard normal number with
probability 10^-φ; by the mean alone, of gaps that are exponential, (1 + φ ln 10 / W)^-W. Both tend
to the 10^-φ of Hayashibara and others, SRDS 2004, section 4, as W grows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import exp, fsum, lgamma, log, pi, sqrt
from statistics import NormalDist, fmean

from game.engine.log import Change
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Percent
from game.level.model import SECOND_US

PHI, WINDOW = 1, 100
SENDERS, FROM_S, TO_S = 20, 150, 550
LOSS, LOST_IN_A_ROW = 0.3, 2
MACHINES, DEATH_S = 100, 100
STEPS = 2000


def student_above(value: float, degrees: int) -> float:
    """P(T > value >= 0) of Student's t, by Simpson's rule on [0, value]."""
    scale = exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)
    width = value / STEPS
    heights = (
        (1 if step in (0, STEPS) else 4 if step % 2 else 2)
        * (1 + (step * width) ** 2 / degrees) ** (-(degrees + 1) / 2)
        for step in range(STEPS + 1)
    )
    return 0.5 - scale * width / 3 * fsum(heights)


def normal_alarms() -> float:
    """Alarms in a gap, of a window of normal gaps."""
    z = NormalDist().inv_cdf(1 - 10**-PHI)
    return student_above(z * sqrt((WINDOW - 1) / (WINDOW + 1)), WINDOW - 1)


def exponential_alarms() -> float:
    """Alarms in a gap, of a window of exponential gaps."""
    return float((1 + PHI * log(10) / WINDOW) ** -WINDOW)


def detection_s() -> float:
    """Mean time from death to its detection, 0 for one who is taken for dead already. The last
    heartbeat that came was sent j + U intervals before, with U uniform and j lost since."""
    timeout_s = LOST_IN_A_ROW + 0.5
    whole = fsum((1 - LOSS) * LOSS**j * (timeout_s - j - 0.5) for j in range(LOST_IN_A_ROW))
    return whole + (1 - LOSS) * LOSS**LOST_IN_A_ROW * 0.5**2 / 2


def observe_phi(law: str, seed: int, work: float) -> Mapping[str, float]:
    """Alarms in a gap, once the windows are full."""
    result = simulate(scenario("phi-accrual", (("gaps", law), ("law", law))), seed)
    assert not result.verdict, result.error or result.verdict
    alarms = sum(
        change == Change.MEMBER_DOWN and FROM_S <= time_us / SECOND_US < TO_S
        for time_us, change, *_ in result.changes.rows()
    )
    return {"share": alarms / (SENDERS * (TO_S - FROM_S))}


def observe_lost(seed: int, work: float) -> Mapping[str, float]:
    """Alarms for a heartbeat while all live, and the mean time from death to detection."""
    result = simulate(scenario("heartbeats-lost"), seed)
    assert not result.verdict, result.error or result.verdict
    alarms = 0
    down: set[int] = set()
    detected: dict[int, float] = {}
    for time_us, change, _, machine in result.changes.rows():
        at_s = time_us / SECOND_US
        if change == Change.MEMBER_DOWN:
            alarms += 10 <= at_s < DEATH_S
            down.add(machine)
            if at_s >= DEATH_S:
                detected[machine] = at_s - DEATH_S
        elif change == Change.MEMBER_UP:
            down.discard(machine)
    assert len(down) == MACHINES
    return {
        "alarms": alarms / (MACHINES * (DEATH_S - 10)),
        "seconds": fmean([*detected.values(), *[0.0] * (MACHINES - len(detected))]),
    }


for law, reference in (("normal", normal_alarms()), ("exponential", exponential_alarms())):
    register(
        Check(
            f"PHI/{law}",
            "Hayashibara and others 2004",
            partial(observe_phi, law),
            (Row("share", f"phi 1, {law} gaps: alarms in a gap", reference, Percent(4)),),
        )
    )
register(
    Check(
        "HEARTBEATS/lost",
        "closed form",
        observe_lost,
        (
            Row(
                "alarms",
                "2.5 intervals, 30 % lost: alarms for a heartbeat",
                LOSS**LOST_IN_A_ROW * (1 - LOSS),
                Percent(3),
            ),
            Row("seconds", "the same: seconds to detect a death", detection_s(), Percent(4)),
        ),
    )
)
