"""The margin: on the graded seeds winners stay well inside every budget, losers well outside one.

What a budget is for each measure stands in `budget.py`.
"""

from __future__ import annotations

from game.level.plan import Plan
from game.proof.budget import LOSER_SHARE, WINNER_SHARE, budget_used
from game.proof.played import goals_of
from game.proof.rule import Case, RuleBroken
from game.proof.verdicts import losers, winners
from game.proof.words import goal_words, share_words, used_words


def winners_have_room(case: Case) -> str:
    """A winner uses at most 70 % of every budget on every graded seed."""
    most = max(_room_of_winner(case, *winner) for winner in winners(case))
    return f"winners use at most {share_words(most)} of a budget"


def losers_are_clear(case: Case) -> str:
    """A loser uses more than 130 % of some budget on every graded seed."""
    for plan, name in losers(case):
        must_lose_clearly(case, plan, name)
    return f"every loser uses more than {share_words(LOSER_SHARE)} of some budget"


def must_lose_clearly(case: Case, plan: Plan, name: str) -> None:
    """On each graded seed the plan uses more than 130 % of some one-star budget."""
    for run in case.runs.whole(plan, case.level.seeds):
        used, goal = max(
            ((budget_used(goal, run), goal) for goal in case.passing), key=lambda pair: pair[0]
        )
        if used <= LOSER_SHARE:
            raise RuleBroken(
                f"{name} loses by too little on graded seed {run.seed}: "
                f"{goal_words(goal, run)} uses {used_words(used)} of the budget, "
                f"a loser needs more than {share_words(LOSER_SHARE)} of one",
                advice="make the goal tighter or the night harder, so that luck does not decide",
                plan=plan,
                seed=run.seed,
            )


def _room_of_winner(case: Case, plan: Plan, stars: int, name: str) -> float:
    most = 0.0
    for run in case.runs.whole(plan, case.level.seeds):
        for goal in goals_of(case.level.goals, stars):
            used = budget_used(goal, run)
            if used > WINNER_SHARE:
                raise RuleBroken(
                    f"{name} wins by too little on graded seed {run.seed}: "
                    f"{goal_words(goal, run)} uses {used_words(used)} of the budget, "
                    f"a winner may use {share_words(WINNER_SHARE)}",
                    advice="give the goal more room, or name a better plan",
                    plan=plan,
                    seed=run.seed,
                )
            most = max(most, used)
    return most
