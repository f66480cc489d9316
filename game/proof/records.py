"""The record of a proof, beside its level: what was proven need not be proven again.

A record holds if it tells that every rule of today was kept, and while these are what they are
today: the level's hash, the proof file's hash, digest and scorecard of each named proof on the
first graded seed, and what the rules read besides (lesson, families, tutorial: no run depends on
them). The engine's number alone voids nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from game.level import records
from game.level.annotations import Surroundings
from game.level.model import Level
from game.level.proofs import Proof
from game.level.registry import Registry
from game.level.share import RECORD
from game.level.whole_file import write_whole
from game.proof.played import Played
from game.proof.report import Finding
from game.proof.rule import Share
from game.proof.rules import rules_of
from game.proof.runs import Runs
from game.proof.share import is_tutorial
from game.proof.table import Row

FORMAT = 2
"""Of the file, and of the rules: a record of other rules proves nothing."""
MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Record:
    """What a proof leaves behind."""

    format: int
    level: str
    level_hash: str
    proofs_hash: str
    engine: int
    """The engine that proved it; told, never compared."""
    seed: int
    """The first graded seed."""
    tutorial: bool
    controls: dict[str, tuple[str, bool]]
    """Id of a control to its family and whether it is the lesson."""
    proofs: dict[str, dict[str, Any]]
    """Id of a proof to its scorecard, with its digest, on that seed."""
    findings: tuple[Finding, ...]
    share: Share | None
    runs: int
    """Runs that the whole proof took."""
    table: tuple[Row, ...] = ()
    """Each plan on each seed. A record from before there were tables has none, and holds."""


def record_path(level_path: Path) -> Path:
    """Where the record of a level lies: `NAME.record.json` beside `NAME.toml`."""
    return level_path.with_name(level_path.stem + RECORD)


def read_record(path: Path) -> Record | None:
    """The record, or None if there is none that can be understood."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        table = json.loads(path.read_bytes())
        if not isinstance(table, dict) or table.get("format") != FORMAT:
            return None
        record: Record = records.read_record(Record, table, Surroundings(Registry(), {}))
    except (OSError, ValueError, RecursionError):
        return None
    return record


def write_record(path: Path, record: Record) -> None:
    """Put the record in place, whole or not at all. Raises Unreadable."""
    text = json.dumps(asdict(record), indent=1, ensure_ascii=False) + "\n"
    write_whole(path, text.encode())


def holds(
    record: Record, level: Level, hashes: tuple[str, str], proofs: Sequence[Proof], runs: Runs
) -> bool:
    """Whether the record is whole and still tells the truth.

    `hashes` are those of level and proof file.
    """
    return not doubt(record, level, hashes) and record.proofs == scorecards(level, proofs, runs)


def doubt(record: Record, level: Level, hashes: tuple[str, str]) -> str:
    """Why the record cannot hold, as far as that is seen without a run; "" where nothing is seen.

    `hashes` are those of level and proof file.
    """
    if record.level_hash != hashes[0] or record.seed != level.seeds[0]:
        return "the level has changed"
    if record.proofs_hash != hashes[1]:
        return "its proofs have changed"
    if record.tutorial != is_tutorial(level) or record.controls != read_by_rules(level):
        return "what the rules read of its controls has changed"
    rules = [(rule.id, True) for rule in rules_of(level.kind) if rule.recorded]
    if [(finding.rule, finding.ok) for finding in record.findings] != rules:
        return "the rules have changed"
    share = record.share
    if share is None or not (0 <= share.wins <= share.tried <= share.plans and share.tried > 0):
        return "it tells no share of winning plans"
    return ""


def worth_recording(findings: Sequence[Finding], kind: str) -> tuple[Finding, ...]:
    """The findings that a record has to tell of, for a level of that kind."""
    unrecorded = {rule.id for rule in rules_of(kind) if not rule.recorded}
    return tuple(finding for finding in findings if finding.rule not in unrecorded)


def read_by_rules(level: Level) -> dict[str, tuple[str, bool]]:
    """What rules read of controls and the level's hash leaves out."""
    return {control.id: (control.family, control.lesson) for control in level.controls}


def scorecards(level: Level, proofs: Sequence[Proof], runs: Runs) -> dict[str, dict[str, Any]]:
    """Of each named proof the scorecard on the first graded seed, as it stands in a record."""
    return {proof.id: _scorecard(runs.one(proof.plan, level.seeds[0])) for proof in proofs}


def _scorecard(run: Played) -> dict[str, Any]:
    card: Mapping[str, Any] = {
        "verdict": run.verdict,
        "stars": run.stars,
        "goals": {goal.id: [goal.measured, goal.met] for goal in run.goals},
        "measures": dict(run.measures),
        "operations": run.operations,
        "good": run.good,
        "causes": dict(run.causes),
        "digest": run.digest,
    }
    # What is compared with a file must have been through the file's format.
    loaded: dict[str, Any] = json.loads(json.dumps(card))
    return loaded
