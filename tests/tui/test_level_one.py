"""The first level, played with the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from game.engine.run import simulate
from game.level.model import Level
from game.level.proofs import Proof, read_proofs
from game.tui.app import NineLives
from game.tui.screens.operate import OperateScreen
from game.tui.session import Session
from game.tui.simulator import EngineSimulator
from game.tui.widgets.controls import ChoiceChip, ControlRow
from tests.tui.driving import operate, until_read, verdict, watch_to_the_end, watch_until
from tests.tui.screen_text import screen_text


@pytest.fixture(scope="module")
def level() -> Level:
    return EngineSimulator().read(None)


@pytest.fixture(scope="module")
def reference(level: Level) -> Proof:
    path = Path(level.path)
    proofs = read_proofs(path.with_name(f"{path.stem}.proofs.toml"), level).proofs
    return next(proof for proof in proofs if proof.role == "reference")


def keys_for(level: Level, proof: Proof) -> list[str]:
    """The arrow keys that turn the default plan into the proof's."""
    wanted = dict(proof.plan.values)
    keys: list[str] = []
    for control in level.controls:
        labels = [choice.label for choice in control.choices]
        steps = labels.index(wanted[control.id]) - labels.index(control.default)
        keys += ["right" if steps > 0 else "left"] * abs(steps) + ["down"]
    return keys[:-1]


async def test_the_default_plan_loses_and_says_why(level: Level) -> None:
    app = NineLives(live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter", "enter", "enter")
        await watch_to_the_end(pilot)

        assert "The night is lost." in screen_text(app)
        assert "(blame: crash)" in screen_text(app)
        assert not verdict(pilot).passed


async def test_it_is_won_with_keys_alone(level: Level, reference: Proof) -> None:
    app = NineLives(live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("enter", "enter", *keys_for(level, reference), "enter")
        await watch_until(pilot, 2_000_000)
        await pilot.press("right_square_bracket", "space", "full_stop", "space")
        await watch_to_the_end(pilot)

        card = verdict(pilot).card
        assert card is not None
        assert (verdict(pilot).passed, card.stars) == (True, reference.stars)


async def click_chip(pilot: Pilot[int], control: str, label: str) -> None:
    row = next(row for row in operate(pilot).query(ControlRow) if row.control.id == control)
    chip = next(chip for chip in row.query(ChoiceChip) if chip.choice.label == label)
    chip.scroll_visible(animate=False)
    await pilot.pause()
    await pilot.click(chip)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_it_is_won_with_the_mouse_alone(
    level: Level, reference: Proof, size: tuple[int, int]
) -> None:
    app = NineLives(live=False)
    async with app.run_test(size=size) as pilot:
        await until_read(pilot)
        await pilot.click("#play")
        await pilot.click("#operate")
        for control, label in reference.plan.values:
            await click_chip(pilot, control, label)
        await pilot.click("#start")
        footer = screen_text(app).splitlines()[-1]
        await pilot.click(offset=(footer.index("End"), size[1] - 1))
        while isinstance(app.screen, OperateScreen):
            app.screen.tick(1)
            await pilot.pause()
        while verdict(pilot).card is None:
            verdict(pilot).judge(1_000_000)

        assert verdict(pilot).passed


def test_however_it_is_watched_it_is_the_run_that_is_graded(level: Level, reference: Proof) -> None:
    session = Session(level, EngineSimulator())
    for control, label in reference.plan.values:
        session.choose(control, label)
    watch = session.watch()
    for act in range(400):
        watch.tick(7_001 * (act % 9))
        if act % 37 == 0:
            watch.clock.faster()
        if act % 53 == 0:
            watch.step()
            watch.clock.toggle()
        if act % 101 == 0:
            watch.seek(500_000)
            watch.clock.toggle()
    watch.clock.hurry()
    while not watch.over:
        watch.tick(0)

    plain = simulate(session.grading().system, session.seed)
    assert watch.run.log.digest() == plain.digest()
