"""A level's own measures on the screen: among the goals, and in the post-mortem."""

from __future__ import annotations

from dataclasses import replace

import pytest

from game.engine.log import Log
from game.explain.ledger import MeasureTold
from game.explain.report import PostMortem
from game.level.model import Goal, Level, System
from game.score.scorecard import SeedScore
from game.tui.goal_words import goal_lines
from tests.tui import fake
from tests.tui.driving import post_mortem, watch_to_the_end
from tests.tui.test_play import Make, to_the_plan

GOALS = (
    Goal(id="soon", measure="time-to-detect", at_most=2000, says="Notice the crash"),
    Goal(id="few", measure="wrong_suspicions", at_most=3, stars=2),
)


def test_goals_on_own_measures_are_told_with_their_units() -> None:
    assert goal_lines(GOALS, "*", ("time-to-detect",)).plain.splitlines() == [
        "*   Notice the crash (time-to-detect at most 2,000 ms)",
        "**  wrong suspicions at most 3",
    ]


async def test_the_post_mortem_shows_measures_that_no_goal_names(
    fake_game: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = fake.FakeSimulator.explain

    def explain(
        self: fake.FakeSimulator, level: Level, system: System, log: Log, score: SeedScore
    ) -> PostMortem:
        own = (
            MeasureTold("time-to-detect", "until somebody noticed", "1,250 ms", False),
            MeasureTold("crashes", "", "17", True),
        )
        return replace(plain(self, level, system, log, score), measures=own)

    monkeypatch.setattr(fake.FakeSimulator, "explain", explain)
    app = fake_game(False)
    async with app.run_test(size=(120, 40)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter")
        await watch_to_the_end(pilot)
        goals = post_mortem(pilot)._goals().plain
    assert "time-to-detect  1,250 ms" in goals
    assert "until somebody noticed" in goals
    assert "17" not in goals
