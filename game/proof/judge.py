"""Holding a level to the rules, one after the other, up to the first that it breaks."""

from __future__ import annotations

from collections.abc import Sequence

from game.proof.report import Finding
from game.proof.rule import Case, Rule, RuleBroken
from game.proof.rules import rules_of
from game.proof.runs import EngineFailed
from game.proof.words import plan_words, rerun_words

ENGINE_FAILED = "run-ends-without-engine-error"


def judge(case: Case, rules: Sequence[Rule] | None = None) -> tuple[Finding, ...]:
    """One finding for each rule that was looked at; only the last can be a broken one.

    Without `rules` it is those of the level's kind.
    """
    findings: list[Finding] = []
    for rule in rules_of(case.level.kind) if rules is None else rules:
        case.say(f"{rule.id}: {rule.says}")
        finding = _look(case, rule)
        findings.append(finding)
        if not finding.ok:
            break
    return tuple(findings)


def _look(case: Case, rule: Rule) -> Finding:
    level = case.level
    try:
        return Finding(rule.id, True, rule.check(case))
    except RuleBroken as broken:
        rerun = (
            rerun_words(level, broken.plan, broken.seed)
            if broken.plan is not None and broken.seed is not None
            else ""
        )
        plan = "" if broken.plan is None else plan_words(level, broken.plan)
        return Finding(rule.id, False, broken.says, broken.advice, plan, broken.seed, rerun)
    except EngineFailed as failed:
        job = failed.job
        return Finding(
            ENGINE_FAILED,
            False,
            f"the engine failed on seed {job.seed}: {failed}",
            "this is a mistake of the game, not of the level: please report it",
            plan_words(level, job.plan),
            job.seed,
            rerun_words(level, job.plan, job.seed),
        )
