"""The first level, played with the real engine, from the first start on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from game.cli import main
from game.level.campaign import card_of
from game.level.model import Level
from game.level.proofs import Proof
from game.tui.app import NineLives
from game.tui.screens.operate import OperateScreen
from game.tui.session import Session
from game.tui.simulator import EngineSimulator
from game.tui.widgets.controls import ChoiceChip, ControlRow
from tests.tui.driving import (
    operate,
    post_mortem,
    until_judged,
    until_read,
    watch_to_the_end,
    watch_until,
)
from tests.tui.real_levels import FIRST, keys_between, proofs_of, read_card
from tests.tui.screen_text import screen_text


@pytest.fixture
def first_start(tmp_path: Path) -> Callable[[], NineLives]:
    """Opens the game; the saves are empty at first."""
    return lambda: NineLives(data_dir=tmp_path, live=False)


@pytest.fixture(scope="module")
def level() -> Level:
    return read_card(FIRST)


@pytest.fixture(scope="module")
def proofs(level: Level) -> dict[str, Proof]:
    return proofs_of(FIRST, level)


@pytest.fixture
def reference(proofs: dict[str, Proof]) -> Proof:
    return proofs["reference"]


def test_the_card_of_the_index_is_that_of_the_level(level: Level) -> None:
    assert card_of(level) == replace(FIRST, path=FIRST.file.as_posix())


async def test_from_the_first_start_to_three_stars_with_keys_alone(
    first_start: Callable[[], NineLives], level: Level, proofs: dict[str, Proof]
) -> None:
    app = first_start()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        assert level.title in screen_text(app)
        await pilot.press("enter", "enter")
        await watch_to_the_end(pilot)
        assert "The night is lost." in screen_text(app)
        assert "all because of crash" in screen_text(app)
        assert "saved" in screen_text(app).splitlines()[0]

        keys = keys_between(level, proofs["default"], proofs["reference"])
        await pilot.press("c", *keys, "enter")
        await watch_until(pilot, 2_000_000)
        await pilot.press("right_square_bracket", "space", "full_stop", "space")
        await watch_to_the_end(pilot)
        assert "Passed: the service held.   ★ ★ ★" in screen_text(app)

    again = first_start()
    async with again.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        text = screen_text(again)
        assert f"★★★   1  {level.title}" in text
        assert again.progress.level(level.id).stars == 3


async def click_chip(pilot: Pilot[int], control: str, label: str) -> None:
    row = next(row for row in operate(pilot).query(ControlRow) if row.control.id == control)
    chip = next(chip for chip in row.query(ChoiceChip) if chip.choice.label == label)
    chip.scroll_visible(animate=False)
    await pilot.pause()
    await pilot.click(chip, offset=(1, 0))


async def test_from_the_first_start_to_three_stars_with_the_mouse_alone(
    first_start: Callable[[], NineLives], reference: Proof
) -> None:
    app = first_start()
    async with app.run_test(size=(120, 40)) as pilot:
        await until_read(pilot)
        await pilot.click("#operate")
        for control, label in reference.plan.values:
            await click_chip(pilot, control, label)
        await pilot.click("#start")
        footer = screen_text(app).splitlines()[-1]
        await pilot.click(offset=(footer.index("End"), 39))
        while isinstance(app.screen, OperateScreen):
            app.screen.tick(1)
            await pilot.pause()
        await until_judged(pilot)

        assert post_mortem(pilot).passed
        assert "★ ★ ★" in screen_text(app)


def test_however_it_is_watched_it_is_the_run_that_the_command_line_makes(
    level: Level, reference: Proof, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Session(level, EngineSimulator(), dict(reference.plan.values))
    watch = session.watch()
    for _ in range(4):
        watch.clock.faster()
    for act in range(300):
        watch.tick(7_001 * (act % 9))
        if act % 53 == 0:
            watch.step()
            watch.clock.toggle()
        if act % 101 == 0:
            watch.seek(500_000)
            watch.clock.toggle()
    watch.clock.hurry()
    while not watch.over:
        watch.tick(0)

    assert watch.clock.speed == 16
    settings = [f"--set={control}={label}" for control, label in reference.plan.values]
    main(["run", level.path, *settings, "--seed", str(session.seed), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert watch.run.log.digest() == told["seeds"][0]["digest"]
