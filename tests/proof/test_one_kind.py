from __future__ import annotations

from game.level.attacks import check_attacks, cost_of
from game.level.plan import make_plan
from game.proof.one_kind import plans_with
from game.proof.rules import rules_of
from game.proof.words import plan_words, rerun_words
from tests.proof.test_diagnoses import case_of, found_by
from tests.templates import level_of, template

RULE = "nemesis-one-kind-loses"


def test_a_level_to_attack_is_held_to_its_own_rules() -> None:
    ids = [rule.id for rule in rules_of("nemesis")]
    assert RULE in ids
    assert "rule-1-default-loses" in ids
    assert ids.count("rule-6-share-of-winning-plans") == 2
    assert not any(one.startswith(("rule-2", "rule-4")) for one in ids)


def test_every_plan_of_one_kind_is_legal_and_spends_the_budget() -> None:
    case = case_of(template("nemesis"))
    for weapon in case.level.weapons:
        plans = list(plans_with(case, weapon))
        assert len(plans) > 20
        for plan in plans:
            assert {attack.weapon for attack in plan.attacks} == {weapon.id}
            assert not list(check_attacks(case.level, plan.attacks))
        costs = {cost_of(case.level, plan.attacks) for plan in plans}
        assert max(costs) == case.level.attack_budget // weapon.price * weapon.price


def test_a_weapon_that_is_enough_by_itself_is_refused() -> None:
    level = level_of("nemesis", ("times = 3\n", "times = 9\n"))
    (found,) = found_by(level, RULE)
    assert not found.ok
    assert "'rush' alone meets every goal" in found.says
    assert "--attack rush:visitors@" in found.rerun


def test_attacks_are_told_in_words() -> None:
    level = template("nemesis")
    case = case_of(level)
    assert plan_words(level, case.reference.plan) == "crash:web-1@7s, rush:visitors@7s"
    assert plan_words(level, make_plan(level, {})) == "no attack"
    assert rerun_words(level, case.reference.plan, 3).endswith(
        " --attack crash:web-1@7s --attack rush:visitors@7s --seed 3"
    )
