"""What every level of the campaign offers, and its named plans on their first night. The proofs
themselves are `ninelives level test`'s."""

from __future__ import annotations

from collections import Counter

import pytest

from game.engine.kinds import load_kinds
from game.level.find import find_level, find_levels
from game.level.level_kinds import DESIGN
from game.level.model import SECOND_US
from game.level.proofs import Proof
from game.proof.domain import domain_of
from game.proof.share import is_tutorial
from game.score.batch import play
from tests.levels.playing import level_of, proofs_of

NAMES = tuple(path.stem for path in find_levels())
CHAPTERS = {
    "01-a-machine-you-have-never-heard-of": "A machine you have never heard of",
    "02-the-core-challenge": "The core challenge",
    "03-the-eight-fallacies": "The eight fallacies",
    "04-four-pillars": "Four pillars",
    "05-no-free-lunch": "No free lunch",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_level_is_short_and_says_what_it_offers(name: str) -> None:
    level = level_of(name)
    assert level.chapter == CHAPTERS[find_level(name).parent.name]
    assert level.system.duration <= 60 * SECOND_US
    assert len(level.hints) == 3
    assert level.story
    assert level.debrief
    assert all(choice.says for control in level.controls for choice in control.choices)
    assert all(goal.says for goal in level.goals)


@pytest.mark.parametrize("name", [name for name in NAMES if level_of(name).kind == DESIGN])
def test_a_design_offers_enough_plans_and_not_too_many(name: str) -> None:
    level = level_of(name)
    assert 1 <= sum(control.lesson for control in level.controls) <= 4
    assert domain_of(level).size() <= 200
    assert domain_of(level).size() >= 30 or is_tutorial(level)


@pytest.mark.parametrize("chapter", CHAPTERS.values())
def test_each_place_of_a_chapter_is_taken_once(chapter: str) -> None:
    places = Counter(level_of(name).order for name in NAMES if level_of(name).chapter == chapter)
    assert sorted(places) == list(range(1, len(places) + 1))
    assert set(places.values()) == {1}


@pytest.mark.parametrize(
    ("name", "proof"),
    [
        pytest.param(name, proof, id=f"{name}/{proof.id}")
        for name in NAMES
        for proof in proofs_of(name)
    ],
)
def test_each_named_plan_gets_its_verdict_on_the_first_night(name: str, proof: Proof) -> None:
    level = level_of(name)
    card = play(level, proof.plan, level.seeds[:1], load_kinds())
    assert (card.verdict == "passed") == (proof.verdict == "wins")
    if proof.stars is not None:
        assert card.stars >= proof.stars
