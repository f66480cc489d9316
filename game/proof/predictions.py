"""Predict: what is asked has one answer, whatever the seed."""

from __future__ import annotations

from game.level.plan import default_plan
from game.proof.rule import Case, RuleBroken

CLEARER = "ask what every night decides in the same way, or make one answer come clearly first"


def answers_are_the_same(case: Case) -> str:
    """Each question has a right answer on every graded seed, and it is the same one."""
    plan = default_plan(case.level)
    runs = case.runs.whole(plan, case.level.seeds)
    for question in case.level.questions:
        found = {run.seed: dict(run.answers).get(question.id, "") for run in runs}
        for seed, right in found.items():
            if not right:
                raise RuleBroken(
                    f"question {question.id!r} has no right answer on graded seed {seed}: "
                    "none of the answers happened, or two came first together",
                    advice="offer an answer without an event, for nights on which nothing happens; "
                    f"else {CLEARER}",
                    plan=plan,
                    seed=seed,
                )
        if len(set(found.values())) > 1:
            other = next(seed for seed, right in found.items() if right != found[runs[0].seed])
            raise RuleBroken(
                f"question {question.id!r} has no one answer: it is {found[runs[0].seed]!r} on "
                f"graded seed {runs[0].seed}, and {found[other]!r} on {other}",
                advice=CLEARER,
                plan=plan,
                seed=other,
            )
    return "each question has one answer, the same on every graded seed"
