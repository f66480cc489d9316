"""`level test`: is it proven that the level teaches what it claims?"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from game.engine.identity import ENGINE
from game.level.identity import file_hash, level_hash
from game.level.problems import Unreadable
from game.level.proofs import proofs_path, read_proofs
from game.level.read import read_level
from game.level.registry import Registry
from game.proof.judge import judge
from game.proof.play import EnginePlayer
from game.proof.records import (
    FORMAT,
    Record,
    holds,
    read_by_rules,
    read_record,
    record_path,
    scorecards,
    worth_recording,
    write_record,
)
from game.proof.report import Finding, Report
from game.proof.rule import Case
from game.proof.runs import EngineFailed, Runs
from game.proof.share import is_tutorial
from game.proof.table import Row, by_plan, kept_seeds, table_of


def prove(
    level_path: Path,
    registry: Registry,
    *,
    fresh: bool = False,
    executor: Executor | None = None,
    say: Callable[[str], None] | None = None,
) -> Report:
    """Hold the level of that file, and the proofs beside it, to every rule.

    A record that still holds is believed unless `fresh`; a level that is proven leaves one. `say`
    is told of the progress. Raises what `read_level` and `read_proofs` raise.
    """
    opened = open_level(level_path, registry, executor=executor, say=say)
    report = None if fresh else from_record(opened)
    return report or prove_fresh(opened)


@dataclass(frozen=True, slots=True)
class Opened:
    """A level that was read together with its proofs, ready to be judged."""

    path: Path
    case: Case
    hashes: tuple[str, str]
    """Of the level and of its proof file."""
    kept: dict[str, tuple[int, ...]]
    """Fresh seeds on which named plans failed before, by the id of the plan's row."""
    began: float


def open_level(
    level_path: Path,
    registry: Registry,
    *,
    executor: Executor | None = None,
    say: Callable[[str], None] | None = None,
) -> Opened:
    """Read a level and its proofs. Raises what `read_level` and `read_proofs` raise."""
    began = perf_counter()
    level = read_level(level_path, registry)
    proofs_file = proofs_path(level_path)
    proofs = read_proofs(proofs_file, level).proofs if os.path.exists(proofs_file) else ()
    player = EnginePlayer(level, registry, executor)
    case = Case(level, proofs, Runs(player), player.price, say or _nothing)
    hashes = (level_hash(level), file_hash(proofs_file) if os.path.exists(proofs_file) else "")
    before = read_record(record_path(level_path))
    kept = {} if before is None else kept_seeds(before.table)
    case.retry = by_plan(case, kept)
    return Opened(level_path, case, hashes, kept, began)


def from_record(opened: Opened) -> Report | None:
    """The report of a record that still holds, at the price of one run of each proof."""
    record = read_record(record_path(opened.path))
    if record is None:
        return None
    case = opened.case
    case.say("the record: one run of each proof")
    try:
        if not holds(record, case.level, opened.hashes, case.proofs, case.runs):
            return None
    except EngineFailed:
        return None
    case.share = record.share
    table = record.table or table_of(case, {})
    return _report(opened, record.findings, table, recorded=True)


def prove_fresh(opened: Opened) -> Report:
    """Hold the level to every rule; a level that is proven leaves a record.

    So does one that fails on fresh seeds, to keep these: its record does not hold.
    """
    findings = judge(opened.case)
    table = table_of(opened.case, opened.kept)
    if findings[-1].ok or kept_seeds(table):
        _leave_record(opened, findings, table)
    return _report(opened, findings, table, recorded=False)


def _report(
    opened: Opened, findings: tuple[Finding, ...], table: tuple[Row, ...], *, recorded: bool
) -> Report:
    case = opened.case
    return Report(
        level=case.level.id,
        path=case.level.path,
        ok=findings[-1].ok,
        findings=findings,
        share=case.share,
        recorded=recorded,
        traps=len(case.of_role("trap")),
        runs=case.runs.played,
        median_run_s=case.runs.median_s,
        seconds=perf_counter() - opened.began,
        table=table,
        seeds=case.level.seeds,
    )


def _leave_record(opened: Opened, findings: tuple[Finding, ...], table: tuple[Row, ...]) -> None:
    case = opened.case
    record = Record(
        format=FORMAT,
        level=case.level.id,
        level_hash=opened.hashes[0],
        proofs_hash=opened.hashes[1],
        engine=ENGINE,
        seed=case.level.seeds[0],
        tutorial=is_tutorial(case.level),
        controls=read_by_rules(case.level),
        proofs=scorecards(case.level, case.proofs, case.runs),
        findings=worth_recording(findings, case.level.kind),
        share=case.share,
        runs=case.runs.played,
        table=table,
    )
    try:
        write_record(record_path(opened.path), record)
    except Unreadable as error:
        case.say(str(error))


def _nothing(_words: str) -> None:
    """Nobody listens."""
