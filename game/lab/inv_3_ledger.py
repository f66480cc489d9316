"""INV-3: nothing is lost from the books. Operations issued are good, failed by a cause or in
flight; attempts are first ones, retries or hedges."""

from __future__ import annotations

from collections.abc import Mapping

from game.engine.run import Run
from game.lab.checks import Check, Row, register
from game.lab.invariants import unbalanced_attempts, unbalanced_operations
from game.lab.scenario import scenario
from game.lab.statistics import Exact


def unbalanced_midway(seed: int) -> int:
    """Stop in the middle: operations that were invoked by then and are neither over nor in flight
    until later."""
    system = scenario("storm")
    whole = Run(system, seed)
    whole.advance(system.duration)
    half = Run(system, seed)
    half.advance(system.duration // 2)
    rows = list(whole.log.operations.rows())
    issued = sum(invoked_us <= half.now_us for _, _, invoked_us, *_ in rows)
    in_flight = sum(invoked_us <= half.now_us < ended_us for _, _, invoked_us, ended_us, *_ in rows)
    return abs(issued - len(half.log.operations) - in_flight)


def observe(seed: int, work: float) -> Mapping[str, float]:
    """Three balances, each of which must be 0."""
    system = scenario("storm")
    run = Run(system, seed)
    run.advance(system.duration)
    assert not run.log.verdict, run.log.error or run.log.verdict
    return {
        "operations": unbalanced_operations(run.log),
        "attempts": unbalanced_attempts(run.log),
        "midway": unbalanced_midway(seed),
    }


register(
    Check(
        "INV-3",
        "bookkeeping",
        observe,
        (
            Row("operations", "issued minus good, failed by cause and in flight", 0, Exact()),
            Row("attempts", "operations whose attempts do not add up", 0, Exact()),
            Row("midway", "the same, stopped half way", 0, Exact()),
        ),
        replications=5,
    )
)
