from __future__ import annotations

from random import Random

from game.engine.kinds import load_kinds
from game.level.model import DIAGNOSIS, Level
from game.level.proofs import read_proofs
from game.proof.judge import judge
from game.proof.play import EnginePlayer
from game.proof.report import Finding
from game.proof.rule import Case
from game.proof.rules import rules_of
from game.proof.runs import Runs
from tests.templates import TEMPLATES, level_of, template


def case_of(level: Level) -> Case:
    player = EnginePlayer(level, load_kinds())
    proofs = read_proofs(TEMPLATES / f"{level.kind}.proofs.toml", level)
    return Case(level, proofs.proofs, Runs(player), player.price, lambda _: None)


def found_by(level: Level, *rules: str) -> tuple[Finding, ...]:
    """What the rules of these ids find, on the graded seeds."""
    chosen = [rule for rule in rules_of(level.kind) if rule.id in rules]
    return judge(case_of(level), chosen)


def test_rules_of_diagnoses_are_for_levels_to_diagnose() -> None:
    for kind, has in (("diagnose", True), ("design", False)):
        ids = {rule.id for rule in rules_of(kind)}
        assert ("diagnose-wrong-mends-lose" in ids) is has
        assert ("diagnose-right-mend-wins" in ids) is has


def test_the_template_holds_both() -> None:
    found = found_by(template("diagnose"), "diagnose-wrong-mends-lose", "diagnose-right-mend-wins")
    assert [one.ok for one in found] == [True, True]


def test_a_wrong_diagnosis_whose_mend_helps_is_refused() -> None:
    helps = '{ routing = "who is fast", retries = "ask again" }'
    level = level_of("diagnose", ('{ routing = "by lot" }', helps))
    (found,) = found_by(level, "diagnose-wrong-mends-lose")
    assert not found.ok
    assert "'turns' must lose, but meets every other goal" in found.says
    assert "diagnosis=turns" in found.plan


def test_a_right_diagnosis_whose_mend_does_not_help_is_refused() -> None:
    helps_not = '{ routing = "by lot", retries = "ask again" }'
    level = level_of("diagnose", ('{ routing = "who is fast" }', helps_not))
    (found,) = found_by(level, "diagnose-right-mend-wins")
    assert not found.ok
    assert "answered" in found.says


def test_a_diagnosis_alone_is_no_lesson() -> None:
    level = level_of("diagnose", ("lesson = true\n", ""))
    (found,) = found_by(level, "rule-2-lesson-is-necessary")
    assert not found.ok
    assert "no control as its lesson" in found.says


def test_the_search_for_winners_says_the_right_thing_all_along() -> None:
    case = case_of(template("diagnose"))
    plans = case.well_said.spread({"routing"}, 20, Random(1))
    assert {dict(plan.values)[DIAGNOSIS] for plan in plans} == {"gray"}
    assert case.well_said.size() * 7 == case.domain.size()
