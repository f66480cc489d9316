"""A level that is being written: the game follows its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import OptionList, Static

from game.tui.app import NineLives, Workshop
from game.tui.level_file import Draft, Kept, LevelFile, base_of, own_copy
from game.tui.screens.editor import EditorScreen
from game.tui.screens.preview import PreviewScreen
from game.tui.widgets.level_text import LevelText
from tests.tui.screen_text import screen_text

LEVEL = """\
format = 1
title = "Before"
duration = "20s"

[[node]]
id = "web"
count = 1

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "2ms" }]

[[client]]
id = "visitors"
call = "shop"
rate = 20

[[fault]]
kind = "crash"
target = "web-1"
at = "5s"
for = "2s"

[[control]]
id = "servers"
family = "replication"
label = "Servers"
sets = "node.web.count"
choices = [1, 2]
default = "1"

[[goal]]
id = "available"
measure = "availability"
at_least = "95%"
"""
PLACE_US = 3_000_000

Open = Callable[[Workshop], NineLives]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A level that somebody writes."""
    path = tmp_path / "before.toml"
    path.write_text(LEVEL, encoding="utf-8")
    return path


@pytest.fixture
def opened(tmp_path: Path, file: Path) -> Open:
    """Makes a game that opens the file, with all clocks standing."""

    def make(way: Workshop) -> NineLives:
        data_dir = tmp_path / "data"
        return NineLives(file, data_dir=data_dir, workshop=way, live=False, ascii_only=False)

    return make


async def settled(pilot: Pilot[int]) -> None:
    """All that is being read has been read."""
    for _ in range(3):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def preview(pilot: Pilot[int]) -> PreviewScreen:
    """The screen in front, after it has looked at the file."""
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, PreviewScreen)
    screen.look()
    await settled(pilot)
    return screen


async def editor(pilot: Pilot[int]) -> EditorScreen:
    """The screen in front, after what stands in it has been read."""
    await settled(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, EditorScreen)
    await screen.read_typed()
    await settled(pilot)
    return screen


def state(screen: PreviewScreen) -> str:
    """What is told of the file."""
    return str(screen.query_one("#file-state", Static).content)


def playhead_us(screen: PreviewScreen) -> int:
    """Where the night is."""
    return screen.watched.clock.playhead_us if screen.watched is not None else 0


async def test_a_save_changes_the_level_and_keeps_plan_night_and_moment(
    opened: Open, file: Path
) -> None:
    app = opened("preview")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await preview(pilot)
        screen.session.choose("servers", "2")
        screen.session.seed = 3
        await pilot.press("enter", "right_square_bracket")
        speed = screen.watched and screen.watched.clock.speed
        while screen.watched and screen.watched.clock.playhead_us < PLACE_US:
            screen.tick(100_000)
        assert screen.watched is not None
        at_us, good = screen.watched.clock.playhead_us, screen.watched.frame.good
        file.write_text(
            LEVEL.replace("Before", "After").replace("rate = 20", "rate = 40"), encoding="utf-8"
        )
        screen.look()
        await settled(pilot)
        while playhead_us(screen) < at_us:
            screen.tick(0)
        assert screen.session.level.title == "After"
        assert screen.session.choices == {"servers": "2"}
        assert screen.session.seed == 3
        assert screen.watched.clock.playhead_us == at_us
        assert screen.watched.clock.speed == speed
        assert screen.watched.frame.good > 1.5 * good


async def test_while_the_file_has_errors_the_last_good_level_goes_on(
    opened: Open, file: Path
) -> None:
    app = opened("preview")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await preview(pilot)
        before = screen.session
        file.write_text(LEVEL.replace("web-1", "wob-1"), encoding="utf-8")
        screen.look()
        await settled(pilot)
        assert screen.session is before
        assert '21:10 E022 unknown target "wob-1"; did you mean "web-1"?' in state(screen)
        file.write_text(LEVEL, encoding="utf-8")
        screen.look()
        await settled(pilot)
        assert "no errors" in state(screen)


async def test_a_file_that_is_no_level_yet_tells_why_until_it_is_one(
    opened: Open, file: Path
) -> None:
    file.write_text("format = 1\ntitle = 3\n", encoding="utf-8")
    app = opened("preview")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await preview(pilot)
        assert screen.is_blank
        assert "text is wanted here" in screen_text(app)
        file.write_text(LEVEL, encoding="utf-8")
        screen.look()
        await settled(pilot)
        assert state(screen) == "✓ no errors"
        assert screen.session.level.title == "Before"


async def test_a_file_that_vanishes_and_comes_back_is_followed(opened: Open, file: Path) -> None:
    app = opened("preview")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await preview(pilot)
        file.unlink()
        screen.look()
        await settled(pilot)
        assert screen.session.level.title == "Before"
        file.write_text(LEVEL.replace("Before", "Again"), encoding="utf-8")
        screen.look()
        await settled(pilot)
        assert screen.session.level.title == "Again"


async def test_controls_that_are_gone_or_new_are_exchanged(opened: Open, file: Path) -> None:
    app = opened("preview")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await preview(pilot)
        changed = LEVEL.replace('id = "servers"', 'id = "machines"').replace("[1, 2]", "[1, 2, 3]")
        file.write_text(changed, encoding="utf-8")
        screen.look()
        await settled(pilot)
        assert screen.session.choices == {"machines": "1"}
        await pilot.press("right", "right")
        assert screen.session.choices == {"machines": "3"}


