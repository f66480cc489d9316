"""The first level, as a beginner meets it. Its proof is the business of `ninelives level test`."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.find import find_level
from game.level.model import SECOND_US, Level
from game.level.plan import default_plan
from game.level.proofs import Proof, proofs_path, read_proofs
from game.level.read import read_level
from game.score.batch import play

PATH: Path = find_level("one-of-everything")
LEVEL: Level = read_level(PATH, load_kinds())
PROOFS = read_proofs(proofs_path(PATH), LEVEL).proofs


def test_the_chapter_opens_with_lamports_sentence() -> None:
    assert LEVEL.chapter == "A machine you have never heard of"
    words = " ".join(LEVEL.story.split())
    assert "the failure of a computer you didn't even know existed" in words


def test_it_takes_less_than_a_minute() -> None:
    assert LEVEL.system.duration <= 55 * SECOND_US


def test_every_choice_says_what_it_does() -> None:
    assert all(choice.says for control in LEVEL.controls for choice in control.choices)
    assert len(LEVEL.hints) == 3
    assert [control.id for control in LEVEL.controls if control.lesson] == ["servers"]


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.id)
def test_each_named_plan_gets_its_verdict_on_the_first_night(proof: Proof) -> None:
    card = play(LEVEL, proof.plan, LEVEL.seeds[:1], load_kinds())
    assert (card.verdict == "passed") == (proof.verdict == "wins")
    if proof.stars is not None:
        assert card.stars >= proof.stars


def test_the_plain_default_is_refused_by_the_only_server() -> None:
    card = play(LEVEL, default_plan(LEVEL), LEVEL.seeds[:1], load_kinds())
    causes = dict(card.seeds[0].causes)
    assert max(causes, key=lambda cause: causes[cause]) == "refused"
