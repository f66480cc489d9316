from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from game.engine.kinds import load_kinds
from game.proof.judge import judge
from game.proof.play import EnginePlayer
from game.proof.played import Job, Played
from game.proof.rule import Case
from game.proof.rules import RULES, rules_of
from game.proof.runs import Runs
from game.proof.share import share_of_winning_plans
from tests.proof.test_diagnoses import found_by
from tests.templates import level_of, template

RULE = "predict-one-answer"
NOTHING = '[[question.answer]]\nid = "nothing"\nlabel = "Nothing of this"\n'
RARELY = 'event = { event = "attempt-failed", service = "shop", cause = "queue-full" }'


def test_a_level_to_predict_is_held_to_what_makes_sense_for_it() -> None:
    ids = [rule.id for rule in rules_of("predict")]
    assert RULE in ids
    assert ids.count("rule-6-share-of-winning-plans") == 1
    assert not any(one.startswith(("rule-2", "rule-4")) for one in ids)
    assert RULE not in [rule.id for rule in RULES if rule.is_for("design")]


def test_the_template_has_one_answer() -> None:
    (found,) = found_by(template("predict"), RULE)
    assert found.ok


def test_only_plans_that_answer_every_question_of_one_star_count_for_the_share() -> None:
    level = template("predict")
    case = Case(level, (), Runs(EnginePlayer(level, load_kinds())), lambda _: 0, lambda _: None)
    assert case.domain.size() == 10
    assert share_of_winning_plans(case) == "1 of 9 plans win (11.1 %)"
    answers = {dict(plan.values)["first"] for plan in case.answered.all()}
    assert answers == {answer.id for answer in level.questions[0].answer}
    more = replace(level, questions=(replace(level.questions[0], stars=2),))
    assert replace(case, level=more).answered.size() == 10


def test_a_question_that_seeds_answer_differently_is_refused() -> None:
    level = template("predict")
    real = EnginePlayer(level, load_kinds())

    def by_seed(jobs: Sequence[Job]) -> list[Played]:
        return [
            replace(run, answers=(("first", "breaker" if run.seed == 3 else "shop-queue"),))
            for run in real(jobs)
        ]

    case = Case(level, (), Runs(by_seed), real.price, lambda _: None)
    (found,) = judge(case, [rule for rule in RULES if rule.id == RULE])
    assert not found.ok
    assert found.seed == 3
    assert "is 'shop-queue' on graded seed 1, and 'breaker' on 3" in found.says


def test_a_question_that_no_answer_fits_is_refused() -> None:
    level = level_of(
        "predict",
        (RARELY, 'event = { event = "node-up", node = "shop" }'),
        ('event = { event = "attempt-failed", service = "store", cause = "queue-full" }',
         'event = { event = "node-up", node = "store" }'),
        ('event = { event = "attempt-failed", service = "store", cause = "served-too-slowly" }',
         'event = "node-paused"'),
        ('event = { event = "operation-failed", cause = "waited-in-queue" }',
         'event = "node-resumed"'),
        (NOTHING, '[[question.answer]]\nid = "more"\nlabel = "More"\nevent = "target-back"\n'),
        ('event = "breaker-opened"', 'event = "breaker-closed"'),
    )  # fmt: skip
    (found,) = found_by(level, RULE)
    assert not found.ok
    assert "no right answer on graded seed 1" in found.says
