"""What the game finds again the next time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from game.progress import open_progress
from game.tui.app import NineLives
from game.tui.glyphs import ASCII
from game.tui.screens.briefing import BriefingScreen
from game.tui.screens.campaign import CampaignScreen
from game.tui.screens.operate import OperateScreen
from game.tui.screens.post_mortem import PostMortemScreen
from tests.tui.driving import operate, session, until_read, watch_to_the_end, watch_until
from tests.tui.screen_text import screen_text

Make = Callable[..., NineLives]


async def play_a_night(pilot: Pilot[int], *keys: str) -> None:
    await until_read(pilot)
    await pilot.press("enter", *keys, "enter")
    await watch_to_the_end(pilot)


async def test_the_next_time_the_campaign_opens_with_stars_records_and_the_last_plan(
    fake_game: Make,
) -> None:
    app = fake_game()
    async with app.run_test(size=(80, 24)) as pilot:
        await play_a_night(pilot, "right")

    again = fake_game()
    async with again.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        assert isinstance(again.screen, CampaignScreen)
        text = screen_text(again)
        assert "★☆☆   1  Two are more than one" in text
        assert "Three is a crowd  ◂ next" in text
        assert "★ 1 of 9" in text
        await pilot.press("up")
        assert "1 run, 1 won" in screen_text(again)

        await pilot.press("enter")
        assert isinstance(again.screen, BriefingScreen)
        await until_read(pilot)
        await pilot.press("enter")
        assert session(pilot).choices["machines"] == "two"

        await pilot.press("f4", "enter")
        await until_read(pilot)
        await pilot.press("enter", "u")
        assert session(pilot).choices["machines"] == "two"


async def test_who_leaves_at_the_end_of_a_night_finds_it_judged_and_saved(
    fake_game: Make, tmp_path: Path
) -> None:
    app = fake_game()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter", "enter", "end")
        while isinstance(app.screen, OperateScreen):
            app.screen.tick(1)
            await pilot.pause()
        assert not open_progress(tmp_path).runs()
        await pilot.press("ctrl+q")

    (run,) = open_progress(tmp_path).runs()
    assert (run.level, run.seeds, run.watched_seed, run.stars) == ("fake", (1, 2, 3), 1, 0)
    assert run.plan == (("machines", "one"), ("size", "small"))


async def test_where_nothing_can_be_saved_a_banner_says_so_and_the_game_goes_on(
    fake_game: Make, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    app = fake_game(data_dir=tmp_path / "file" / "saves")
    async with app.run_test(size=(80, 24)) as pilot:
        await play_a_night(pilot, "right")
        text = screen_text(app)
        assert isinstance(app.screen, PostMortemScreen)
        assert "Passed" in text
        assert "✗ not saved" in text.splitlines()[0]
        assert " Not saving: not a directory" in text

        await pilot.press("f2", "escape", "escape", "escape", "escape")
        await until_read(pilot)
        assert "★ 1 of 9" in screen_text(app)


async def test_settings_are_used_at_once_and_kept(fake_game: Make) -> None:
    app = fake_game(ascii_only=None)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter", "enter")
        await watch_until(pilot, 13_000_000)
        assert "✗ down" in screen_text(app)

        await pilot.press("f5", "right", "right", "down", "right", "down", "right", "right")
        await pilot.press("down", "right", "escape")
        await until_read(pilot)
        text = screen_text(app)
        assert "x down" in text
        assert text.isascii()
        watched = operate(pilot).watched
        assert watched is not None
        assert watched.clock.playhead_us == 13_000_000
        assert app.theme == "day"

    again = fake_game(ascii_only=None)
    assert (again.theme, again.glyphs, again.still) == ("day", ASCII, True)
    assert again.speed == 4
