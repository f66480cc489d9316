"""Whether a run that is still going can still meet its goals: what lets a proof stop it early."""

from __future__ import annotations

from math import ceil, isqrt

from game.engine.causes import Cause
from game.engine.log import Log
from game.level.model import SECOND_US, Client, Goal, Level, System
from game.score.nines import allowed_failures
from game.score.tally import outcomes
from game.score.window import window_us


def out_of_reach(level: Level, system: System, log: Log, *, stars: int = 1) -> bool:
    """Whether an availability goal of at most so many stars is lost, whatever comes."""
    return bool(goals_out_of_reach(level, system, log, stars=stars))


def goals_out_of_reach(
    level: Level, system: System, log: Log, *, stars: int = 1
) -> tuple[Goal, ...]:
    """The availability goals of at most so many stars that are lost, whatever comes.

    One is, when more operations have failed than may fail of all that can still be in the window,
    were all others good. That is final; a goal that is missing here is promised nothing. Where the
    number of operations to come cannot be known yet, there are none.
    """
    goals = [
        goal
        for goal in level.goals
        if goal.measure == "availability" and goal.stars <= stars and goal.at_least is not None
    ]
    if not goals:
        return ()
    window = window_us(level, log)
    ended = [one.cause for one in outcomes(system, log, window)]
    failed = sum(cause is not Cause.NONE for cause in ended)
    to_come = _to_come(system, log, window) if failed else None
    if to_come is None:
        return ()
    most = len(ended) + to_come
    return tuple(
        goal
        for goal in goals
        if goal.at_least is not None and failed > allowed_failures(goal.at_least, most)
    )


def _to_come(system: System, log: Log, window: tuple[int, int]) -> int | None:
    """More valid operations than the Log can still get; None where that cannot be said."""
    to_come = 0
    for client in system.clients:
        # All that was invoked a deadline ago has ended, so only later ones can be missing.
        since_us = max(window[0], log.ended_us - client.deadline)
        most = most_arrivals(system, client, since_us, window[1])
        if most is None:
            return None
        to_come += most
    return to_come


def most_arrivals(system: System, client: Client, from_us: int, to_us: int) -> int | None:
    """More operations than the client group will ever invoke between two moments.

    None where no bound is known: in a closed loop, and where the law of the gaps is the level's own
    and needs luck. For exponential gaps: eight standard deviations above the mean, and then 20.
    """
    if to_us < from_us:
        return 0
    times = ceil(peak(system, client))
    if client.gap is not None:
        gap_us = client.gap.constant()
        return None if not gap_us else (to_us - from_us) * times // gap_us + times + 1
    if client.rate is None:
        return None
    mean = ceil(client.rate * times * (to_us - from_us) / SECOND_US)
    return mean + 8 * (isqrt(mean) + 1) + 20


def peak(system: System, client: Client) -> float:
    """By how much the group's rate can grow: its own steepest load step, and every load spike."""
    growth = max([1.0, *(step.times for step in client.load)])
    for fault in system.faults:
        growth *= max(1.0, float(getattr(fault.what, "times", 1.0)))
    return growth
