"""How much of a goal's budget a run uses: 1.0 is exactly at the threshold.

A proof must not hang on luck, so winners stay clear below 1 and losers clear above. What the
budget of a goal is depends on its measure:

- *Failures*: availability allows a number of operations to fail, goodput allows a rate to be
  missing; used is the share of those that did fail or were missing. Availability of at most so much
  is an attacker's goal, who uses all where just as many fail as should.
- *Distance*: any other measure, such as a latency, is compared with its threshold: measured over
  threshold for `at_most`, threshold over measured for `at_least`.
- *Exact*: cost and moving parts follow from the plan, and so does whether a diagnosis is right. No
  seed can move them across the threshold, so met is 0 and missed is without limit. An answer to a
  question is right or wrong, and not by how much.

A measure without a number (a percentile longer than the deadline) uses more than any budget.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import inf

from game.level.model import ATTACK_COST, DIAGNOSIS, Goal
from game.proof.played import Played
from game.score.exact import exact
from game.score.measures import Unit

WINNER_SHARE = 0.7
"""A winner uses at most so much of every budget."""
LOSER_SHARE = 1.3
"""A loser uses more than so much of one budget."""


def budget_used(goal: Goal, run: Played) -> float:
    """The share of this goal's budget that the run used, 0 or more, perhaps infinite."""
    if run.gave_up:
        return inf
    if run.goal(goal.id).unit is Unit.ANSWER:
        return exactly(goal, run)
    return BUDGETS.get(goal.measure, by_distance)(goal, run)


def allowed_failures(goal: Goal, valid: int) -> Fraction:
    """How many of `valid` operations an availability goal allows to fail."""
    assert goal.at_least is not None
    return (1 - exact(goal.at_least)) * valid


def by_failures(goal: Goal, run: Played) -> float:
    """Operations that failed over those that may; for an attacker's goal, those that should over
    those that did."""
    if not run.operations:
        return inf
    failed = run.operations - run.good
    if goal.at_least is None:
        return _ratio(wanted_failures(goal, run.operations), failed)
    return _ratio(failed, allowed_failures(goal, run.operations))


def wanted_failures(goal: Goal, valid: int) -> Fraction:
    """How many of `valid` operations must fail for an attacker's goal."""
    assert goal.at_most is not None
    return (1 - exact(goal.at_most)) * valid


def by_missing_rate(goal: Goal, run: Played) -> float:
    """The part of the offered rate that was not good, over the part that may be."""
    measured = run.goal(goal.id).measured
    if goal.at_least is None:
        return by_distance(goal, run)
    if not measured or not run.good:
        return inf
    offered = Fraction(measured) * run.operations / run.good
    return _ratio(offered - Fraction(measured), offered - exact(goal.at_least))


def exactly(goal: Goal, run: Played) -> float:
    """Nothing where the goal is met, without limit where it is missed."""
    return 0.0 if run.goal(goal.id).met else inf


def by_distance(goal: Goal, run: Played) -> float:
    """Measured over threshold, or the other way round for a goal that asks for at least so much."""
    measured = run.goal(goal.id).measured
    if measured is None:
        return inf
    used = 0.0
    if goal.at_most is not None:
        used = max(used, _ratio(Fraction(measured), exact(goal.at_most)))
    if goal.at_least is not None:
        used = max(used, _ratio(exact(goal.at_least), Fraction(measured)))
    return used


def exactly_known(goal: Goal) -> bool:
    """Whether the goal is a ceiling that follows from the plan before anything has happened, or
    asks for the right diagnosis, which does as well."""
    ceiling = goal.at_most is not None or goal.measure == DIAGNOSIS
    return ceiling and BUDGETS.get(goal.measure) is exactly


def _ratio(used: Fraction | int, budget: Fraction | int) -> float:
    """A budget of nothing is kept by using nothing."""
    if budget > 0:
        return float(used / Fraction(budget))
    return 0.0 if used <= 0 and budget == 0 else inf


BUDGETS: dict[str, Callable[[Goal, Played], float]] = {
    "availability": by_failures,
    "goodput_rps": by_missing_rate,
    "cost_per_hour": exactly,
    "moving_parts": exactly,
    DIAGNOSIS: exactly,
    ATTACK_COST: exactly,
}
"""By measure; a measure that is not listed goes by distance."""
