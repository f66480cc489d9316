"""Rule 4: neither the most of everything nor the least of everything is the answer."""

from __future__ import annotations

from math import inf

from game.level.plan import Plan, default_plan
from game.proof.acts import settled
from game.proof.domain import right_answers
from game.proof.loses import must_lose_fresh, must_lose_graded, must_not_give_up
from game.proof.margin import must_lose_clearly
from game.proof.plans import at_their_highest, buys_capacity, cheapest_plan, set_to
from game.proof.played import goals_of, missed
from game.proof.rule import Case, RuleBroken
from game.proof.verdicts import most_stars
from game.proof.words import stars_words

BIGGEST = "the plan with capacity at its maximum and the lesson at its default"
CHEAPEST = "the cheapest plan"
NOT_BY_SIZE = "put a price goal in its way, or make the night one that size does not help"
NOT_FOR_NOTHING = "make the goals ask for more than the cheapest plan has"


def maximum_without_lesson_loses(case: Case) -> str:
    """All capacity that is not the lesson at its maximum, all else at its default: loses."""
    plan = biggest_without_lesson(case)
    if plan is None:
        return "the level has no capacity besides its lesson"
    must_lose_graded(case, plan, BIGGEST, NOT_BY_SIZE)
    must_lose_clearly(case, plan, BIGGEST)
    return "capacity at its maximum without the lesson loses on every graded seed"


def maximum_without_lesson_loses_fresh(case: Case) -> str:
    """The same on fresh seeds."""
    plan = biggest_without_lesson(case)
    if plan is None:
        return "the level has no capacity besides its lesson"
    return must_lose_fresh(case, plan, BIGGEST, NOT_BY_SIZE)


def maximum_of_everything_is_not_best(case: Case) -> str:
    """All capacity at its maximum, all else as in the reference: not all of the level's stars.

    Three stars where the level has three; a level with fewer must not give away its last one.
    """
    plan = biggest(case)
    if plan is None:
        return "the level has no capacity or redundancy control"
    stars = most_stars(case)
    goals = goals_of(case.level.goals, stars)
    runs = case.runs.whole(plan, case.level.seeds)
    for run in runs:
        must_not_give_up(run, plan, "the reference with all capacity at its maximum")
    if any(missed(run, goals) for run in runs):
        return f"the most of everything does not get {stars_words(stars)}"
    raise RuleBroken(
        f"the reference with all capacity and redundancy at its maximum gets {stars_words(stars)}",
        advice="add a goal that such a plan misses: cost, or moving parts",
        plan=plan,
        seed=case.level.seeds[0],
    )


def cheapest_loses(case: Case) -> str:
    """The cheapest plan loses, where it costs less than the reference."""
    plan = cheaper_than_reference(case)
    if plan is None:
        return "no plan is cheaper than the reference"
    for name, proved in _called_cheapest(case, plan):
        must_lose_graded(case, proved, name, NOT_FOR_NOTHING)
        must_lose_clearly(case, proved, name)
    return f"{CHEAPEST} loses on every graded seed"


def cheapest_loses_fresh(case: Case) -> str:
    """The same on fresh seeds."""
    plan = cheaper_than_reference(case)
    if plan is None:
        return "no plan is cheaper than the reference"
    for name, proved in _called_cheapest(case, plan):
        must_lose_fresh(case, proved, name, NOT_FOR_NOTHING)
    return f"{CHEAPEST} loses on fresh seeds"


def biggest(case: Case) -> Plan | None:
    """The reference with all capacity and redundancy at its maximum, where there is any."""
    capacity = [control for control in case.level.controls if buys_capacity(control)]
    if not capacity:
        return None
    return settled(case.level, case.reference.plan, at_their_highest(capacity))


def biggest_without_lesson(case: Case) -> Plan | None:
    """All capacity besides the lesson at its maximum, all else at its default."""
    capacity = [
        control for control in case.level.controls if buys_capacity(control) and not control.lesson
    ]
    if not capacity:
        return None
    return settled(case.level, _plain(case), at_their_highest(capacity))


def _plain(case: Case) -> Plan:
    """The default plan, which says the right thing where that is asked for."""
    return set_to(default_plan(case.level), right_answers(case.level))


def cheaper_than_reference(case: Case) -> Plan | None:
    """The cheapest plan, where it costs less than the reference."""
    plan = set_to(cheapest_plan(case.level, case.price), right_answers(case.level), "cheapest")
    return plan if _price(case, plan) < _price(case, case.reference.plan) else None


def _price(case: Case, plan: Plan) -> float:
    """Without limit for a plan that is impossible."""
    micros = case.price(plan)
    return inf if micros is None else micros


def _called_cheapest(case: Case, found: Plan) -> list[tuple[str, Plan]]:
    """The cheapest plan that was found, and the ones that proofs call so."""
    named = [(f"the proof {proof.id!r}", proof.plan) for proof in case.of_role("cheapest")]
    for name, plan in named:
        if _price(case, plan) > _price(case, found):
            raise RuleBroken(
                f"{name} is not the cheapest plan: its machines cost "
                f"{_price(case, plan) / 1e6:g} an hour, others cost {_price(case, found) / 1e6:g}",
                advice="name the plan that is shown here, or drop the proof",
                plan=found,
            )
    return [(CHEAPEST, found), *named]
