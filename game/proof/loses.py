"""Losing: some goal of one star is missed on every graded seed, and on nearly all fresh ones."""

from __future__ import annotations

from game.level.plan import Plan
from game.proof.played import missed
from game.proof.rule import Case, RuleBroken
from game.proof.wins import WITNESS_FRESH, fresh_misses
from game.proof.words import seeds_words


def must_lose_graded(case: Case, plan: Plan, name: str, advice: str) -> None:
    """Some goal of one star is missed on every graded seed."""
    for run in case.runs.whole(plan, case.level.seeds):
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
    for seed, misses in fresh_misses(case, plan, 1, number):
        if not misses:
            won.append(seed)
        if len(won) > number - wanted:
            raise RuleBroken(
                f"{name} loses by luck: of the fresh seeds {len(won)} are won "
                f"({seeds_words(won)}), at most {number - wanted} of {number} may be",
                advice=advice,
                plan=plan,
                seed=seed,
            )
    return f"{name} loses {number - len(won)} of {number} fresh seeds"
