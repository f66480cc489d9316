"""Goals: which hold, by how much, and the moment at which one was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from game.engine.causes import Cause
from game.level.model import Goal
from game.score.exact import exact
from game.score.measures import MEASURES, Unit, fastest, unit_of, value_of
from game.score.nines import allowed_failures
from game.score.tally import Outcome, Tally


@dataclass(frozen=True, slots=True)
class GoalResult:
    """One goal against one run, or against the worst of several."""

    id: str
    measure: str
    unit: Unit
    """Of the measure."""
    target: float
    at_least: bool
    """Whether the target is a floor; else it is a ceiling."""
    stars: int
    """The number of stars from which on the goal must hold."""
    measured: float | None
    """None where there was nothing to measure, or a percentile is beyond the deadline."""
    met: bool
    seed: int
    """The seed of this run."""
    lost_at_us: int | None
    """When it could no longer be met, for goals where that can be said."""


def target_of(goal: Goal) -> float:
    """The goal's threshold."""
    assert (goal.at_least is None) != (goal.at_most is None), f"goal {goal.id!r} has no one target"
    number = goal.at_most if goal.at_least is None else goal.at_least
    assert number is not None
    return float(exact(number))


def judge(
    goal: Goal, tally: Tally, valid: Sequence[Outcome], seed: int, *, complete: bool
) -> GoalResult:
    """The goal against one run. A run that did not reach its end meets no goal."""
    number = value_of(tally, goal.measure) if complete else None
    target = target_of(goal)
    at_least = goal.at_least is not None
    met = number is not None and (number >= target if at_least else number <= target)
    return GoalResult(
        id=goal.id,
        measure=goal.measure,
        unit=unit_of(
            goal.measure,
            {one.measure.id for one in tally.named if one.is_time},
            {one.name for one in tally.of_kind if one.is_answer},
        ),
        target=target,
        at_least=at_least,
        stars=goal.stars,
        measured=number,
        met=met,
        seed=seed,
        lost_at_us=None if met or not complete else lost_at_us(goal, valid),
    )


def lost_at_us(goal: Goal, valid: Sequence[Outcome]) -> int | None:
    """When one operation too many had failed, or had taken longer than a percentile's limit.

    None for other goals, and for one that was not lost.
    """
    if goal.measure == "availability" and goal.at_least is not None:
        allowed = allowed_failures(goal.at_least, len(valid))
        moments = [one.ended_us for one in valid if one.cause is not Cause.NONE]
    else:
        measure = MEASURES.get(goal.measure)
        per_mille = None if measure is None else measure.of_latency
        if per_mille is None or goal.at_most is None:
            return None
        allowed = len(valid) - fastest(len(valid), per_mille)
        limit_us = int(exact(goal.at_most) * 1000)
        moments = [
            min(one.ended_us, one.invoked_us + limit_us)
            for one in valid
            if one.cause is not Cause.NONE or one.ended_us - one.invoked_us > limit_us
        ]
    return sorted(moments)[allowed] if len(moments) > allowed else None


def worst(results: Sequence[GoalResult]) -> GoalResult:
    """The result of the seed that did worst at one goal (the first of equals).

    It is met only if every seed meets it.
    """

    def badness(result: GoalResult) -> tuple[bool, bool, float]:
        number = result.measured
        if number is None:
            return True, True, 0.0
        return not result.met, False, -number if result.at_least else number

    return replace(max(results, key=badness), met=all(result.met for result in results))


def stars(results: Sequence[GoalResult]) -> int:
    """The largest n for which all goals of up to n stars are met, starting from one star."""
    most = max((result.stars for result in results), default=1)
    missed = min((result.stars for result in results if not result.met), default=most + 1)
    return missed - 1
