"""A level at a glance: what can be told of it without proving anything."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from game.level.identity import file_hash, level_hash
from game.level.model import Level
from game.level.plan import default_plan
from game.level.proofs import Proof, proofs_path, read_proofs
from game.level.registry import Registry
from game.proof.domain import domain_of
from game.proof.play import EnginePlayer
from game.proof.records import Record, doubt, read_record, record_path
from game.proof.rule import Share
from game.proof.runs import Runs


@dataclass(frozen=True, slots=True)
class Glance:
    """What is told of one level."""

    level: str
    """Its id."""
    title: str
    path: str
    kind: str
    controls: int
    plans: int
    proofs: int
    traps: int
    level_hash: str
    teaches: tuple[str, ...]
    share: Share | None
    """Of winning plans, by a record that stands."""
    doubt: str
    """Why its record does not prove it; "" where it stands. Runs are not looked at."""
    run_ms: float | None = None
    """Of one run of its first graded seed; None where none was asked for."""

    @property
    def proven(self) -> bool:
        """Whether a record stands."""
        return not self.doubt


def glance(level: Level, registry: Registry, *, timed: bool) -> Glance:
    """Look at a level and at what lies beside its file.

    With `timed` one run is played: of the reference, else of the default. Raises what
    `read_proofs` raises.
    """
    path = Path(level.path)
    proofs_file = proofs_path(path)
    proofs = read_proofs(proofs_file, level).proofs if os.path.exists(proofs_file) else ()
    hashes = (level_hash(level), file_hash(proofs_file) if os.path.exists(proofs_file) else "")
    record = read_record(record_path(path))
    why = doubt_of(record, level, hashes)
    return Glance(
        level=level.id,
        title=level.title,
        path=level.path,
        kind=level.kind,
        controls=len(level.controls),
        plans=domain_of(level).size(),
        proofs=len(proofs),
        traps=sum(proof.role == "trap" for proof in proofs),
        level_hash=hashes[0],
        teaches=level.teaches,
        share=record.share if record is not None and not why else None,
        doubt=why,
        run_ms=_run_ms(level, proofs, registry) if timed else None,
    )


def doubt_of(record: Record | None, level: Level, hashes: tuple[str, str]) -> str:
    """Why there is no proof, as far as that is seen without a run; "" where the record stands."""
    return "there is no record" if record is None else doubt(record, level, hashes)


def _run_ms(level: Level, proofs: tuple[Proof, ...], registry: Registry) -> float:
    runs = Runs(EnginePlayer(level, registry))
    reference = next((proof.plan for proof in proofs if proof.role == "reference"), None)
    runs.one(reference or default_plan(level), level.seeds[0])
    return runs.median_s * 1000
