"""Every screen at every size that is promised, as text files that can be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from game.tui.app import NineLives
from tests.tui.driving import until_read, watch_to_the_end, watch_until
from tests.tui.screen_text import screen_text

SIZES = [(80, 24), (120, 40), (200, 60)]
SETS = [pytest.param(False, id="unicode"), pytest.param(True, id="ascii")]
CRASH_US = 13_300_000

Make = Callable[[bool], NineLives]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("ascii_only", SETS)
async def test_each_screen_is_complete(
    fake_game: Make, text_file: SnapshotAssertion, size: tuple[int, int], ascii_only: bool
) -> None:
    app = fake_game(ascii_only)
    shown: dict[str, str] = {}
    async with app.run_test(size=size) as pilot:
        await until_read(pilot)
        shown["title"] = screen_text(app)
        await pilot.press("enter")
        shown["briefing"] = screen_text(app)
        await pilot.press("enter")
        shown["plan"] = screen_text(app)
        await pilot.press("enter")
        await watch_until(pilot, CRASH_US)
        shown["night"] = screen_text(app)
        await pilot.press("question_mark")
        shown["help"] = screen_text(app)
        await pilot.press("escape")
        await watch_to_the_end(pilot)
        shown["verdict"] = screen_text(app)

    for name, text in shown.items():
        lines = text.splitlines()
        assert len(lines) == size[1], name
        assert lines[-1].startswith("? Help"), name
        assert text.isascii() or not ascii_only, name
        assert text == text_file(name=name), name


async def test_a_window_that_is_too_small_says_so(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(72, 20)) as pilot:
        await until_read(pilot)
        text = screen_text(app)
        assert "needs a window of 80 x 24" in text
        assert "This one is 72 x 20" in text

        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert "Play" in screen_text(app)


async def test_text_of_a_level_is_never_read_as_markup(fake_game: Make) -> None:
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter")

        assert "[bold]cat food[/bold]" in screen_text(app)


async def test_without_colour_every_state_still_has_its_word(
    fake_game: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = fake_game(False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter", "enter", "enter")
        await watch_until(pilot, CRASH_US)

        assert "✗ down" in screen_text(app)
        assert "crash: the old machine dies" in screen_text(app)
