from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.explain.report import post_mortem
from game.level.plan import make_plan, system_with
from game.score.scorecard import score_run
from tests.templates import template


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("none", "You did not say; it was “The shop's queue”, at 5.39 s."),
        ("shop-queue", "You said so: it was “The shop's queue”, at 5.39 s."),
        ("store-down", "which never happened; it was “The shop's queue”, at 5.39 s."),
    ],
)
def test_the_story_ends_with_what_was_foreseen_and_what_came(said: str, told: str) -> None:
    level = template("predict")
    system = system_with(level, make_plan(level, {"first": said}), load_kinds())
    log = simulate(system, 1)
    found = post_mortem(level, system, log, score_run(level, system, log))
    assert found.story[-1].startswith("What breaks first? You ")
    assert found.story[-1].endswith(told)
