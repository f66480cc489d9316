"""Losing: some goal of one star is missed on every graded seed, and on nearly all fresh ones.

A run that gave up has not lost: it measured nothing, so that it proves nothing about its plan.
"""

from __future__ import annotations

from game.level.plan import Plan
from game.proof.played import Played, missed
from game.proof.rule import Case, RuleBroken
from game.proof.wins import WITNESS_FRESH, fresh_runs
from game.proof.words import seeds_words


def must_lose_graded(case: Case, plan: Plan, name: str, advice: str) -> None:
    """Some goal of one star is missed on every graded seed."""
    for run in case.runs.whole(plan, case.level.seeds):
        must_not_give_up(run, plan, name)
        if not missed(run, case.passing):
            raise RuleBroken(
                f"{name} must lose, but meets every goal of one star on graded seed {run.seed}",
                advice=advice,
                plan=plan,
                seed=run.seed,
            )


def must_lose_fresh(case: Case, plan: Plan, name: str, advice: str) -> str:
    """Enough fresh seeds are lost; gives how many in words."""
    wanted, number = WITNESS_FRESH
    won: list[int] = []
    for run in fresh_runs(case, plan, 1, number):
        must_not_give_up(run, plan, name)
        if not missed(run, case.passing):
            won.append(run.seed)
        if len(won) > number - wanted:
            raise RuleBroken(
                f"{name} loses by luck: of the fresh seeds {len(won)} are won "
                f"({seeds_words(won)}), at most {number - wanted} of {number} may be",
                advice=advice,
                plan=plan,
                seed=run.seed,
            )
    return f"{name} loses {number - len(won)} of {number} fresh seeds"


def must_not_give_up(run: Played, plan: Plan, name: str) -> None:
    """The run reached its end, or what decided it: it was not `too-expensive` or `impossible`."""
    if run.gave_up:
        raise RuleBroken(
            f"{name} is {run.verdict} on seed {run.seed}: such a run measures nothing, "
            "and that is no way to lose",
            advice="raise event_budget, or offer only choices that the game can play",
            plan=plan,
            seed=run.seed,
        )
