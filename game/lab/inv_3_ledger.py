"""INV-3: nothing is lost from the books. Operations issued are good, failed by a cause or in
flight; attempts are first ones, retries or hedges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from game.engine.causes import Cause
from game.engine.log import AttemptKind, Log
from game.engine.run import Run
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Exact

COUNTED = {AttemptKind.FIRST, AttemptKind.RETRY, AttemptKind.HEDGE}


def unbalanced_operations(log: Log) -> int:
    """Operations issued, minus those that are good or have one cause, each in one row."""
    issued = log.operations.column("operation")
    causes = Counter(log.operations.column("cause"))
    failed = sum(causes[cause] for cause in Cause if cause is not Cause.NONE)
    missing = max(issued) + 1 - len(set(issued))
    return abs(len(issued) - causes[Cause.NONE] - failed) + len(issued) - len(set(issued)) + missing


def unbalanced_attempts(log: Log) -> int:
    """Operations whose own attempts do not add up to one first, its retries and its hedges."""
    made: dict[int, Counter[int]] = {}
    for operation, kind, depth, *_ in log.attempts.rows():
        if depth == 0 and kind in COUNTED:
            made.setdefault(operation, Counter())[kind] += 1
    wrong = 0
    for operation, _, _, _, _, _, attempts, *_ in log.operations.rows():
        kinds = made.get(operation, Counter())
        firsts = kinds[AttemptKind.FIRST]
        wrong += firsts != 1 or kinds.total() != attempts
    return wrong


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
