"""INV-6: names are but names. Machines and zones of a symmetric system are called otherwise, or
change their names with each other, and no distribution changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from statistics import fmean

from game.engine.log import Log
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.rewriting import renamed
from game.lab.scenario import scenario, stretched
from game.lab.statistics import StandardErrors, quantile
from game.level.model import System

SIZE = 0.6
NAMES = {
    "machines": {"left": "zebra", "right": "aardvark"},
    "zones": {"east": "west", "west": "east"},
    "both": {"left": "right", "right": "left", "east": "mars", "west": "moon"},
}


@cache
def other_system(names: str) -> System:
    return renamed("symmetric", NAMES[names]).system


def numbers(log: Log, system: System) -> dict[str, float]:
    """Mean and p90 of the sojourn, and attempts for each operation."""
    sojourns = good_sojourns(log, system)
    return {
        "mean": fmean(sojourns),
        "p90": quantile(sojourns, 0.9),
        "attempts": len(log.attempts) / len(log.operations),
    }


def observe(names: str, seed: int, work: float) -> Mapping[str, float]:
    """Each number under other names over the same with the names of the file."""
    plain = scenario("symmetric", work=SIZE * work)
    other = stretched(other_system(names), SIZE * work)
    before = numbers(simulate(plain, seed), plain)
    after = numbers(simulate(other, seed), other)
    return {name: after[name] / before[name] for name in before}


for names in NAMES:
    rows = (
        Row("mean", f"other names ({names}): mean sojourn, ratio", 1, StandardErrors()),
        Row("p90", f"other names ({names}): p90, ratio", 1, StandardErrors()),
        Row("attempts", f"other names ({names}): attempts, ratio", 1, StandardErrors()),
    )
    register(Check(f"INV-6/{names}", "symmetry", partial(observe, names), rows))
