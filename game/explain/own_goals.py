"""Goals on a level's own measures: how much was beyond them, and since when they were lost."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from math import floor

from game.engine.events.event import Night, Total
from game.engine.log import Log
from game.level.model import Level, Measure, System
from game.score.consistency.anomalies import Anomaly
from game.score.exact import exact
from game.score.goals import GoalResult
from game.score.measures import fastest, own_of
from game.score.named import moments_of, night_of, times_of
from game.score.scorecard import SeedScore
from game.score.tally import Tally, outcomes
from game.score.words import measure_words

PER_MILLE = {"first": 1000, "max": 1000, "p50": 500, "p99": 990}
"""The share of times that must not be longer than a goal allows. A mean has no such share."""


def with_losses(
    level: Level, system: System, log: Log, score: SeedScore, anomalies: Sequence[Anomaly]
) -> SeedScore:
    """The score, with the moment at which each goal on one of the level's own measures was lost."""
    own = {measure.id: measure for measure in level.measures}
    if log.verdict or all(goal.met or goal.measure not in own for goal in score.goals):
        return score
    every = outcomes(system, log, (0, log.duration_us), anomalies)
    night = night_of(system, log, [one.cause for one in every])
    goals = tuple(
        replace(goal, lost_at_us=_lost_at_us(goal, own[goal.measure], night, score.window_us))
        if goal.measure in own and not goal.met
        else goal
        for goal in score.goals
    )
    return replace(score, goals=goals)


def _lost_at_us(
    goal: GoalResult, measure: Measure, night: Night, window: tuple[int, int]
) -> int | None:
    """When it could no longer be met; None where that is not known before the end."""
    if goal.at_least or isinstance(measure.count, Total) or measure.per_hundred is not None:
        return None
    if measure.count is not None:
        allowed, moments = floor(goal.target), moments_of(measure, night, window)
    elif measure.take in PER_MILLE:
        times = times_of(measure, night, window)
        allowed = len(times) - fastest(len(times), PER_MILLE[measure.take])
        limit_us = int(exact(goal.target) * 1000)
        moments = [
            begin_us + limit_us
            for begin_us, length_us in times
            if length_us is None or length_us > limit_us
        ]
    else:
        return None
    return min(moments[allowed], night.log.ended_us) if len(moments) > allowed else None


def goal_words(goal: GoalResult, tally: Tally) -> str:
    """What a goal's measure was; how many times did not end, where it is one that did not."""
    words = measure_words(goal.measure, goal.measured, tally)
    own = own_of(tally, goal.measure)
    if own is None or goal.measured is not None or not own.endless or not own.times_us:
        return words
    return f"{words} for {own.endless:,} of {own.endless + len(own.times_us):,}"


def number_beyond(times_us: Sequence[int], endless: int, target_ms: float) -> int:
    """How many times were longer than a goal allows; `times_us` are ascending."""
    return endless + len(times_us) - bisect_right(times_us, int(exact(target_ms) * 1000))
