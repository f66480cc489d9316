"""A level on call in the game: lost by who only looks, won by who acts in time."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from game.engine.run import simulate
from game.level.changes import change_text
from game.level.plan import make_plan, system_with
from game.tui.app import NineLives
from game.tui.widgets.on_call import ActRow, ChangeRow
from tests.engine.nights import KINDS
from tests.templates import TEMPLATES
from tests.tui.driving import (
    operate,
    post_mortem,
    session,
    until_read,
    watch_to_the_end,
    watch_until,
)
from tests.tui.screen_text import screen_text

ON_CALL = TEMPLATES / "on-call.toml"
SECOND = 1_000_000
SIZES = [(80, 24), (120, 40)]


async def to_the_plan(pilot: Pilot[int]) -> None:
    await until_read(pilot)
    await until_read(pilot)
    await pilot.press("enter")
    await pilot.pause()


async def begin(pilot: Pilot[int]) -> None:
    await to_the_plan(pilot)
    operate(pilot).action_start()
    await pilot.pause()


def acts(pilot: Pilot[int]) -> list[str]:
    return [change_text(change) for change in session(pilot).changes]


async def test_who_only_looks_loses(tmp_path: Path) -> None:
    app = NineLives(ON_CALL, data_dir=tmp_path, live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await begin(pilot)
        await watch_to_the_end(pilot)
        assert post_mortem(pilot).finished.score.stars == 0


@pytest.mark.parametrize("size", SIZES)
async def test_who_acts_after_the_alarm_wins_and_keeps_the_plan(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = NineLives(ON_CALL, data_dir=tmp_path, live=False)
    async with app.run_test(size=size) as pilot:
        await begin(pilot)
        await watch_until(pilot, 5 * SECOND)
        assert "quiet queue" in screen_text(app)
        await watch_until(pilot, 6 * SECOND)
        assert "ALARM queue" in screen_text(app)
        assert isinstance(app.focused, ActRow)
        await pilot.press("right", "right", "enter")
        await watch_until(pilot, 7 * SECOND)
        assert "Machines: 5" in screen_text(app)
        watched = operate(pilot).watched
        assert watched is not None
        await watch_to_the_end(pilot)
        finished = post_mortem(pilot).finished
        assert finished.score.stars == 1
        assert finished.card is not None
        assert [score.seed for score in finished.card.seeds] == [1, 2, 3, 4, 5]
        assert finished.card.changes == finished.session.changes
        level = finished.session.level
        plan = make_plan(level, {}, "", finished.session.changes)
        assert simulate(system_with(level, plan, KINDS), 1).digest() == watched.run.log.digest()
    again = NineLives(ON_CALL, data_dir=tmp_path, live=False)
    async with again.run_test(size=size) as pilot:
        await to_the_plan(pilot)
        (kept,) = acts(pilot)
        assert kept.startswith("queue+")
        assert kept.endswith(":machines=5")
        assert kept in screen_text(again)
        row = operate(pilot).query_one(ChangeRow)
        row.focus()
        await pilot.press("delete")
        await pilot.pause()
        assert acts(pilot) == []
        await pilot.press("u")
        await pilot.pause()
        assert acts(pilot) == [kept]


async def test_nobody_acts_in_the_past(tmp_path: Path) -> None:
    app = NineLives(ON_CALL, data_dir=tmp_path, live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        await watch_until(pilot, 6 * SECOND)
        operate(pilot).look_at(2 * SECOND)
        watched = operate(pilot).watched
        assert watched is not None
        assert session(pilot).act(watched, "machines", "5").startswith("You are looking back")
        assert watched.run.plan is not None
        assert watched.run.plan.changes == ()
        operate(pilot).look_at(6 * SECOND)
        assert session(pilot).act(watched, "machines", "5") == ""


async def test_the_night_is_never_ahead_of_what_is_seen(tmp_path: Path) -> None:
    app = NineLives(ON_CALL, data_dir=tmp_path, live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot)
        watched = operate(pilot).watched
        assert watched is not None
        for _ in range(20):
            operate(pilot).tick(70_000)
            assert watched.run.now_us == watched.clock.playhead_us
