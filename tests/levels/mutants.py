"""What becomes of mutated levels: refused by `check`, caught by a rule of the proof, or proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import pytest

from game.engine.kinds import load_kinds
from game.level import find
from game.level.find import find_levels
from game.level.identity import level_hash
from game.level.problems import LevelErrors, Problems
from game.level.proofs import proofs_path, read_proofs
from game.level.read import inspect_level, read_level, read_level_bytes
from game.proof.judge import ENGINE_FAILED, judge
from game.proof.play import EnginePlayer
from game.proof.played import Job, Played
from game.proof.prove import open_level, prove_fresh
from game.proof.records import read_record, record_path
from game.proof.report import Finding
from game.proof.rules import rules_of
from game.proof.runs import Runs
from tests.levels.mutation_sites import original
from tests.levels.mutations import Mutation, mutations

LAST_QUICK = "margin-of-losers"
"""The last of the rules that play named plans on graded seeds alone: a few dozen runs in all."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutated level."""

    mutation: Mutation
    refused: Problems | None = None
    """What `check` said."""
    findings: tuple[Finding, ...] = ()
    """What `test` said."""
    quick: bool = False
    """Only the quick rules were asked."""

    @property
    def words(self) -> str:
        """In a word or two: the rule that caught it, for one."""
        if self.refused is not None:
            return f"check: {self.refused[0].message}"
        last = self.findings[-1]
        if last.ok:
            return "holds the quick rules" if self.quick else "PROVEN"
        return f"{last.rule}: {last.says}"

    @property
    def proven(self) -> bool:
        """It passed every rule that was asked."""
        return self.refused is None and self.findings[-1].ok


def drawn(sorts: Sequence[str], levels: Sequence[Path], seed: int) -> Iterator[Mutation]:
    """Mutations without end, as long as there are any: sorts by turns, levels by turns.

    None of them means the same level as before.
    """
    streams = {
        (sort, path): mutations(original(path), sort, Random(f"{seed} {sort} {path.stem}"))
        for sort in sorts
        for path in levels
    }
    for turn in range(10_000):
        for n, sort in enumerate(sorts):
            path = levels[(turn + 7 * n) % len(levels)]
            found = next((one for one in streams[sort, path] if not same_level(one)), None)
            if found is not None:
                yield found


def same_level(mutation: Mutation) -> bool:
    """It still reads, and no run or score can differ."""
    path = mutation.origin.path
    level, _ = read_level_bytes(mutation.data, str(path), load_kinds(), graded=True)
    return level is not None and level_hash(level) == _hash(path)


@cache
def _hash(path: Path) -> str:
    return level_hash(read_level(path, load_kinds()))


def check(mutation: Mutation, folder: Path) -> tuple[Path, Problems]:
    """The mutated level as a file with its proofs beside it, and what `level check` says of it."""
    path = folder / mutation.origin.path.name
    path.write_bytes(mutation.data)
    proofs = mutation.proofs
    proofs_path(path).write_bytes(
        proofs_path(mutation.origin.path).read_bytes() if proofs is None else proofs
    )
    level, problems = inspect_level(path, load_kinds())
    if level is not None:
        try:
            read_proofs(proofs_path(path), level)
        except LevelErrors as errors:
            return path, errors.problems.errors
    return path, problems.errors


def told_where(mutation: Mutation, problems: Problems) -> bool:
    """A problem is at the place that was struck, or points to it."""
    told = {
        line
        for problem in problems
        for line in (problem.line, *(label.line for label in problem.labels))
    }
    return not told.isdisjoint(lines_of(mutation))


def lines_of(mutation: Mutation) -> set[int]:
    """The line that was struck; of a header also the lines of the others of its section, in which
    TOML itself may find a contradiction."""
    origin = mutation.origin
    if not mutation.header:
        return {mutation.line}
    headers = (site for site in origin.sites if site.header and site.loc[0] == mutation.loc[0])
    return {mutation.line, *(origin.source.place(site.at[0])[0] for site in headers)}


def judged(mutation: Mutation, folder: Path, *, quick: bool = False) -> Fate:
    """What `check`, then the rules, say of a mutated level. `quick`: only the quick rules.

    Fails where the engine does, and where a run takes more events than the level allows.
    """
    path, problems = check(mutation, folder)
    if problems:
        return Fate(mutation, problems)
    # The tutorial is what stands in the campaign's own folder.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "campaign", lambda: folder)
        findings = _findings(path, quick)
    assert findings[-1].rule != ENGINE_FAILED, f"{mutation}: {findings[-1].says}"
    return Fate(mutation, None, findings, quick)


def _findings(path: Path, quick: bool) -> tuple[Finding, ...]:
    opened = open_level(path, load_kinds())
    opened.case.runs = Runs(WatchedPlayer(EnginePlayer(opened.case.level, load_kinds())))
    if not quick:
        return prove_fresh(opened).findings
    rules = rules_of(opened.case.level.kind)
    last = [rule.id for rule in rules].index(LAST_QUICK)
    return judge(opened.case, rules[: last + 1])


@dataclass(frozen=True, slots=True)
class WatchedPlayer:
    """The engine as it plays for proofs, and a look at how many events its runs took."""

    player: EnginePlayer

    def __call__(self, jobs: Sequence[Job]) -> list[Played]:
        played = self.player(jobs)
        budget = self.player.level.system.event_budget
        assert all(run.events <= budget for run in played)
        return played


def quickest_levels(count: int) -> list[Path]:
    """The levels with the least to simulate in a proof: runs of the record, times the most
    messages that one of its plans sends."""
    proven = [path for path in find_levels() if record_path(path).exists()]
    return sorted(proven, key=_effort)[:count]


def _effort(path: Path) -> float:
    record = read_record(record_path(path))
    assert record is not None, path
    messages: float = max(card["measures"]["messages"] for card in record.proofs.values())
    return record.runs * messages
