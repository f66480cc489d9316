"""Every screen at every size that is promised, as text files that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.color import Color
from textual.widgets import Static

from game.explain import codex
from game.tui.app import NineLives
from game.tui.widgets.map import TopologyMap
from tests.tui.driving import until_read, watch_to_the_end, watch_until
from tests.tui.screen_text import screen_text

SIZES = [(80, 24), (120, 40), (200, 60)]
SETS = [pytest.param(False, id="unicode"), pytest.param(True, id="ascii")]
CRASH_US = 13_300_000
WHEN = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
PAGES = {
    "crash": "# Crash\n\n*A machine is gone.*\n\nIts **memory** is lost.\n\n* one\n* two\n",
    "retry": "# Retry\n\n*Ask once more.*\n\n`attempts` says how often. See [Crash](crash).\n",
}

Make = Callable[..., NineLives]


@pytest.fixture
def two_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A codex that stays as it is."""
    folder = tmp_path / "codex"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / f"{name}.md").write_text(text)
    cached = (codex._pages, codex._names, codex.codex_index)
    with monkeypatch.context() as patch:
        patch.setattr(codex, "codex_folder", lambda: folder)
        for one in cached:
            one.cache_clear()
        yield
    for one in cached:
        one.cache_clear()


def at_a_fixed_time(text: str) -> str:
    """Without what the clock said."""
    return WHEN.sub("2026-01-01 00:00", text)


@pytest.mark.usefixtures("two_pages")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("ascii_only", SETS)
async def test_each_screen_is_complete(
    fake_game: Make,
    text_file: SnapshotAssertion,
    size: tuple[int, int],
    ascii_only: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    app = fake_game(ascii_only, data_dir=Path("saves"))
    shown: dict[str, str] = {}
    async with app.run_test(size=size) as pilot:
        await until_read(pilot)
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
        shown["post-mortem"] = screen_text(app)
        await pilot.press("f3")
        shown["codex"] = screen_text(app)
        await pilot.press("f4")
        shown["records"] = screen_text(app)
        await pilot.press("f2", "escape", "escape", "escape", "escape")
        shown["campaign"] = screen_text(app)
        await pilot.press("f5")
        shown["settings"] = screen_text(app)

    for name, text in shown.items():
        lines = text.splitlines()
        assert len(lines) == size[1], name
        assert lines[-1].startswith("? Help"), name
        strange = {sign for sign in text if not sign.isascii()} if ascii_only else set()
        assert not strange, name
        assert at_a_fixed_time(text) == text_file(name=name), name


async def test_a_window_that_is_too_small_says_so(fake_game: Make) -> None:
    app = fake_game()
    async with app.run_test(size=(72, 20)) as pilot:
        await until_read(pilot)
        text = screen_text(app)
        assert "needs a window of 80 x 24" in text
        assert "This one is 72 x 20" in text

        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        text = screen_text(app)
        assert "To the controls" in text
        assert "[bold]cat food[/bold]" in text, "a level's text was read as markup"


async def test_without_colour_every_state_still_has_its_word(
    fake_game: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = fake_game()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter", "enter")
        await watch_until(pilot, CRASH_US)

        assert "✗ down" in screen_text(app)
        assert "crash: the old machine dies" in screen_text(app)
        svg = app.export_screenshot(simplify=True)
        colours = {Color.parse(found) for found in re.findall(r"#[0-9a-f]{6}", svg)}
        chrome = {colour for colour in colours if max(colour.rgb) - min(colour.rgb) > 8}
        assert len(chrome) <= len({"#ff5f57", "#febc2e", "#28c840"}), chrome


async def test_by_day_the_screen_is_light_and_its_words_are_dark(fake_game: Make) -> None:
    app = fake_game()
    app.progress.change("theme", "day")
    app.settings = replace(app.settings, theme="day")
    app.apply_settings()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter")
        stage = app.screen.query_one(TopologyMap)
        words = app.screen.query_one("#price", Static)

        assert app.screen.styles.background.brightness > 0.9
        inks = [stage.get_component_rich_style(name) for name in sorted(stage.COMPONENT_CLASSES)]
        for style in (words.rich_style, *inks):
            assert style.color is not None
            red, green, blue = style.color.get_truecolor()
            assert Color(red, green, blue).brightness < 0.65
