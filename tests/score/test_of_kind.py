from __future__ import annotations

import pytest

from game.engine.events.event import Night
from game.engine.kinds import load_kinds
from game.engine.log import Change, Log
from game.level.model import DIAGNOSIS, Answer, Question
from game.level.plan import make_plan
from game.score.batch import play
from game.score.json import scorecard_json
from game.score.measures import Unit
from game.score.of_kind import OfKind, pool_of_kind, right_answer
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


def answer(question: Question, log: Log) -> str:
    """The right answer of a run in which all operations were good."""
    return right_answer(question, Night(log, {}, ()))


def a_question(right: str, *changes: str) -> Question:
    kinds = load_kinds()
    answers = [
        Answer(id=name, label=name, event=event.record())
        for name in changes
        if (event := kinds.get("event", name)) is not None
    ]
    return Question(
        id="first",
        asks="?",
        right=right,
        answer=(*answers, Answer(id="nothing", label="nothing")),
    )


def a_log(*changes: tuple[int, Change], until_us: int = 1000) -> Log:
    log = Log(seed=1, duration_us=1000, clients=(), places=("web",), stations=(), faults=())
    for time_us, change in changes:
        log.changes.append((time_us, change, 0, 0))
    log.ended_us = until_us
    return log


DOWN, UP = Change.NODE_DOWN, Change.NODE_UP


@pytest.mark.parametrize(
    ("changes", "earliest", "most"),
    [
        ([], "nothing", "nothing"),
        ([(5, DOWN)], "node-down", "node-down"),
        ([(5, DOWN), (6, UP)], "node-down", ""),
        ([(5, DOWN), (5, UP)], "", ""),
        ([(5, DOWN), (6, UP), (7, UP)], "node-down", "node-up"),
    ],
)
def test_what_happened_first_or_most_is_right_and_of_equals_none(
    changes: list[tuple[int, Change]], earliest: str, most: str
) -> None:
    log = a_log(*changes)
    assert answer(a_question("earliest", "node-down", "node-up"), log) == earliest
    assert answer(a_question("most", "node-down", "node-up"), log) == most


def test_nothing_is_right_before_the_end() -> None:
    assert answer(a_question("earliest", "node-down"), a_log((5, DOWN), until_us=999)) == ""


def test_an_answer_is_right_over_several_runs_where_it_is_right_in_each() -> None:
    right, wrong = OfKind("q", 1, True, "", "a"), OfKind("q", 0, True, "", "b")
    assert pool_of_kind([(right,), (right,)]) == (right,)
    assert pool_of_kind([(right,), (wrong,)]) == (OfKind("q", 0, True, "", ""),)


def test_a_prediction_is_judged_by_the_run() -> None:
    level = template("predict")
    for said, stars in (("shop-queue", 1), ("store-queue", 0), ("none", 0)):
        card = play(level, make_plan(level, {"first": said}), (1, 2), load_kinds())
        assert card.stars == stars
        assert {one.right for one in card.tally.of_kind} == {"shop-queue"}
