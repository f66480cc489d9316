from __future__ import annotations

from game.engine.kinds import load_kinds
from game.level.model import DIAGNOSIS
from game.level.plan import make_plan
from game.score.batch import play
from game.score.json import scorecard_json
from game.score.measures import Unit
from game.score.words import measure_words, target_words
from tests.templates import template


def test_a_scorecard_says_whether_the_diagnosis_was_right() -> None:
    level = template("diagnose")
    for said, words in (("gray", "right"), ("crash", "wrong"), ("none", "wrong")):
        card = play(level, make_plan(level, {DIAGNOSIS: said}), (1, 2), load_kinds())
        goal = next(goal for goal in card.goals if goal.id == DIAGNOSIS)
        assert goal.unit is Unit.ANSWER
        assert target_words(goal) == "right"
        assert measure_words(DIAGNOSIS, goal.measured, card.tally) == words
        assert goal.met is (words == "right")
        assert scorecard_json(card)["measures"][DIAGNOSIS] == int(goal.met)


def test_what_is_said_changes_no_digest() -> None:
    level = template("diagnose")
    cards = [
        play(level, make_plan(level, {DIAGNOSIS: said}), (1,), load_kinds())
        for said in ("none", "gray")
    ]
    assert cards[0].digest == cards[1].digest
    assert cards[0].plan_hash != cards[1].plan_hash
