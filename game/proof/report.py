"""What `level test` has to say: the findings, in words and as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from game.proof.rule import Share
from game.proof.share import describe
from game.proof.table import Row
from game.proof.table_words import table_json, table_lines

SLOW_RUN_S = 0.5
"""A run of a graded seed takes at most so long."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one rule."""

    rule: str
    ok: bool
    says: str
    """One sentence: what was found."""
    advice: str = ""
    """Of a broken rule: what its author can do."""
    plan: str = ""
    """Of a broken rule: what the plan in question sets, in words."""
    seed: int | None = None
    rerun: str = ""
    """The command that shows it again."""


@dataclass(frozen=True, slots=True)
class Report:
    """A level, held to every rule up to the first that it breaks."""

    level: str
    """The level's id."""
    path: str
    ok: bool
    findings: tuple[Finding, ...]
    """In the order of the rules; only the last one can be broken."""
    share: Share | None
    """How many plans win; None if a rule was broken before."""
    recorded: bool
    """Whether the findings come from a record that still holds."""
    traps: int
    """Misconceptions that the proofs show to lose; a level needs none, but should have some."""
    runs: int
    """Runs that were played for this report."""
    median_run_s: float
    seconds: float
    table: tuple[Row, ...] = ()
    """Each named plan on each seed, as far as it was played."""
    seeds: tuple[int, ...] = ()
    """The level's graded seeds."""

    @property
    def broken(self) -> Finding | None:
        """The rule that the level breaks, if it breaks one."""
        return None if self.ok else self.findings[-1]


def report_lines(report: Report) -> Iterator[str]:
    """The report in words, line by line."""
    for finding in report.findings:
        yield f"{'ok    ' if finding.ok else 'BROKEN'}  {finding.rule}: {finding.says}"
    if report.broken is not None:
        yield from _details(report.broken)
    yield from table_lines(report.table, report.seeds)
    yield f"{report.level}: {_verdict(report)}"
    if report.median_run_s > SLOW_RUN_S:
        yield (
            f"slow: a run takes {report.median_run_s:.2f} s, players and proofs want "
            f"at most {SLOW_RUN_S} s; fewer operations or a shorter night would do"
        )


def report_json(report: Report) -> dict[str, Any]:
    """The report as one JSON object."""
    broken = report.broken
    return {
        "level": report.level,
        "path": report.path,
        "ok": report.ok,
        "broken": None if broken is None else broken.rule,
        "findings": [asdict(finding) for finding in report.findings],
        "share": None if report.share is None else _share_json(report.share),
        "recorded": report.recorded,
        "traps": report.traps,
        "runs": report.runs,
        "median_run_s": round(report.median_run_s, 3),
        "seconds": round(report.seconds, 3),
        "table": table_json(report.table),
    }


def _details(broken: Finding) -> Iterator[str]:
    if broken.plan:
        yield f"        plan:   {broken.plan}"
    yield f"        advice: {broken.advice}"
    if broken.rerun:
        yield f"        again:  {broken.rerun}"


def _verdict(report: Report) -> str:
    played = f"{report.runs} runs in {report.seconds:.1f} s"
    if report.broken is not None:
        return f"breaks {report.broken.rule} ({played})"
    source = "proven, the record still holds" if report.recorded else "proven"
    if not report.traps:
        source = f"{source}; no trap was given"
    share = f"; {describe(report.share)}" if report.share is not None else ""
    return f"{source} ({played}){share}"


def _share_json(share: Share) -> dict[str, Any]:
    return {**asdict(share), "value": share.value}
