"""The goals of a level as the player reads them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from game.level.campaign import GoalCard
    from game.level.model import Goal


def goal_lines(
    goals: Sequence[Goal | GoalCard],
    star: str,
    times: Collection[str] = (),
    answers: Collection[str] = (),
) -> Content:
    """One line a goal: for how many stars it must hold, and what it asks for.

    `times` are those of the level's own measures that are times, `answers` what the player says,
    which must be right.
    """
    most = max((goal.stars for goal in goals), default=0)
    return Content("\n").join(
        [
            Content.assemble(
                ((star * goal.stars).ljust(most), "$warning"), f"  {_words(goal, times, answers)}"
            )
            for goal in sorted(goals, key=lambda goal: goal.stars)
        ]
    )


def _words(goal: Goal | GoalCard, times: Collection[str], answers: Collection[str]) -> str:
    if goal.measure in answers:
        return goal.says
    from game.score.measures import unit_of
    from game.score.words import WORDS

    bound, target = (
        ("least", goal.at_least) if goal.at_least is not None else ("most", goal.at_most)
    )
    assert target is not None, f"goal {goal.id!r} has no target"
    number = f"at {bound} {WORDS[unit_of(goal.measure, times)](float(target))}"
    name = NAMES.get(goal.measure, goal.measure.replace("_", " "))
    return f"{goal.says} ({name} {number})" if goal.says else f"{name} {number}"


NAMES = {
    "p50_ms": "p50",
    "p99_ms": "p99",
    "p999_ms": "p99.9",
    "cost_per_hour": "cost",
    "goodput_rps": "goodput",
}
"""Measures whose own names carry a unit."""
