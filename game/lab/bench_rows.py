"""What a benchmark promises, what it found, and how two programs are measured in turns."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time

ROUNDS = 7
SMALLEST = 1e-9
"""What cannot be told from nothing counts as this much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One row of the table before it is measured."""

    id: str
    title: str
    unit: str
    gate: float = 1.0
    """How many times as good as the reference ours must be."""
    less_is_better: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Ours and the reference, in the row's unit."""

    ours: float
    reference: float


Measure = Callable[[], Mapping[str, Pair]]
"""Measures some rows at once: pairs by the rows' ids. Raises NotMeasured."""


class NotMeasured(Exception):
    """Why a row cannot be measured here, in a few words; no failure."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Rows that are measured together."""

    measure: Measure
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One reading. `ratio` says how many times as good as the reference it is; `gate` how many it
    must be. A row that was `skipped` says why, has no numbers, and is no failure."""

    id: str
    title: str
    unit: str
    ours: float | None
    reference: float | None
    ratio: float | None
    gate: float
    ok: bool
    skipped: str | None = None


def row_of(target: Target, pair: Pair) -> BenchRow:
    """The row of a target that was measured."""
    good, poor = pair.ours, pair.reference
    if target.less_is_better:
        good, poor = poor, good
    ratio = good / max(poor, SMALLEST)
    return BenchRow(
        id=target.id,
        title=target.title,
        unit=target.unit,
        ours=pair.ours,
        reference=pair.reference,
        ratio=ratio,
        gate=target.gate,
        ok=ratio >= target.gate,
    )


def skipped_row(target: Target, why: str) -> BenchRow:
    """The row of a target that could not be measured."""
    return BenchRow(
        id=target.id,
        title=target.title,
        unit=target.unit,
        ours=None,
        reference=None,
        ratio=None,
        gate=target.gate,
        ok=True,
        skipped=why,
    )


def in_turns(
    ours: Callable[[int], float], reference: Callable[[int], float], rounds: int = ROUNDS
) -> Pair:
    """Medians of readings that are taken in turns, so that a busy moment hits both.

    Each is called with the number of the round, from 1.
    """
    found: list[tuple[float, float]] = []
    for number in range(1, rounds + 1):
        compared = reference(number)
        found.append((ours(number), compared))
    return Pair(median(one for one, _ in found), median(other for _, other in found))


def per_second(run: Callable[[], int]) -> float:
    """How many a second a run goes through; `run` returns their number.

    Processor time: programs that are compared so compute on one core and wait for nothing, and what
    else the machine does in the meantime is no property of theirs.
    """
    gc.collect()
    began = process_time()
    number = run()
    return number / (process_time() - began)


def processor_s(task: Callable[[], object]) -> float:
    """Seconds of processor time that a task takes."""
    gc.collect()
    began = process_time()
    task()
    return process_time() - began


def wall_ms(task: Callable[[], object]) -> float:
    """Milliseconds by the clock on the wall: what somebody waits."""
    began = perf_counter()
    task()
    return (perf_counter() - began) * 1000
