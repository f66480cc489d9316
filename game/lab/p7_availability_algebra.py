"""P7: the availability of several replicas, each there by itself for MTTF / (MTTF + MTTR) of the
time. MTTF counts the time up only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import comb

from game.engine.causes import Cause
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import share_of
from game.lab.scenario import scenario
from game.lab.statistics import StandardErrors

UP = 0.9


def availability(replicas: int, needed: int) -> float:
    """The probability that at least `needed` of the replicas are there."""
    return sum(
        comb(replicas, n) * UP**n * (1 - UP) ** (replicas - n) for n in range(needed, replicas + 1)
    )


def observe(replicas: int, needed: int, seed: int, work: float) -> Mapping[str, float]:
    """The share of probes that enough replicas answered. One replication is 100 cycles of 100 s for
    each replica, so that twenty of them are the 2,000 that the gate asks for."""
    choices = (("needed", str(needed)), ("replicas", str(replicas)))
    system = scenario("replicas", choices, work)
    return {"availability": share_of(simulate(system, seed), system, Cause.NONE)}


for name, replicas, needed in (
    ("a single one", 1, 1),
    ("majority of 3", 3, 2),
    ("majority of 5", 5, 3),
    ("read one of 3", 3, 1),
    ("write all of 3", 3, 3),
):
    row = Row(
        "availability",
        f"{name} at 0.9 each: availability",
        availability(replicas, needed),
        StandardErrors(sized=True),
    )
    play = partial(observe, replicas, needed)
    register(Check(f"P7/{needed}-of-{replicas}", "closed form", play, (row,), least_work=1.0))
