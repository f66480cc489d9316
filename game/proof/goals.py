"""Rule 5: goals and controls that mean something, and budgets large enough to measure."""

from __future__ import annotations

from dataclasses import replace

from game.level.plan import Plan, default_plan
from game.proof.budget import allowed_failures
from game.proof.played import Extent, Played, missed
from game.proof.rule import Case, RuleBroken

FEWEST_FAILURES = 10
"""An availability goal allows so many failures over the graded seeds together, or none at all."""
FROM_THE_PLAN = frozenset({"moving_parts"})
"""Measures that any choice of a mechanism moves, whether it does anything or not."""


def nothing_passes_at_time_zero(case: Case) -> str:
    """Before the first operation nobody has won."""
    for plan in _named_plans(case):
        run = case.runs.one(plan, case.level.seeds[0], Extent.NOTHING)
        if not missed(run, case.passing):
            raise RuleBroken(
                "a plan passes at time zero, before anything happened",
                advice="add a goal of one star for availability, a latency or goodput",
                plan=plan,
                seed=run.seed,
            )
    return "no plan passes at time zero"


def budgets_are_measurable(case: Case) -> str:
    """Section 5: fewer than ten failures could not be told from luck."""
    runs = case.runs.whole(case.reference.plan, case.level.seeds)
    valid = sum(run.operations for run in runs)
    for goal in case.level.goals:
        if goal.measure != "availability" or goal.at_least is None:
            continue
        allowed = allowed_failures(goal, valid)
        if 0 < allowed < FEWEST_FAILURES:
            raise RuleBroken(
                f"goal {goal.id!r} allows {float(allowed):.1f} failures in {valid} operations "
                f"over the graded seeds, and so few cannot be told from luck; "
                f"it takes {FEWEST_FAILURES}, or at_least = 1",
                advice="more operations, more graded seeds, or a lower at_least",
            )
    return "every availability goal allows enough failures to be measured"


def every_goal_is_missed(case: Case) -> str:
    """Each goal is missed by at least one proof: a goal that nobody misses asks for nothing.

    A run that gave up has measured nothing, and misses no goal in this sense.
    """
    goals = case.level.goals
    missed_ids = {
        goal.id
        for plan in _named_plans(case)
        for run in case.runs.whole(plan, case.level.seeds)
        if not run.gave_up
        for goal in missed(run, goals)
    }
    idle = [goal.id for goal in goals if goal.id not in missed_ids]
    if idle:
        raise RuleBroken(
            f"no proof misses goal {idle[0]!r}, so that it asks for nothing",
            advice="add a proof that misses it (a trap), or drop the goal",
        )
    return f"each of {len(goals)} goals is missed by some proof"


def every_control_matters(case: Case) -> str:
    """Each control besides the lesson's changes some measure of some proof's plan.

    The number of messages counts, so that a health check always matters, even where it finds
    nobody: a level may teach just that, by a check that does not see what is wrong.
    """
    lessons = {control.id for control in case.lessons}
    for axis in case.domain.axes:
        if axis.id not in lessons and not matters(case, axis.id):
            raise RuleBroken(
                f"control {axis.id!r} changes no measure: whatever it is set to, every proof "
                f"measures the same on seed {case.level.seeds[0]}",
                advice="drop the control, or add the trouble in which it makes a difference",
            )
    return "every control changes some measure"


def matters(case: Case, axis_id: str) -> bool:
    """Whether what is set on the axis changes a measure of some named plan, on the first seed."""
    return any(_changes_a_measure(case, axis_id, plan) for plan in _named_plans(case))


def _changes_a_measure(case: Case, axis_id: str, plan: Plan) -> bool:
    seed = case.level.seeds[0]
    before = _measures(case.runs.one(plan, seed))
    runs = (case.runs.one(other, seed) for other in case.domain.along(plan, axis_id))
    return any(_measures(run) != before for run in runs if not run.gave_up)


def _measures(run: Played) -> tuple[tuple[str, float | None], ...]:
    return tuple(pair for pair in run.measures if pair[0] not in FROM_THE_PLAN)


def _named_plans(case: Case) -> list[Plan]:
    """The plans of all proofs, the reference first, and the default."""
    references = [proof.plan for proof in case.of_role("reference")]
    plans = [*references, default_plan(case.level), *(proof.plan for proof in case.proofs)]
    return list({replace(plan, name=""): plan for plan in plans}.values())
