"""Diagnose: to say the right thing is half of it, and to mend the wrong thing does not help."""

from __future__ import annotations

from game.level.model import DIAGNOSIS, Diagnosis
from game.level.plan import Plan, make_plan, settings
from game.proof.played import missed
from game.proof.rule import Case, RuleBroken
from game.proof.wins import must_win_graded

NOT_BY_CHANCE = "make the night one that this does not mend, or mend less in this diagnosis"


def wrong_mends_lose(case: Case) -> str:
    """The obvious mend of each wrong diagnosis misses a goal besides the diagnosis itself, on every
    graded seed."""
    goals = tuple(goal for goal in case.passing if goal.measure != DIAGNOSIS)
    wrong = [one for one in case.level.diagnoses if not one.right]
    for diagnosis in wrong:
        plan = mended(case, diagnosis)
        for run in case.runs.whole(plan, case.level.seeds):
            if run.gave_up or not missed(run, goals):
                why = f"is {run.verdict}" if run.gave_up else "meets every other goal"
                raise RuleBroken(
                    f"the mend of the wrong diagnosis {diagnosis.id!r} must lose, but {why} on "
                    f"graded seed {run.seed}",
                    advice=NOT_BY_CHANCE,
                    plan=plan,
                    seed=run.seed,
                )
    return f"the mends of {len(wrong)} wrong diagnoses lose on every graded seed"


def right_mend_wins(case: Case) -> str:
    """The obvious mend of the right diagnosis wins on every graded seed."""
    right = next(one for one in case.level.diagnoses if one.right)
    advice = "let the right diagnosis mend what the reference mends"
    must_win_graded(case, mended(case, right), 1, f"the mend of {right.id!r}", advice)
    return f"to say {right.id!r} and mend it wins on every graded seed"


def mended(case: Case, diagnosis: Diagnosis) -> Plan:
    """The plan that says this diagnosis and sets what it would mend, and nothing else."""
    choices = {**settings(diagnosis.mend), DIAGNOSIS: diagnosis.id}
    return make_plan(case.level, choices, diagnosis.id)
