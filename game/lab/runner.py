"""Runs checks: twenty replications each, side by side; what fails is run once more, four times as
long, and that verdict counts."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

from game.lab.checks import Check, Row, checks_with_plot, find_checks, load_checks
from game.lab.pictures import Picture
from game.lab.statistics import ErrorIn, Estimate, estimate, passes

FAST_WORK = 0.4
AGAIN_WORK = 4.0
AGAIN_SEEDS = 1_000_000
"""Added to the seeds of the second run, which so knows nothing of the first."""


@dataclass(frozen=True, slots=True)
class FirstTry:
    """What a row that was run twice came to at first."""

    estimate: float
    se: float
    ok: bool


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One published number against the engine's. `gate` is the distance allowed."""

    id: str
    title: str
    source: str
    estimate: float
    reference: float
    se: float
    gate: float
    ok: bool
    first: FirstTry | None = None
    rule: str = ""
    """The gate in a few words."""
    error_in: ErrorIn = "%"
    """How its error is best told."""


def check_rows_json(rows: Iterable[CheckRow]) -> list[dict[str, Any]]:
    """The rows as `lab --json` prints them; `first` is null for what passed at once."""
    return [asdict(row) for row in rows]


def observe(check_id: str, seed: int, work: float) -> dict[str, float]:
    """One replication of one check; what a worker process is asked for."""
    return dict(load_checks()[check_id].observe(seed, work))


def draw(check_id: str, seed_base: int, work: float) -> tuple[Picture, ...]:
    """The pictures of one check; what a worker process is asked for."""
    plot = load_checks()[check_id].plot
    assert plot is not None
    return tuple(plot(seed_base, work))


def draw_pictures(
    ids: Iterable[str] = (), fast: bool = False, jobs: int = 1, seed_base: int = 0
) -> Iterator[Picture]:
    """The pictures of checks (ids or groups; all for none), each once.

    Errors: UnknownCheck, also where none of the checks has one.
    """
    checks = checks_with_plot(ids)
    work = FAST_WORK if fast else 1.0
    with workers(jobs) as pool:
        if pool is None:
            for check in checks:
                yield from draw(check.id, seed_base, work)
            return
        begun = [pool.submit(draw, check.id, seed_base, work) for check in checks]
        for future in begun:
            yield from future.result()


@contextmanager
def workers(jobs: int) -> Iterator[Executor | None]:
    """A pool of that many processes, or None for a single one."""
    if jobs <= 1:
        yield None
        return
    pool = ProcessPoolExecutor(
        jobs, mp_context=get_context("spawn"), initializer=leave_quietly_on_interrupt
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def leave_quietly_on_interrupt() -> None:
    """In a worker: Ctrl-C reaches the whole group, and only the parent should speak."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


Replications = Callable[[], Sequence[Mapping[str, float]]]


def start(check: Check, seed_base: int, work: float, pool: Executor | None) -> Replications:
    """Begin all replications of a check; the result waits for them."""
    seeds = range(seed_base + 1, seed_base + 1 + check.replications)
    if pool is None:
        return lambda: [observe(check.id, seed, work) for seed in seeds]
    futures = [pool.submit(observe, check.id, seed, work) for seed in seeds]
    return lambda: [future.result() for future in futures]


def judge(check: Check, row: Row, found: Sequence[Mapping[str, float]]) -> tuple[Estimate, bool]:
    """The estimate of a row, and whether it passes its gate."""
    estimated = estimate([numbers[row.id] for numbers in found])
    return estimated, passes(estimated, row.reference, row.gate)


def run_checks(
    ids: Iterable[str] = (),
    fast: bool = False,
    jobs: int = 1,
    seed_base: int = 0,
    told: Callable[[CheckRow], None] = lambda row: None,
) -> list[CheckRow]:
    """Play checks (ids or groups; all for none) and hold them to their references.

    `fast` measures less than half of the time, but never less than a published size, and leaves the
    longest checks out unless they are named. `told` hears of each row as soon as it is known.
    Errors: UnknownCheck.
    """
    named = list(ids)
    checks = [check for check in find_checks(named) if named or not fast or check.in_fast]
    work = FAST_WORK if fast else 1.0
    rows: list[CheckRow] = []
    with workers(jobs) as pool:
        sizes = {check.id: max(work, check.least_work) for check in checks}
        begun = [(check, start(check, seed_base, sizes[check.id], pool)) for check in checks]
        for check, replications in begun:
            for row in finish(check, replications(), seed_base, sizes[check.id], pool):
                rows.append(row)
                told(row)
    return rows


def finish(
    check: Check,
    found: Sequence[Mapping[str, float]],
    seed_base: int,
    work: float,
    pool: Executor | None,
) -> Iterator[CheckRow]:
    """The rows of a check from its replications, with a second run where one failed."""
    verdicts = {row.id: judge(check, row, found) for row in check.rows}
    second: Sequence[Mapping[str, float]] = ()
    if not all(ok for _, ok in verdicts.values()):
        second = start(check, seed_base + AGAIN_SEEDS, work * AGAIN_WORK, pool)()
    for row in check.rows:
        estimated, ok = verdicts[row.id]
        first = None
        if not ok:
            first = FirstTry(estimated.mean, estimated.se, ok)
            estimated, ok = judge(check, row, second)
        yield CheckRow(
            id=f"{check.id}/{row.id}",
            title=row.title,
            source=check.source,
            estimate=estimated.mean,
            reference=row.reference,
            se=estimated.se,
            gate=row.gate.width(row.reference, estimated.se),
            ok=ok,
            first=first,
            rule=row.gate.words,
            error_in=row.gate.error_in,
        )