async def test_what_is_typed_is_checked_beside_the_line_and_played(
    opened: Open, file: Path
) -> None:
    app = opened("edit")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await editor(pilot)
        text = screen.query_one(LevelText)
        assert screen.session.level.title == "Before"
        text.move_cursor((19, 10))
        await pilot.press("x")
        await screen.read_typed()
        await pilot.pause()
        assert text.document.get_line(19) == 'kind = "crxash"'
        assert 'unknown fault kind "crxash"' in text.get_line(19).plain
        rows = screen.query_one("#problems", OptionList)
        assert rows.option_count == 1
        assert screen.query_one("#text-half").border_title == "before.toml, not saved"
        await pilot.press("backspace")
        text.move_cursor((1, 9))
        await pilot.press("N", "o", "t")
        await screen.read_typed()
        await pilot.pause()
        assert rows.option_count == 0
        assert screen.session.level.title == "NotBefore"
        assert file.read_text(encoding="utf-8") == LEVEL
        await pilot.press("ctrl+s")
        assert file.read_text(encoding="utf-8") == LEVEL.replace("Before", "NotBefore")


async def test_a_problem_in_the_list_leads_to_its_place(opened: Open) -> None:
    app = opened("edit")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await editor(pilot)
        text = screen.query_one(LevelText)
        text.load_text(LEVEL.replace("cpu", "cpx").replace("availability", "availabilty"))
        await screen.read_typed()
        await pilot.press("f8")
        assert text.cursor_location == (11, 11)
        await pilot.press("f8")
        assert text.cursor_location[0] == 34
        await pilot.press("f8")
        assert text.cursor_location == (11, 11)


async def test_what_was_not_saved_is_there_the_next_time(opened: Open, file: Path) -> None:
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        screen.query_one(LevelText).move_cursor((1, 9))
        await pilot.press("X")
        await screen.read_typed()
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, EditorScreen)
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        assert screen.text == LEVEL.replace("Before", "XBefore")
        assert screen.unsaved
        await pilot.press("ctrl+r")
        assert screen.text == LEVEL
        await screen.read_typed()
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        assert screen.text == LEVEL
        assert not screen.unsaved


async def test_a_change_from_elsewhere_is_taken_unless_something_was_typed(
    opened: Open, file: Path
) -> None:
    async with opened("edit").run_test(size=(120, 40)) as pilot:
        screen = await editor(pilot)
        file.write_text(LEVEL.replace("Before", "Theirs"), encoding="utf-8")
        screen.look()
        await settled(pilot)
        assert screen.session.level.title == "Theirs"
        screen.query_one(LevelText).move_cursor((1, 9))
        await pilot.press("X")
        file.write_text(LEVEL.replace("Before", "Others"), encoding="utf-8")
        screen.look()
        await settled(pilot)
        assert "XTheirs" in screen.text
        await pilot.press("ctrl+s")
        assert "XTheirs" in file.read_text(encoding="utf-8")


async def test_the_level_half_has_the_keys_of_the_game(opened: Open) -> None:
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        assert not screen.query_one("#level-half").display
        await pilot.press("f9")
        assert screen.query_one("#level-half").display
        assert not screen.query_one("#text-half").display
        await pilot.press("right", "enter")
        assert screen.session.choices == {"servers": "2"}
        assert screen.watched is not None
        await pilot.press("escape", "escape")
        assert screen.query_one("#text-half").display
        await pilot.press("u")
        assert screen.unsaved


async def test_a_level_of_the_campaign_is_edited_in_a_copy(tmp_path: Path) -> None:
    app = NineLives(data_dir=tmp_path, live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        screen = await editor(pilot)
        assert screen.file.path == tmp_path / "workshop" / "one-of-everything.toml"
        assert screen.session.level.id == "one-of-everything"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_editor_looks_like_this(
    opened: Open, size: tuple[int, int], text_file: SnapshotAssertion
) -> None:
    async with opened("edit").run_test(size=size) as pilot:
        screen = await editor(pilot)
        screen.query_one(LevelText).load_text(LEVEL.replace("web-1", "wob-1"))
        await screen.read_typed()
        await settled(pilot)
        assert screen_text(pilot.app) == text_file


def test_own_copies_of_other_levels_are_the_levels_themselves(tmp_path: Path, file: Path) -> None:
    assert own_copy(file, tmp_path) == file


def test_drafts_of_files_of_the_same_name_are_apart(tmp_path: Path) -> None:
    first = Draft(tmp_path, tmp_path / "a" / "level.toml")
    second = Draft(tmp_path, tmp_path / "b" / "level.toml")
    one, two = Kept("one\r\n", base_of(b"1")), Kept("two", base_of(b"2"))
    first.keep(one)
    second.keep(two)
    assert (first.kept(), second.kept()) == (one, two)
    first.forget()
    assert (first.kept(), second.kept()) == (None, two)


def test_a_file_is_changed_once(file: Path) -> None:
    looked = LevelFile(file)
    assert looked.look()
    assert not looked.look()
    looked.write(b"another")
    assert not looked.look()
