"""SWIM (Das, Gupta and Motivala, DSN 2002, section 3.1): a death is found by the first of n - 1
others that happens to ask, and a living one is doubted when all answers are lost.

In one period each of the others asks one of n - 1, so nobody asks the dead one with probability
(1 - 1/(n - 1))^(n - 1), and e / (e - 1) = 1.582 periods pass in a large group. With a share q of
the messages delivered, an answer is missed with probability 1 - q^2 directly, and 1 - q^4 by each
of k others.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil
from statistics import fmean

from game.engine.log import Change
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Percent
from game.level.model import SECOND_US

SIZES = (4, 20)
MACHINES, PERIODS = 20, 120
DELIVERED = 0.7
INDIRECT = (0, 1, 3)


def periods_to_detection(size: int) -> float:
    """Mean number of periods until somebody asks the dead one, that one included."""
    others = size - 1
    return 1 / (1 - (1 - 1 / others) ** others)


def seconds_to_detection(size: int) -> float:
    """Mean time to the first doubt, with periods of 1 s that begin when each member likes.

    The time until each of the others asks next is uniform on a period, so with a = 1/(n - 1) and
    f of a period over, nobody has asked in the first one with probability (1 - fa)^(n - 1), whose
    integral is taken here. The doubt comes at the end of the period that began with the question.
    """
    others = size - 1
    within = (1 - (1 - 1 / others) ** (others + 1)) * others / (others + 1)
    return within * periods_to_detection(size) + 1


def missed(indirect: int) -> float:
    """The probability that a living member does not seem to answer in a period."""
    return (1 - DELIVERED**2) * (1 - DELIVERED**4) ** indirect


def observe_detection(size: int, seed: int, work: float) -> Mapping[str, float]:
    """Means over all deaths, from each to the first doubt about it."""
    log = simulate(scenario("swim", (("machines", str(size)),), work), seed)
    assert not log.verdict, log.error or log.verdict
    died_us: int | None = None
    found: list[float] = []
    for time_us, change, *_ in log.changes.rows():
        if change == Change.NODE_DOWN:
            died_us = time_us
        elif change == Change.MEMBER_SUSPECTED and died_us is not None:
            found.append((time_us - died_us) / SECOND_US)
            died_us = None
    return {"periods": fmean(ceil(one - 1) for one in found), "seconds": fmean(found)}


def observe_silence(indirect: int, seed: int, work: float) -> Mapping[str, float]:
    """The share of the periods that are over which ended without an answer."""
    log = simulate(scenario("swim-loss", (("indirect", str(indirect)),)), seed)
    assert not log.verdict, log.error or log.verdict
    return {"share": log.totals["unanswered"] / (MACHINES * PERIODS)}


for size in SIZES:
    register(
        Check(
            f"SWIM/detection-{size}",
            "Das, Gupta and Motivala 2002",
            partial(observe_detection, size),
            (
                Row(
                    "periods",
                    f"{size} members: periods to the first detection",
                    periods_to_detection(size),
                    Percent(6),
                ),
                Row(
                    "seconds",
                    f"{size} members: seconds to the first detection",
                    seconds_to_detection(size),
                    Percent(5),
                ),
            ),
            in_fast=size == min(SIZES),
        )
    )
for indirect in INDIRECT:
    register(
        Check(
            f"SWIM/silence-{indirect}",
            "Das, Gupta and Motivala 2002",
            partial(observe_silence, indirect),
            (
                Row(
                    "share",
                    f"30 % lost, {indirect} others asked: periods without an answer",
                    missed(indirect),
                    Percent(4),
                ),
            ),
        )
    )
