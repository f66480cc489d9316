"""What a proof keeps of one run: small, comparable, and the same wherever the run was played."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from game.level.model import Goal
from game.level.plan import Plan
from game.score.goals import GoalResult
from game.score.scorecard import ENGINE_ERROR, TOO_EXPENSIVE

IMPOSSIBLE = "impossible"
"""The verdict on a plan whose choices do not go together: there is no such system."""


class Extent(IntEnum):
    """How much of a run is played."""

    NOTHING = 0
    """Scored at time zero, before the first event."""
    DECIDED = 1
    """Stopped as soon as one of the goals asked for is out of reach."""
    WHOLE = 2
    """To the end."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run to be played. `stars` says which goals decide (those of up to so many stars)."""

    plan: Plan
    seed: int
    extent: Extent = Extent.WHOLE
    stars: int = 1
    traced: bool = False
    """Whether every message is recorded, which changes nothing that is measured."""


@dataclass(frozen=True, slots=True)
class Played:
    """One run, scored."""

    seed: int
    verdict: str
    """As in a scorecard; of a run that was stopped, as far as it went."""
    stars: int
    goals: tuple[GoalResult, ...]
    """In order of the level."""
    measures: tuple[tuple[str, float | int | None], ...]
    """Name and value, in the score's order."""
    operations: int
    """Valid operations: those invoked in the window."""
    good: int
    causes: tuple[tuple[str, int], ...] = ()
    """Causes of those that were not good, most frequent first."""
    digest: str = ""
    alarms: tuple[tuple[str, int], ...] = ()
    """The alarms that fired, as far as the run went, and when each first did, in microseconds; in
    the level's order."""
    answers: tuple[tuple[str, str], ...] = ()
    """What the player may say, and what would have been right; "" where nothing would."""
    error: str = ""
    """One sentence about an `engine-error`."""
    lost: tuple[str, ...] = ()
    """The goals that were out of reach when the run was stopped."""
    stopped_us: int | None = None
    """When it was stopped."""
    events: int = 0
    """What the kernel did, up to where the run was stopped."""
    seconds: float = field(default=0.0, compare=False)
    """How long it took to play; no part of what it is."""

    @property
    def gave_up(self) -> bool:
        """Whether the run did not reach its end for a reason of its own, or has no beginning."""
        return self.verdict in (IMPOSSIBLE, TOO_EXPENSIVE, ENGINE_ERROR)

    def goal(self, goal_id: str) -> GoalResult:
        """The result of the goal of that id."""
        return next(goal for goal in self.goals if goal.id == goal_id)


def goals_of(goals: tuple[Goal, ...], stars: int) -> tuple[Goal, ...]:
    """The goals that must hold for so many stars."""
    return tuple(goal for goal in goals if goal.stars <= stars)


def missed(run: Played, goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """Those of the goals that this run misses; all of them in a run that gave up.

    Of a run that was stopped, only what was out of reach counts.
    """
    if run.gave_up:
        return goals
    if run.lost:
        return tuple(goal for goal in goals if goal.id in run.lost)
    met = {result.id: result.met for result in run.goals}
    return tuple(goal for goal in goals if not met[goal.id])
