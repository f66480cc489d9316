"""How near a plan comes to passing: what a search for winners climbs by."""

from __future__ import annotations

from collections.abc import Sequence

from game.level.plan import Plan
from game.proof.budget import budget_used
from game.proof.played import Played
from game.proof.rule import Case

Nearness = tuple[float, float]
"""How far a run got before a goal was out of reach (1 is the end), and the negative of the most
that it used of a budget."""


def nearness(case: Case, plan: Plan) -> Nearness:
    """Of the plan's run on the first graded seed."""
    run = case.runs.decided([plan], case.level.seeds[0])[0]
    return _reached(case, run), -max(budget_used(goal, run) for goal in case.passing)


def nearest(case: Case, plans: Sequence[Plan], count: int) -> list[Plan]:
    """The plans that come nearest, the best first."""
    return sorted(plans, key=lambda plan: nearness(case, plan), reverse=True)[:count]


def no_further(case: Case, climbers: Sequence[Plan], steps: Sequence[Plan]) -> list[Plan]:
    """Each climber, or its step where that is at least as near."""
    return [
        step if nearness(case, step) >= nearness(case, plan) else plan
        for plan, step in zip(climbers, steps, strict=True)
    ]


def _reached(case: Case, run: Played) -> float:
    if run.gave_up:
        return -1.0
    if run.stopped_us is None:
        return 1.0
    return run.stopped_us / case.level.system.duration
