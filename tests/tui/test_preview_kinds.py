"""Levels of each kind are followed while they are written, also while their night is watched."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from game.level.changes import change_text
from game.tui.app import NineLives, Workshop
from game.tui.screens.preview import PreviewScreen
from game.tui.widgets.attacks import AttacksPanel
from game.tui.widgets.controls import ControlsPanel
from game.tui.widgets.on_call import ActRow, OnCallPanel
from tests.templates import TEMPLATES
from tests.tui.screen_text import screen_text
from tests.tui.test_preview import LEVEL, editor, preview, settled

KINDS = ("design", "on-call", "nemesis", "diagnose", "predict")
SECOND = 1_000_000
ALARM = """
[[monitor]]
id = "late"
measure = "p99"
client = "visitors"
above = "300ms"
over = "1s"
for = "1s"
"""


def until(screen: PreviewScreen, time_us: int) -> None:
    """Let the night go on to that moment."""
    for _ in range(10_000):
        if screen.watched is not None and screen.watched.clock.playhead_us >= time_us:
            return
        screen.tick(50_000)
    raise AssertionError("the night does not come to that moment")


async def save(pilot: Pilot[int], screen: PreviewScreen, path: Path, text: str) -> None:
    """Somebody saves the file."""
    path.write_text(text, encoding="utf-8")
    screen.look()
    await settled(pilot)


@pytest.mark.parametrize("way", ["preview", "edit"])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_level_of_each_kind_goes_on_after_a_save(
    tmp_path: Path, kind: str, way: Workshop
) -> None:
    text = (TEMPLATES / f"{kind}.toml").read_text(encoding="utf-8")
    path = tmp_path / "level.toml"
    path.write_text(text, encoding="utf-8")
    app = NineLives(path, data_dir=tmp_path / "data", workshop=way, live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await (preview if way == "preview" else editor)(pilot)
        assert screen.session.level.kind == kind
        panel = screen.query_one("#configure", ControlsPanel)
        assert isinstance(panel, AttacksPanel) == (kind == "nemesis")
        screen.action_start()
        until(screen, 2 * SECOND)
        title = f'title = "{screen.session.level.title}"'
        assert title in text
        await save(pilot, screen, path, text.replace(title, 'title = "Another"'))
        until(screen, 3 * SECOND)
        assert screen.session.level.title == "Another"
        assert isinstance(screen.query_one("#configure"), AttacksPanel) == (kind == "nemesis")
        assert "Another" in screen_text(app)
        screen.to_controls()
        await pilot.pause()
        assert screen.watched is None


async def test_attacks_stay_from_save_to_save(tmp_path: Path) -> None:
    text = (TEMPLATES / "nemesis.toml").read_text(encoding="utf-8")
    path = tmp_path / "level.toml"
    path.write_text(text, encoding="utf-8")
    app = NineLives(path, data_dir=tmp_path / "data", workshop="preview", live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await preview(pilot)
        await pilot.press("p")
        placed = screen.session.attacks
        assert placed
        await save(pilot, screen, path, text + "\n# more\n")
        assert screen.session.attacks == placed
        await pilot.press("p")
        await pilot.pause()
        assert isinstance(screen.query_one("#configure"), AttacksPanel)


async def test_alarms_are_those_of_the_level_of_now(tmp_path: Path) -> None:
    text = (TEMPLATES / "on-call.toml").read_text(encoding="utf-8")
    path = tmp_path / "level.toml"
    path.write_text(text, encoding="utf-8")
    app = NineLives(path, data_dir=tmp_path / "data", workshop="preview", live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await preview(pilot)
        await pilot.press("enter")
        until(screen, 2 * SECOND)
        assert isinstance(app.focused, ActRow)
        changed = text.replace("\n[[control]]", f"{ALARM}\n[[control]]", 1)
        await save(pilot, screen, path, changed.replace('id = "errors"', 'id = "failures"'))
        until(screen, 3 * SECOND)
        await pilot.pause()
        shown = screen_text(app)
        assert "quiet late" in shown
        assert "quiet failures" in shown
        assert "quiet errors" not in shown
        assert isinstance(app.focused, ActRow)
        await pilot.press("right", "enter")
        until(screen, 4 * SECOND)
        assert screen.watched is not None
        assert screen.watched.run.settings["machines"] == "2"


async def test_what_was_done_on_call_is_part_of_the_plan_that_goes_on(tmp_path: Path) -> None:
    text = (TEMPLATES / "on-call.toml").read_text(encoding="utf-8")
    path = tmp_path / "level.toml"
    path.write_text(text, encoding="utf-8")
    app = NineLives(path, data_dir=tmp_path / "data", workshop="preview", live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await preview(pilot)
        await pilot.press("enter")
        until(screen, 6 * SECOND)
        await pilot.press("right", "right", "enter")
        until(screen, 7 * SECOND)
        assert screen.watched is not None
        plan = screen.watched.run.plan
        assert plan is not None
        made = [change_text(one) for one in plan.changes]
        assert len(made) == 1
        for _ in range(2):
            await save(pilot, screen, path, text := text + "\n# more\n")
        until(screen, 8 * SECOND)
        assert [change_text(one) for one in screen.session.changes] == made
        assert screen.watched.run.settings["machines"] == "5"


async def test_a_level_that_becomes_one_on_call_gets_alarms_and_loses_them_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "level.toml"
    path.write_text(LEVEL, encoding="utf-8")
    text = (TEMPLATES / "on-call.toml").read_text(encoding="utf-8")
    app = NineLives(path, data_dir=tmp_path / "data", workshop="preview", live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await preview(pilot)
        await pilot.press("enter")
        until(screen, SECOND)
        assert not screen.query(OnCallPanel)
        await save(pilot, screen, path, text)
        until(screen, 2 * SECOND)
        await pilot.pause()
        assert "quiet queue" in screen_text(app)
        screen.query_one(OnCallPanel).focus_first()
        await pilot.pause()
        await save(pilot, screen, path, LEVEL)
        until(screen, 3 * SECOND)
        assert not screen.query(OnCallPanel)
        assert not screen.query_one("#watching").has_class("-on-call")
        assert app.focused is not None
