"""How fast it is: all benchmarks, and how some of them are run.

Every figure is a ratio against a reference: another program that runs in the same minute, in turns
with ours, or what the thing is allowed to take.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from game.lab import bench_engine, bench_growth, bench_kernel, bench_replication, bench_waiting
from game.lab.bench_rows import (
    Benchmark,
    BenchRow,
    NotMeasured,
    row_of,
    skipped_row,
)
from game.level.nearest import nearest

BENCHMARKS: tuple[Benchmark, ...] = (
    *bench_engine.BENCHMARKS,
    *bench_kernel.BENCHMARKS,
    *bench_growth.BENCHMARKS,
    *bench_replication.BENCHMARKS,
    *bench_waiting.BENCHMARKS,
)


class UnknownBenchmark(ValueError):
    """An id that no row has; the message is one sentence for the user."""


def bench_ids() -> list[str]:
    """The ids of all rows, in order."""
    return [target.id for benchmark in BENCHMARKS for target in benchmark.targets]


def find_ids(ids: Iterable[str]) -> set[str]:
    """The rows that are asked for, in any case; all for no ids. Errors: UnknownBenchmark."""
    known = bench_ids()
    wanted = {text.lower() for text in ids}
    for word in sorted(wanted.difference(known)):
        near = nearest(word, known)
        hint = f'; did you mean "{near}"?' if near else ""
        raise UnknownBenchmark(f'there is no row "{word}"{hint} (there are: {", ".join(known)})')
    return wanted or set(known)


def bench(
    ids: Iterable[str] = (), told: Callable[[BenchRow], None] = lambda row: None
) -> list[BenchRow]:
    """The rows with these ids, all for none. `told` hears of each as soon as it is known.

    Errors: UnknownBenchmark.
    """
    rows: list[BenchRow] = []
    for row in measured(find_ids(ids)):
        rows.append(row)
        told(row)
    return rows


def measured(wanted: Collection[str]) -> Iterator[BenchRow]:
    """Each wanted row as it is measured."""
    for benchmark in BENCHMARKS:
        targets = [target for target in benchmark.targets if target.id in wanted]
        if not targets:
            continue
        try:
            pairs = benchmark.measure()
        except NotMeasured as why:
            yield from (skipped_row(target, str(why)) for target in targets)
        else:
            yield from (row_of(target, pairs[target.id]) for target in targets)


def bench_rows_json(rows: Iterable[BenchRow]) -> list[dict[str, Any]]:
    """The rows as `bench --json` prints them; `skipped` is null for those that were measured."""
    return [asdict(row) for row in rows]
