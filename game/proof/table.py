"""The table of a proof: what became of each named plan on each graded seed, and on fresh ones.

It is made of what the rules have played, and plays nothing itself: of a level that broke a rule it
shows how far that went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isinf

from game.level.plan import Plan, default_plan
from game.proof.budget import budget_used
from game.proof.extremes import biggest, biggest_without_lesson, cheaper_than_reference
from game.proof.played import Extent, Job, Played, goals_of, missed
from game.proof.rule import Case
from game.proof.seeds import fresh_seeds
from game.proof.verdicts import most_stars
from game.proof.wins import REFERENCE_FRESH
from game.proof.words import plan_words

KEPT_SEEDS = 10
"""Of each plan so many fresh seeds that failed are kept."""
DEFAULT = "default plan"
CHEAPEST = "cheapest plan"
BIGGEST_WITHOUT_LESSON = "most without lesson"
BIGGEST = "most of everything"


@dataclass(frozen=True, slots=True)
class Entrant:
    """A plan that some rule demands something of."""

    id: str
    """Of a proof; a plan that no proof names has a space in it."""
    role: str
    plan: Plan
    wins: bool
    stars: int
    """A winner gets at least so many; a loser misses a goal of so many."""
    fresh_stars: int
    """The same on fresh seeds."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One graded seed."""

    seed: int
    verdict: str
    """As in a scorecard, or `impossible`."""
    stars: int


@dataclass(frozen=True, slots=True)
class Row:
    """One plan on every seed that was played."""

    plan: str
    """The id of the entrant."""
    role: str
    sets: str
    """What it sets otherwise than the default, in words."""
    due: str
    """`wins` or `loses`."""
    stars: int
    cells: tuple[Cell, ...]
    """One for each graded seed that was played."""
    goal: str
    """The goal that decides how near it was: the budget that a winner used most of on any seed, or
    a loser on its best one; "" where nothing was played."""
    used: float | None
    """That share of its budget; None: without limit."""
    fresh_won: int
    fresh_played: int
    failed: tuple[int, ...]
    """Fresh seeds that did not go as is due, this time or before: they are tried first."""


def entrants(case: Case) -> tuple[Entrant, ...]:
    """All proofs in order of their file, and the default and extremes that no proof names."""
    found = []
    if not case.of_role("default"):
        found.append(Entrant(DEFAULT, "default", default_plan(case.level), False, 1, 1))
    for proof in case.proofs:
        stars = (proof.stars or 1) if proof.verdict == "wins" else 1
        fresh_stars = 1 if proof.role == "reference" else stars
        wins = proof.verdict == "wins"
        found.append(Entrant(proof.id, proof.role, proof.plan, wins, stars, fresh_stars))
    if case.of_role("reference"):
        found += _extremes(case, found)
    return tuple(found)


def table_of(case: Case, kept: Mapping[str, Sequence[int]]) -> tuple[Row, ...]:
    """A row for each entrant of whom anything was played, or has seeds that were kept before."""
    rows = (_row(case, one, kept.get(one.id, ())) for one in entrants(case))
    return tuple(row for row in rows if row.cells or row.fresh_played or row.failed)


def kept_seeds(rows: Sequence[Row]) -> dict[str, tuple[int, ...]]:
    """The fresh seeds of a table that are to be tried first, by the entrant's id."""
    return {row.plan: row.failed for row in rows if row.failed}


def by_plan(case: Case, kept: Mapping[str, Sequence[int]]) -> dict[Plan, tuple[int, ...]]:
    """The same by the plan (without its name) that each entrant has today."""
    found: dict[Plan, tuple[int, ...]] = {}
    for one in entrants(case) if kept else ():
        plan = replace(one.plan, name="")
        found[plan] = (*found.get(plan, ()), *kept.get(one.id, ()))
    return found


def _extremes(case: Case, named: Sequence[Entrant]) -> Iterator[Entrant]:
    known = {replace(one.plan, name="") for one in named}
    for name, plan, stars in (
        (CHEAPEST, cheaper_than_reference(case), 1),
        (BIGGEST_WITHOUT_LESSON, biggest_without_lesson(case), 1),
        (BIGGEST, biggest(case), most_stars(case)),
    ):
        if plan is not None and (replace(plan, name="") not in known or stars > 1):
            yield Entrant(name, "extreme", plan, False, stars, stars)


def _row(case: Case, one: Entrant, kept: Sequence[int]) -> Row:
    runs = [
        run
        for seed in case.level.seeds
        if (run := case.runs.known(Job(one.plan, seed, Extent.DECIDED))) is not None
    ]
    goal, used = _margin(case, one, runs)
    won, failed = _fresh(case, one)
    played = {*won, *failed}
    wrong = failed if one.wins else won
    still = [seed for seed in kept if seed not in played]
    return Row(
        plan=one.id,
        role=one.role,
        sets=plan_words(case.level, one.plan),
        due="wins" if one.wins else "loses",
        stars=one.stars,
        cells=tuple(Cell(run.seed, run.verdict, run.stars) for run in runs),
        goal=goal,
        used=None if isinf(used) else used,
        fresh_won=len(won),
        fresh_played=len(played),
        failed=tuple([*wrong, *still][:KEPT_SEEDS]),
    )


def _margin(case: Case, one: Entrant, runs: Sequence[Played]) -> tuple[str, float]:
    """The goal that decides, and how much of its budget was used."""
    goals = goals_of(case.level.goals, one.stars)
    worst = [
        max(((budget_used(goal, run), goal.id) for goal in goals), key=lambda pair: pair[0])
        for run in runs
        if run.stopped_us is None
    ]
    if not worst:
        return "", 0.0
    used, goal_id = (max if one.wins else min)(worst, key=lambda pair: pair[0])
    return goal_id, used


def _fresh(case: Case, one: Entrant) -> tuple[list[int], list[int]]:
    """Fresh seeds that were won and lost, as far as they were played."""
    goals = goals_of(case.level.goals, one.fresh_stars)
    won: list[int] = []
    lost: list[int] = []
    for seed in fresh_seeds(case.level, REFERENCE_FRESH[1]):
        run = case.runs.known(Job(one.plan, seed, Extent.DECIDED, one.fresh_stars))
        if run is not None:
            (lost if missed(run, goals) else won).append(seed)
    return won, lost
