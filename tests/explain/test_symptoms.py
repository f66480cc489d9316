from __future__ import annotations

from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.explain.report import PostMortem, post_mortem
from game.level.model import DIAGNOSIS
from game.level.plan import make_plan, system_with
from game.score.scorecard import score_run
from tests.templates import template


def told(said: str) -> PostMortem:
    level = template("diagnose")
    system = system_with(level, make_plan(level, {DIAGNOSIS: said}), load_kinds())
    log = simulate(system, 1)
    return post_mortem(level, system, log, score_run(level, system, log))


def test_a_wrong_diagnosis_is_told_what_was_seen_and_not_why() -> None:
    found = told("crash")
    assert [look.nodes for look in found.look_at] == [("web-1",), ("web-2",), ("web-3",)]
    assert "of that failed (waited-in-queue and queue-full)" in found.look_at[1].words
    assert "failed" not in found.look_at[0].words
    assert all(not look.controls and not look.codex for look in found.look_at)
    assert "At 3 s trouble began at web-2." in found.story
    assert "codex" not in found.next_step


def test_the_right_diagnosis_is_told_everything() -> None:
    found = told("gray")
    assert any("several times as long" in line for line in found.story)
    assert any(look.controls for look in found.look_at)
