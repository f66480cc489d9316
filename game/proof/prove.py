"""`level test`: is it proven that the level teaches what it claims?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from time import perf_counter

from game.engine.identity import ENGINE
from game.level.identity import file_hash, level_hash
from game.level.proofs import proofs_path, read_proofs
from game.level.read import read_level
from game.level.registry import Registry
from game.proof.judge import judge
from game.proof.play import EnginePlayer
from game.proof.records import (
    FORMAT,
    Record,
    holds,
    read_record,
    record_path,
    scorecards,
    write_record,
)
from game.proof.report import Finding, Report
from game.proof.rule import Case
from game.proof.runs import EngineFailed, Runs


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
    began = perf_counter()
    level = read_level(level_path, registry)
    proofs_file = proofs_path(level_path)
    proofs = read_proofs(proofs_file, level).proofs if proofs_file.exists() else ()
    player = EnginePlayer(level, registry, executor)
    case = Case(level, proofs, Runs(player), player.price, say or _nothing)
    hashes = (level_hash(level), file_hash(proofs_file) if proofs_file.exists() else "")

    record = None if fresh else read_record(record_path(level_path))
    recorded = record is not None and _still_holds(record, case, hashes)
    if record is not None and recorded:
        findings, case.share = record.findings, record.share
    else:
        findings = judge(case)
        if findings[-1].ok:
            _leave_record(level_path, case, hashes, findings)
    return Report(
        level=level.id,
        path=level.path,
        ok=findings[-1].ok,
        findings=findings,
        share=case.share,
        recorded=recorded,
        runs=case.runs.played,
        median_run_s=case.runs.median_s,
        seconds=perf_counter() - began,
    )


def _still_holds(record: Record, case: Case, hashes: tuple[str, str]) -> bool:
    case.say("the record: one run of each proof")
    try:
        return holds(record, case.level, hashes, case.proofs, case.runs)
    except EngineFailed:
        return False


def _leave_record(
    level_path: Path, case: Case, hashes: tuple[str, str], findings: tuple[Finding, ...]
) -> None:
    record = Record(
        format=FORMAT,
        level=case.level.id,
        level_hash=hashes[0],
        proofs_hash=hashes[1],
        engine=ENGINE,
        seed=case.level.seeds[0],
        proofs=scorecards(case.level, case.proofs, case.runs),
        findings=findings,
        share=case.share,
        runs=case.runs.played,
    )
    try:
        write_record(record_path(level_path), record)
    except OSError as error:
        case.say(f"the record could not be written: {error.strerror}")


def _nothing(_words: str) -> None:
    """Nobody listens."""
