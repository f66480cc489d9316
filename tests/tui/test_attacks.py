"""A level to attack: weapons are placed and taken away, by keys and by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.level.attacks import parse_attack
from game.tui.app import NineLives
from game.tui.session import Session
from game.tui.simulator import EngineSimulator
from game.tui.widgets.attacks import Dial, PlacedRow
from tests.templates import TEMPLATES, template
from tests.tui.driving import operate, post_mortem, session, until_read, watch_to_the_end
from tests.tui.screen_text import screen_text

NEMESIS = TEMPLATES / "nemesis.toml"


def keys_of(session: Session) -> list[str]:
    return [attack.key for attack in session.attacks]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_system_is_broken_by_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    app = NineLives(NEMESIS, data_dir=tmp_path, live=False)
    async with app.run_test(size=size) as pilot:
        await until_read(pilot)
        await until_read(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert "8 of 8 left" in screen_text(app)
        assert "crash (costs 3, 4s)" in screen_text(app)
        at_seven = ["down", "down", "right", "right", "right", "right"]
        await pilot.press(*at_seven, "p", "up", "up", "left", "p")
        await pilot.pause()
        assert keys_of(session(pilot)) == ["crash:web-1@7s", "rush:visitors@7s"]
        assert "0 of 8 left" in screen_text(app)
        await pilot.press("p")
        assert keys_of(session(pilot)) == ["crash:web-1@7s", "rush:visitors@7s"]
        await pilot.press("enter")
        await watch_to_the_end(pilot)
        assert post_mortem(pilot).score.stars == 1
    again = NineLives(NEMESIS, data_dir=tmp_path, live=False)
    async with again.run_test(size=size) as pilot:
        await until_read(pilot)
        await until_read(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert keys_of(session(pilot)) == ["crash:web-1@7s", "rush:visitors@7s"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_attacks_are_placed_and_taken_away_by_mouse(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = NineLives(NEMESIS, data_dir=tmp_path, live=False)
    async with app.run_test(size=size) as pilot:
        await until_read(pilot)
        await until_read(pilot)
        await pilot.press("enter")
        await pilot.pause()
        dials = list(operate(pilot).query(Dial))
        more = list(dials[1].query("MoreChip"))[1]
        await pilot.click(more)
        await pilot.click("#place")
        await pilot.pause()
        assert keys_of(session(pilot)) == ["crash:web-2@5s"]
        row = operate(pilot).query_one(PlacedRow)
        row.scroll_visible(animate=False)
        await pilot.pause()
        await pilot.click(PlacedRow)
        await pilot.pause()
        assert keys_of(session(pilot)) == []
        assert not operate(pilot).query(PlacedRow)
        await pilot.press("u")
        await pilot.pause()
        assert keys_of(session(pilot)) == ["crash:web-2@5s"]
        assert len(operate(pilot).query(PlacedRow)) == 1
        operate(pilot).query_one(PlacedRow).focus()
        await pilot.press("delete")
        await pilot.pause()
        assert keys_of(session(pilot)) == []


async def test_a_diagnosis_and_a_prediction_are_chosen_among_the_controls(tmp_path: Path) -> None:
    app = NineLives(TEMPLATES / "predict.toml", data_dir=tmp_path, live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await until_read(pilot)
        assert "You have foreseen it: What breaks first?" in screen_text(app)
        await pilot.press("enter", "right", "right", "enter")
        await watch_to_the_end(pilot)
        assert session_of(app) == {"first": "shop-queue"}
        assert post_mortem(pilot).score.stars == 1
        assert "You said so" in " ".join(post_mortem(pilot).told.story)


def session_of(app: NineLives) -> dict[str, str]:
    (one,) = app.sessions.values()
    return one.choices


def test_a_plan_of_another_time_is_taken_over_as_far_as_it_fits() -> None:
    level = template("nemesis")
    pairs = {
        "crash:web-1@7s": "attack",
        "crash:web-9@7s": "attack",
        "rush:visitors@8s": "attack",
        "slow:web-1@9s": "attack",
        "nonsense@": "attack",
    }
    session = Session(level, EngineSimulator(), pairs)
    assert keys_of(session) == ["crash:web-1@7s", "rush:visitors@8s"]
    assert session.budget_left == 0
    assert session.place(parse_attack("slow:web-1@9s")).startswith("These attacks cost more")
    assert session.undo()
    assert keys_of(session) == []
    assert session.place(parse_attack("slow:web-1@9s")) == ""
    session.reset()
    assert keys_of(session) == []
    assert session.undo()
    assert keys_of(session) == ["slow:web-1@9s"]
