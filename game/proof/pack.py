"""Many levels within a given time: what changed is proven first, the rest in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from game.level.registry import Registry
from game.proof.prove import from_record, open_level, prove_fresh
from game.proof.report import Report


@dataclass(frozen=True, slots=True)
class PackReport:
    """What came of a pack's levels."""

    reports: tuple[Report, ...]
    """In order of the levels, without the ones that are unproven."""
    believed: tuple[Path, ...]
    """Levels whose record holds and that the time did not reach."""
    unproven: tuple[Path, ...]
    """Levels without a record that holds that the time did not reach."""

    @property
    def ok(self) -> bool:
        """Whether every level that was reached is proven."""
        return all(report.ok for report in self.reports)


def prove_pack(
    level_paths: Sequence[Path],
    registry: Registry,
    *,
    seconds: float,
    turn: int = 0,
    executor: Executor | None = None,
    say: Callable[[str], None] | None = None,
    clock: Callable[[], float] = perf_counter,
) -> PackReport:
    """Look at the records of all levels, then prove levels fresh until the time is spent.

    First those without a record that holds, then the others, beginning with number `turn`, so that
    each has its turn in the end. No proof is broken off: the last one may end late.
    """
    began = clock()
    opened = {path: open_level(path, registry, executor=executor, say=say) for path in level_paths}
    records = {path: from_record(level) for path, level in opened.items()}
    changed = [path for path, report in records.items() if report is None]
    others = [path for path, report in records.items() if report is not None]
    first = turn % len(others) if others else 0
    proven: dict[Path, Report] = {}
    for path in (*changed, *others[first:], *others[:first]):
        if clock() - began >= seconds:
            break
        proven[path] = prove_fresh(opened[path])
    reports = {path: proven.get(path) or records[path] for path in level_paths}
    return PackReport(
        reports=tuple(report for report in reports.values() if report is not None),
        believed=tuple(path for path in others if path not in proven),
        unproven=tuple(path for path in changed if path not in proven),
    )
