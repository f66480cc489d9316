"""INV-5: with every time c times as long and every rate so much smaller, every latency is c times
as long: to the microsecond where no time needs luck, and in distribution elsewhere, because draws
are rounded to microseconds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from statistics import fmean

from game.engine.log import Log, Table
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns
from game.lab.rewriting import slower
from game.lab.scenario import scenario, stretched
from game.lab.statistics import Exact, Percent, quantile
from game.level.model import System

FACTOR = 2
SLOW = 10


@cache
def slow_system(name: str, factor: int) -> System:
    return slower(name, factor).system


def scaled(table: Table, factor: int) -> list[tuple[int, ...]]:
    """The rows, with all times that happened multiplied."""
    times = [name.endswith("_us") for name in table.columns]
    return [
        tuple(
            value * factor if is_time and value > 0 else value
            for is_time, value in zip(times, row, strict=True)
        )
        for row in table.rows()
    ]


def different_rows(log: Log, slow: Log, factor: int) -> int:
    """Rows of operations, attempts and changes that are not just `factor` times as late."""
    return sum(
        abs(len(one) - len(other))
        + sum(
            mine != theirs for mine, theirs in zip(scaled(one, factor), other.rows(), strict=False)
        )
        for one, other in (
            (log.operations, slow.operations),
            (log.attempts, slow.attempts),
            (log.changes, slow.changes),
        )
    )


def observe_exact(seed: int, work: float) -> Mapping[str, float]:
    """Differences between a night and the same night in slow motion."""
    log = simulate(scenario("clockwork"), seed)
    slow = simulate(slow_system("clockwork", FACTOR), seed)
    assert not log.verdict, log.error or log.verdict
    failed = sum(cause > 0 for cause in log.operations.column("cause"))
    assert failed, "a night on which nothing fails shows little"
    return {"rows": different_rows(log, slow, FACTOR)}


def observe_laws(seed: int, work: float) -> Mapping[str, float]:
    """Latencies in slow motion over latencies times the factor."""
    plain = scenario("two-tiers", work=0.4 * work)
    slow = stretched(slow_system("two-tiers", SLOW), 0.4 * work)
    before = good_sojourns(simulate(plain, seed), plain)
    after = good_sojourns(simulate(slow, seed), slow)
    return {
        "mean": fmean(after) / (SLOW * fmean(before)),
        "p99": quantile(after, 0.99) / (SLOW * quantile(before, 0.99)),
    }


register(
    Check(
        "INV-5/constant",
        "dimensional analysis",
        observe_exact,
        (Row("rows", f"{FACTOR} times slower: rows of the Log that differ", 0, Exact()),),
        replications=5,
    )
)
register(
    Check(
        "INV-5/laws",
        "dimensional analysis",
        observe_laws,
        (
            Row("mean", f"{SLOW} times slower: mean latency, scaled back", 1, Percent(1)),
            Row("p99", f"{SLOW} times slower: p99, scaled back", 1, Percent(1)),
        ),
    )
)
