"""Winning: every goal holds on every graded seed, and on nearly all fresh ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from game.level.plan import Plan
from game.proof.played import Extent, Job, Played, goals_of, missed
from game.proof.rule import Case, RuleBroken
from game.proof.seeds import fresh_seeds
from game.proof.words import missed_words, seeds_words

REFERENCE_FRESH = (95, 100)
"""So many of so many fresh seeds must be won by a reference."""
WITNESS_FRESH = (19, 20)
"""By the witness of a star; and lost by a loser."""
SIDE_BY_SIDE = 10
"""Fresh seeds are played in groups of so many, on any number of cores."""


def must_win_graded(case: Case, plan: Plan, stars: int, name: str, advice: str) -> None:
    """Every goal of up to so many stars holds on every graded seed."""
    goals = goals_of(case.level.goals, stars)
    for run in case.runs.whole(plan, case.level.seeds):
        if missed(run, goals):
            raise RuleBroken(
                f"{name} misses on graded seed {run.seed} {missed_words(run, goals)}",
                advice=advice,
                plan=plan,
                seed=run.seed,
            )


def must_win_fresh(
    case: Case, plan: Plan, stars: int, needed: tuple[int, int], name: str, advice: str
) -> str:
    """Enough fresh seeds are won; gives how many in words."""
    goals = goals_of(case.level.goals, stars)
    wanted, number = needed
    won: list[int] = []
    lost: list[int] = []
    for run in fresh_runs(case, plan, stars, number):
        seed = run.seed
        if not missed(run, goals):
            won.append(seed)
            continue
        lost.append(seed)
        if len(lost) > number - wanted:
            raise RuleBroken(
                f"{name} wins by luck: of the fresh seeds {len(lost)} miss a goal "
                f"({seeds_words(lost)}), at most {number - wanted} of {number} may; "
                f"seed {seed} misses {missed_words(run, goals)}",
                advice=advice,
                plan=plan,
                seed=seed,
            )
        case.say(f"{name}: {len(won)} of {len(won) + len(lost)} fresh seeds won")
    return f"{name} wins {len(won)} of {number} fresh seeds"


def fresh_runs(case: Case, plan: Plan, stars: int, number: int) -> Iterator[Played]:
    """A run on each fresh seed, as far as it takes to decide the goals of up to so many stars.

    First come those on which the plan failed before; which seeds there are does not change.
    """
    before = case.retry.get(replace(plan, name=""), ())
    seeds = iter(sorted(fresh_seeds(case.level, number), key=lambda seed: seed not in before))
    while group := list(islice(seeds, SIDE_BY_SIDE)):
        yield from case.runs.play(Job(plan, seed, Extent.DECIDED, stars) for seed in group)


def graded_misses(case: Case, plans: list[Plan]) -> dict[Plan, Played | None]:
    """Of each plan the first run on a graded seed that misses a goal of one star, or None.

    One seed first, and each further seed only for the plans that passed all before it.
    """
    misses: dict[Plan, Played | None] = dict.fromkeys(plans)
    for seed in case.level.seeds:
        standing = [plan for plan, lost in misses.items() if lost is None]
        for plan, run in zip(standing, case.runs.decided(standing, seed), strict=True):
            misses[plan] = run if missed(run, case.passing) else None
    return misses
