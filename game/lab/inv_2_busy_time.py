"""INV-2: a machine's busy time is its completions times the mean demand (the utilisation law)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.invariants import busy_ratio
from game.lab.scenario import scenario
from game.lab.statistics import Exact, Gate, StandardErrors


def observe(demand: str, size: float, seed: int, work: float) -> Mapping[str, float]:
    """One traceless run of the level."""
    system = scenario("one-server", (("demand", demand), ("rate", "70")), size * work)
    return {"ratio": busy_ratio(simulate(system, seed))}


def add(demand: str, size: float, gate: Gate) -> None:
    title = f"busy time over completions times demand, {demand}"
    row = Row("ratio", title, 1.0, gate)
    register(Check(f"INV-2/{demand}", "utilisation law", partial(observe, demand, size), (row,)))


add("constant", 0.3, Exact())
add("exponential", 0.6, StandardErrors())
