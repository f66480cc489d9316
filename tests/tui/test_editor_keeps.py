"""The editor loses nothing: neither what was typed nor what the file held."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from game.level.find import find_levels
from game.level.problems import Unreadable
from game.tui.app import NineLives, Workshop
from game.tui.level_file import Draft, own_copy
from game.tui.screens.editor import EditorScreen
from game.tui.screens.preview import PreviewScreen
from game.tui.widgets.level_text import LevelText
from tests.tui.driving import until_read
from tests.tui.screen_text import screen_text
from tests.tui.test_preview import LEVEL, Open, editor, file, opened, preview, settled

__all__ = ["file", "opened"]

LEVEL_ONE = find_levels()[0]
MARKED = ("\ufeff" + LEVEL).encode()
DOS = LEVEL.replace("\n", "\r\n").encode()


def typed(pilot: Pilot[int]) -> EditorScreen:
    """The editor in front, with the cursor in the level's title."""
    screen = pilot.app.screen
    assert isinstance(screen, EditorScreen)
    screen.query_one(LevelText).move_cursor((1, 9))
    return screen


def told(app: NineLives) -> str:
    """Everything that was said beside the screens."""
    return "\n".join(one.message for one in app._notifications)


def cannot_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no draft can be kept."""

    def full(self: Draft, *_: object, **__: object) -> None:
        raise Unreadable("The disk is full.")

    monkeypatch.setattr(Draft, "keep", full)


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
async def test_what_was_typed_is_kept_at_once(opened: Open, key: str) -> None:
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        await editor(pilot)
        typed(pilot)
        await pilot.press("X", key)
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        assert (await editor(pilot)).text == LEVEL.replace("Before", "XBefore")


async def test_what_was_typed_is_kept_however_the_editor_is_left(opened: Open) -> None:
    app = opened("edit")
    async with app.run_test(size=(80, 24)) as pilot:
        await editor(pilot)
        typed(pilot)
        await pilot.press("X")
        app.open_level(app.campaign[0].levels[0])
        await pilot.pause()
        assert not isinstance(app.screen, EditorScreen)
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        typed(pilot)
        await pilot.press("Y")
        assert "XYBefore" not in screen.text
        assert "YXBefore" in screen.text
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        assert "YXBefore" in (await editor(pilot)).text


@pytest.mark.parametrize("key", ["escape", "ctrl+q", "f6"])
async def test_who_types_what_cannot_be_kept_is_told_and_stays(
    opened: Open, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    cannot_write(monkeypatch)
    app = opened("edit")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        typed(pilot)
        await pilot.press("X")
        if key == "f6":
            app.action_packs()
        else:
            await pilot.press(key)
        await pilot.pause()
        assert app.screen is screen
        assert app.is_running
        assert "cannot be kept: The disk is full." in told(app)
        assert "it will be here again" not in told(app)
        await pilot.press("ctrl+r", "escape")
        await pilot.pause()
        assert app.screen is not screen


async def test_other_signs_leave_the_text_as_it_is(opened: Open) -> None:
    app = opened("edit")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        typed(pilot)
        await pilot.press("X")
        await screen.redraw()
        await pilot.pause()
        assert screen.text == LEVEL.replace("Before", "XBefore")
        assert "not saved" in screen_text(app)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (LEVEL.encode() + b"#" * 66_000, "larger than 64 KiB"),
        (LEVEL.replace("Before", "Bef\xf6re").encode("latin-1"), "is not UTF-8 text (byte"),
        (DOS + b"# one more\n# and one\n", "(LF, CR LF)"),
        ((LEVEL + "# one\u2028line\n").encode(), "(LF, U+2028)"),
        ((LEVEL + "# one\x85line\n").encode(), "(LF, U+0085)"),
    ],
)
async def test_what_the_editor_would_spoil_can_only_be_looked_at(
    opened: Open, file: Path, data: bytes, why: str
) -> None:
    file.write_bytes(data)
    app = opened("edit")
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await editor(pilot)
        before = screen.text
        typed(pilot)
        await pilot.press("X", "delete", "ctrl+r", "ctrl+s")
        assert screen.text == before
        assert why in told(app)
        assert screen.query_one("#text-half").border_title == "before.toml, read only"
        assert file.read_bytes() == data
        file.write_text(LEVEL.replace("Before", "Mended"), encoding="utf-8")
        screen.look()
        await settled(pilot)
        typed(pilot)
        await pilot.press("X", "ctrl+s")
        assert file.read_text(encoding="utf-8") == LEVEL.replace("Before", "XMended")


@pytest.mark.parametrize("data", [DOS, MARKED, LEVEL.encode().rstrip(b"\n"), b""])
async def test_a_save_changes_only_what_was_typed(opened: Open, file: Path, data: bytes) -> None:
    file.write_bytes(data)
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        await pilot.press("ctrl+s")
        assert file.read_bytes() == data
        screen.query_one(LevelText).move_cursor((0, 0))
        await pilot.press("#", "enter")
        assert screen.unsaved
        await pilot.press("escape")
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        await editor(pilot)
        await pilot.press("ctrl+s")
        mark = b"\xef\xbb\xbf" if data == MARKED else b""
        end = b"\r\n" if data == DOS else b"\n"
        assert file.read_bytes() == mark + b"#" + end + data.removeprefix(mark)


async def test_a_text_that_would_be_too_large_is_not_saved_but_kept(
    opened: Open, file: Path
) -> None:
    app = opened("edit")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        screen.query_one(LevelText).insert("#" * 66_000 + "\n", (0, 0))
        await pilot.press("ctrl+s")
        assert "at most 64 KiB. It is kept as a draft." in told(app)
        assert file.read_text(encoding="utf-8") == LEVEL
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        assert len((await editor(pilot)).text) > 66_000


async def test_an_old_draft_of_a_file_that_was_changed_is_told(opened: Open, file: Path) -> None:
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        await editor(pilot)
        typed(pilot)
        await pilot.press("X", "escape")
    theirs = LEVEL.replace("Before", "Theirs")
    file.write_text(theirs, encoding="utf-8")
    for _ in range(2):
        # Also the second time: who only looks has not said which text goes on.
        app = opened("edit")
        async with app.run_test(size=(80, 24)) as pilot:
            screen = await editor(pilot)
            assert "changed elsewhere" in told(app)
            assert "XBefore" in screen.text
            await pilot.press("escape")
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        screen = await editor(pilot)
        await pilot.press("ctrl+r")
        assert screen.text == theirs
        assert not screen.unsaved


async def test_a_save_over_what_somebody_else_wrote_asks_first(opened: Open, file: Path) -> None:
    app = opened("edit")
    async with app.run_test(size=(80, 24)) as pilot:
        await editor(pilot)
        typed(pilot)
        await pilot.press("X")
        theirs = LEVEL.replace("Before", "Theirs")
        file.write_text(theirs, encoding="utf-8")
        await pilot.press("ctrl+s")
        assert "changed elsewhere" in told(app)
        assert file.read_text(encoding="utf-8") == theirs
        await pilot.press("ctrl+s")
        assert file.read_text(encoding="utf-8") == LEVEL.replace("Before", "XBefore")


async def test_a_file_that_is_gone_is_written_again(opened: Open, file: Path) -> None:
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        await editor(pilot)
        file.unlink()
        await pilot.press("ctrl+s")
        assert file.read_text(encoding="utf-8") == LEVEL


async def test_a_save_leaves_link_and_mode(opened: Open, file: Path, tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    file.rename(real)
    real.chmod(0o640)
    file.symlink_to(real)
    async with opened("edit").run_test(size=(80, 24)) as pilot:
        await editor(pilot)
        typed(pilot)
        await pilot.press("X", "ctrl+s")
    assert file.is_symlink()
    assert "XBefore" in real.read_text(encoding="utf-8")
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("way", ["edit", "preview"])
async def test_whichever_way_a_level_of_the_campaign_is_edited_in_a_copy(
    tmp_path: Path, way: Workshop
) -> None:
    level = LEVEL_ONE
    before = level.read_bytes()
    app = NineLives(level, data_dir=tmp_path, workshop=way, live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        if way == "preview":
            screen = await preview(pilot)
            assert screen.file.path == level
            await pilot.press("e")
        copy = tmp_path / "workshop" / level.name
        found = await editor(pilot)
        assert found.file.path == copy
        assert f"your own copy: {copy}" in told(app)
        assert str(found.query_one("#text-half").border_title).startswith(
            f"{level.name}, your copy in {copy.parent}"
        )
        typed(pilot)
        await pilot.press("#", "ctrl+s")
        assert copy.read_bytes() != before
    assert level.read_bytes() == before


def test_levels_out_of_a_packs_file_are_edited_in_a_copy(tmp_path: Path) -> None:
    unpacked = tmp_path / "cache" / "packs" / ("ab" * 32) / "one" / "level.toml"
    unpacked.parent.mkdir(parents=True)
    unpacked.write_bytes(DOS)
    copy = own_copy(unpacked, tmp_path)
    assert copy == tmp_path / "workshop" / ("ab" * 8) / "level.toml"
    assert copy.read_bytes() == DOS


async def test_a_copy_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "workshop").write_text("in the way", encoding="utf-8")
    app = NineLives(LEVEL_ONE, data_dir=tmp_path, workshop="preview", live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await preview(pilot)
        await until_read(pilot)
        await pilot.press("e")
        assert isinstance(app.screen, PreviewScreen)
        assert not isinstance(app.screen, EditorScreen)
        assert "No copy can be made" in told(app)
