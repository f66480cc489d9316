"""The game from the title to the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from game.level.model import Level
from game.tui.app import NineLives
from game.tui.screens.briefing import BriefingScreen
from game.tui.screens.campaign import CampaignScreen
from game.tui.screens.operate import OperateScreen
from game.tui.widgets.controls import ControlRow
from game.tui.widgets.map import TopologyMap
from game.tui.widgets.timeline import Timeline
from tests.tui.driving import (
    operate,
    post_mortem,
    session,
    until_judged,
    until_read,
    watch_to_the_end,
    watch_until,
)
from tests.tui.fake import FakeSimulator
from tests.tui.screen_text import screen_text

Make = Callable[[bool], NineLives]


async def to_the_plan(pilot: Pilot[int]) -> None:
    await until_read(pilot)
    await pilot.press("enter")


async def click_text(pilot: Pilot[int], words: str) -> None:
    """Click where the words stand on the screen."""
    for y, line in enumerate(screen_text(pilot.app).splitlines()):
        if words in line:
            await pilot.click(offset=Offset(line.index(words) + 1, y))
            await pilot.pause()
            return
    raise AssertionError(f"{words!r} is not on the screen:\n{screen_text(pilot.app)}")


async def test_losing_tells_the_cause_and_winning_the_lesson(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter")
        await watch_to_the_end(pilot)
        lost = screen_text(app)
        await pilot.press("pagedown")
        lost += screen_text(app)
        await pilot.press("c", "right", "enter")
        await watch_to_the_end(pilot)
        won = screen_text(app)

    assert "The night is lost." in lost
    assert "320 unreachable  no message gets there" in lost
    assert "320 of 601 operations failed, all because of crash." in lost
    assert "(blame: crash)" in lost
    assert "crash: the old machine dies" in lost
    assert "What answers while web-1 is away?" in lost
    assert "Passed: the service held.   ★ ☆ ☆" in won
    assert "A second machine answers while the first is away." in won


async def test_escape_goes_back_step_by_step_and_the_plan_stays(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("right", "enter")
        assert operate(pilot).watched is not None

        await pilot.press("escape")
        assert operate(pilot).watched is None
        assert session(pilot).choices["machines"] == "two"

        await pilot.press("escape")
        assert isinstance(app.screen, BriefingScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, CampaignScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, CampaignScreen)

        await pilot.press("enter", "enter")
        assert session(pilot).choices["machines"] == "two"


async def test_from_the_verdict_escape_shows_the_night_that_was(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter")
        await watch_to_the_end(pilot)
        await pilot.press("escape")
        assert operate(pilot).watched is not None

        await pilot.press("left", "left")
        watched = operate(pilot).watched
        assert watched is not None
        assert watched.clock.playhead_us == 28_000_000

        await pilot.press("v")
        assert post_mortem(pilot).score.seed == 1


async def test_keys_pause_step_and_change_the_speed(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter")
        await watch_until(pilot, 1_000_000)
        watched = operate(pilot).watched
        assert watched is not None

        await pilot.press("right_square_bracket", "right_square_bracket")
        assert watched.clock.speed == 4
        await pilot.press("left_square_bracket", "space")
        operate(pilot).tick(1_000_000)
        assert watched.clock.playhead_us == 1_000_000
        await pilot.press("full_stop")
        assert watched.clock.playhead_us == 1_020_000


async def test_a_choice_counts_even_if_the_night_starts_with_the_next_key(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        screen = operate(pilot)
        row = screen.focused
        assert isinstance(row, ControlRow)
        row.action_turn(1)
        screen.action_start()
        await pilot.pause()

        assert screen.watched is not None
        assert [node.name for node in screen.watched.frame.nodes] == ["web-1", "web-2"]
        assert "ready" not in screen_text(app)


async def test_again_begins_anew_and_next_takes_another_night(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter")
        await watch_until(pilot, 1_000_000)
        await pilot.press("r")
        watched = operate(pilot).watched
        assert watched is not None
        assert (watched.clock.playhead_us, watched.run.log.seed) == (0, 1)

        await pilot.press("n")
        watched = operate(pilot).watched
        assert watched is not None
        assert watched.run.log.seed == 2
        assert "night 2 of 3" in screen_text(app)


async def test_time_stands_still_while_help_is_read(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter", "question_mark")
        assert "Signs on the map" in screen_text(app)

        await pilot.press("question_mark")
        assert isinstance(app.screen, OperateScreen)


async def test_the_mouse_alone_is_enough(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await click_text(pilot, "To the controls")
        await click_text(pilot, "two")
        await click_text(pilot, "Run the night")
        watched = operate(pilot).watched
        assert watched is not None
        await click_text(pilot, "Faster")
        await click_text(pilot, "Pause")
        assert (float(watched.clock.speed), watched.clock.paused) == (2.0, True)
        await click_text(pilot, "End")
        while isinstance(app.screen, OperateScreen):
            app.screen.tick(1)
            await pilot.pause()
        await until_judged(pilot)
        assert "Passed" in screen_text(app)

        await click_text(pilot, "Change the plan")
        await click_text(pilot, "Back")
        assert isinstance(app.screen, BriefingScreen)


async def test_a_click_on_a_machine_tells_about_it(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await click_text(pilot, "web-1")
        assert "web-1: serves 8 at once, 40 more may wait" in screen_text(app)

        stage = app.screen.query_one(TopologyMap)
        await pilot.press("up")
        assert stage.selected == "shoppers"


async def test_a_click_on_the_timeline_looks_back(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter")
        await watch_until(pilot, 20_000_000)
        line = app.screen.query_one(Timeline)
        await pilot.click(line, offset=(6 + (line.size.width - 12) // 2, 1))
        watched = operate(pilot).watched
        assert watched is not None
        assert 14_000_000 < watched.clock.playhead_us < 16_000_000


async def test_a_level_that_cannot_be_read_ends_the_game_with_its_message(tmp_path: Path) -> None:
    class Broken(FakeSimulator):
        def read(self, path: Path | None) -> Level:
            raise ValueError("level.toml: no such file")

    app = NineLives(Path("level.toml"), simulator=Broken(), data_dir=tmp_path, live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)

    assert app.return_code == 2


@pytest.mark.parametrize("still", [True, False])
async def test_reduced_motion_is_obeyed(fake_game: Make, still: bool) -> None:
    app = fake_game(False)
    if still:
        app.animation_level = "none"
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_plan(pilot)
        await pilot.press("enter")
        await watch_until(pilot, 5_000_000)

        path_shows_messages = "●───" in screen_text(app).replace("● request", "")
        assert path_shows_messages is not still
