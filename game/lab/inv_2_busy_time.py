"""INV-2: a machine's busy time is its completions times the mean demand (the utilisation law)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.p1_mm1 import UNIT_US
from game.lab.scenario import scenario
from game.lab.statistics import Exact, Gate, StandardErrors


def observe(demand: str, seed: int, work: float) -> Mapping[str, float]:
    """Busy time over completions times the mean demand. Nothing is left at the end of the run."""
    system = scenario("one-server", (("demand", demand), ("rate", "70")), 0.3 * work)
    log = simulate(system, seed)
    assert not log.verdict, log.error or log.verdict
    completed = sum(served_us >= 0 for served_us in log.attempts.column("served_us"))
    return {"ratio": log.totals["busy_us"] / (completed * UNIT_US)}


def add(demand: str, gate: Gate) -> None:
    title = f"busy time over completions times demand, {demand}"
    row = Row("ratio", title, 1.0, gate)
    register(Check(f"INV-2/{demand}", "utilisation law", partial(observe, demand), (row,)))


add("constant", Exact())
add("exponential", StandardErrors())
