"""A plan with attacks survives a save, an export and an import."""

from __future__ import annotations

from game.engine.kinds import load_kinds
from game.level.attacks import parse_attack
from game.level.plan import make_plan, plan_of_pairs
from game.progress.runs import finished_run
from game.progress.transfer import CHECKS
from game.score.batch import play
from game.score.json import scorecard_json
from tests.templates import template


def test_attacks_are_kept_as_texts_that_make_the_same_plan() -> None:
    level = template("nemesis")
    plan = make_plan(level, {}, attacks=[parse_attack("crash:web-1@7s")])
    card = scorecard_json(play(level, plan, (1,), load_kinds()))
    run = finished_run(card, title=level.title, plan=plan.pairs, watched_seed=1)
    assert run.plan == (("crash:web-1@7s", "attack"),)
    assert plan_of_pairs(level, run.plan) == plan
    assert CHECKS["plan"](dict(run.plan))
