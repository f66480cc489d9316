"""News by gossip, each machine telling one other at random: how long until all know.

In step, so many rounds as a chain of occupancies gives; Pittel, On Spreading a Rumor, SIAM J. Appl.
Math. 47(1), 1987, has log2 n + ln n + O(1) for it. At random times of rate 1, with i that know, the
next one learns after (n - 1) / (i (n - i)) in the mean, whose sum is nearly 2 ln n.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from math import ceil, fsum
from statistics import fmean

from game.engine.log import Change, Log
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Percent
from game.level.model import SECOND_US

MACHINES = 20
LATENCY_US = 100


def poisson_seconds() -> float:
    """From the first of the others that knows to the last one, where each tells at rate 1."""
    return fsum((MACHINES - 1) / (i * (MACHINES - i)) for i in range(2, MACHINES))


def fixed_rounds() -> float:
    """Rounds in step from the first of the others that knows to the last one, by the chain of how
    many of the others know. The machine that the news is about tells it too, between the rounds."""
    others = MACHINES - 1
    chances = {1: 1.0}
    rounds = 0.0
    while sum(chances.values()) > 1e-12:
        rounds += sum(chances.values())
        chances = told(told(chances, others), others, once=True)
    return rounds


def told(chances: Mapping[int, float], others: int, once: bool = False) -> dict[int, float]:
    """After all that know (or one machine) told one of the `others` each; without those cases in
    which all know."""
    after: dict[int, float] = {}
    for known, chance in chances.items():
        spread = {known: chance}
        for _ in range(1 if once else known):
            spread = _one_more(spread, others)
        for count, part in spread.items():
            if count < others:
                after[count] = after.get(count, 0.0) + part
    return after


def _one_more(spread: Mapping[int, float], others: int) -> dict[int, float]:
    after: dict[int, float] = {}
    for count, chance in spread.items():
        new = (others - count) / others
        after[count] = after.get(count, 0.0) + chance * (1 - new)
        after[count + 1] = after.get(count + 1, 0.0) + chance * new
    return after


def returns(log: Log) -> Iterator[list[int]]:
    """For each return that all the others learned of: when each of them did."""
    assert not log.verdict, log.error or log.verdict
    learned: list[int] = []
    for time_us, change, *_ in log.changes.rows():
        if change == Change.NODE_UP:
            learned = []
        elif change == Change.MEMBER_UP:
            learned.append(time_us)
            if len(learned) == MACHINES - 1:
                yield learned


def observe(interval: str, seed: int, work: float) -> Mapping[str, float]:
    """The mean time from the first that learned of a return to the last one."""
    log = simulate(scenario("gossip-members", (("interval", interval),), work), seed)
    spans = [(times[-1] - times[0]) / SECOND_US for times in returns(log)]
    rounds = [ceil(span - LATENCY_US / SECOND_US) for span in spans]
    return {"seconds": fmean(spans), "rounds": fmean(rounds)}


register(
    Check(
        "GOSSIP/rounds",
        "Pittel 1987",
        partial(observe, "fixed"),
        (
            Row(
                "rounds",
                f"{MACHINES} machines in step: rounds until all know",
                fixed_rounds(),
                Percent(4),
            ),
        ),
        in_fast=False,
    )
)
register(
    Check(
        "GOSSIP/poisson",
        "closed form",
        partial(observe, "poisson"),
        (
            Row(
                "seconds",
                f"{MACHINES} machines at random times: seconds until all know",
                poisson_seconds(),
                Percent(6),
            ),
        ),
        in_fast=False,
    )
)
