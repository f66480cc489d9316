"""Rule 2, the heart of it: no win without the lesson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from random import Random

from game.level.model import Control
from game.level.plan import Plan
from game.proof.domain import put_back
from game.proof.nearness import nearest, no_further
from game.proof.plans import ALL_PLANS, CLIMB_STEPS, CLIMBERS, SPREAD_PLANS
from game.proof.rule import Case, RuleBroken
from game.proof.wins import graded_misses
from game.proof.words import gave_up_words

GROUP = 40
"""Plans are tried in groups of so many, so that a level without a lesson is refused early."""


def lesson_is_necessary(case: Case) -> str:
    """With any one lesson control at its default, no setting of all others gets one star.

    A plan whose run gave up has not won; how many did is told. What the player says and does not
    set is no lesson in this sense, since a goal asks for it: here it is said rightly all along.
    """
    lessons = [control for control in case.lessons if control.id not in case.level.answers]
    if not lessons:
        raise RuleBroken(
            "the level marks no control as its lesson",
            advice="write lesson = true at the control that the level is about",
        )
    tried = given_up = 0
    for lesson in lessons:
        for group in _groups(case, lesson):
            given_up += _must_all_miss(case, lesson, group)
            tried += len(group)
            case.say(f"{tried} plans without the lesson {lesson.id!r} lose")
    told = f"{tried} plans with a lesson control at its default were tried: none wins"
    return f"{told}{gave_up_words(given_up)}"


def _groups(case: Case, lesson: Control) -> Iterator[list[Plan]]:
    """The plans to try with this lesson control at its default, group by group; where they are too
    many, the reference without this lesson first."""
    domain = case.well_said
    if domain.size({lesson.id}) <= ALL_PLANS:
        yield from _in_groups(domain.all({lesson.id}))
        return
    held = put_back(case.domain, case.reference.plan, lesson.id)
    yield [held]
    luck = Random(1)
    spread = domain.spread({lesson.id}, SPREAD_PLANS, luck)
    yield from _in_groups(spread)
    climbers = nearest(case, [*spread, held], CLIMBERS)
    for _ in range(CLIMB_STEPS // CLIMBERS):
        steps = [domain.neighbour({lesson.id}, plan, luck) for plan in climbers]
        yield steps
        climbers = no_further(case, climbers, steps)


def _in_groups(plans: Iterable[Plan]) -> Iterator[list[Plan]]:
    rest = iter(plans)
    while group := list(islice(rest, GROUP)):
        yield group


def _must_all_miss(case: Case, lesson: Control, plans: list[Plan]) -> int:
    """How many of the plans missed only because their runs gave up."""
    misses = graded_misses(case, plans)
    for plan, lost in misses.items():
        if lost is None:
            raise RuleBroken(
                f"the lesson is not needed: with {lesson.id!r} at its default a plan meets every "
                "goal of one star on every graded seed",
                advice="close this way round the lesson: a price, a tighter goal, a harder night",
                plan=plan,
                seed=case.level.seeds[0],
            )
    return sum(lost is not None and lost.gave_up for lost in misses.values())
