from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from game.level.attacks import check_attacks, cost_of
from game.level.plan import make_plan
from game.proof.one_kind import AT_RANDOM, BEGINS, SETS, moved, plans_with
from game.proof.rules import rules_of
from game.proof.words import plan_words, rerun_words
from tests.proof.test_diagnoses import case_of, found_by
from tests.templates import level_of, template

RULE = "nemesis-one-kind-loses"
SEARCH = "nemesis-one-kind-search-loses"


def test_a_level_to_attack_is_held_to_its_own_rules() -> None:
    ids = [rule.id for rule in rules_of("nemesis")]
    assert RULE in ids
    assert "rule-1-default-loses" in ids
    assert ids.count("rule-6-share-of-winning-plans") == 2
    assert not any(one.startswith(("rule-2", "rule-4")) for one in ids)


def test_every_plan_of_one_kind_is_legal_and_spends_the_budget() -> None:
    case = case_of(template("nemesis"))
    for weapon in case.level.weapons:
        plans = list(plans_with(case.level, weapon))
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


PAIR = (
    ('[[policy]]\nid = "ask"', '[[node]]\nid = "db"\ncount = 2\n\n[[policy]]\nid = "ask"'),
    (
        'steps = [{ cpu = "10ms" }]',
        'steps = [{ cpu = "10ms" }, { call = "store", policy = "ask" }]\n\n'
        '[[service]]\nid = "store"\non = "db"\nqueue = 64\nsteps = [{ cpu = "2ms" }]',
    ),
)
"""Two machines of which the shop needs one, whatever stands before them."""
TARGETS = 'targets = ["web-1", "web-2", "web-3", "web-4"'
CRASHED = (f'what = "process"\n{TARGETS}]', f'what = "process"\n{TARGETS}, "db-1", "db-2"]')


def test_two_targets_that_are_last_in_the_list_are_tried_together() -> None:
    level = level_of("nemesis", *PAIR, CRASHED)
    (found,) = found_by(level, RULE)
    assert not found.ok
    assert "'crash' alone meets every goal" in found.says
    assert "--attack crash:db-1@" in found.rerun
    assert "--attack crash:db-2@" in found.rerun


@pytest.mark.parametrize("number", [3, 4, 6, 30])
def test_sets_of_targets_are_tried_as_far_as_they_are_few(number: int) -> None:
    level = level_of("nemesis")
    weapon = replace(level.weapons[0], targets=tuple(f"web-{n}" for n in range(number)), price=2)
    level = replace(level, weapons=(weapon,), attack_budget=6)
    plans = list(plans_with(level, weapon))
    assert len(plans) <= BEGINS * (number + 1) + 2 * SETS + AT_RANDOM
    together = {
        tuple(sorted({attack.target for attack in plan.attacks}))
        for plan in plans
        if len({attack.at for attack in plan.attacks}) == 1
    }
    all_sets = set(combinations(sorted(weapon.targets), 3))
    found = together & all_sets
    assert found == all_sets if number <= 6 else len(found) >= 15
    one_after_the_other = [
        plan
        for plan in plans
        if len({one.at for one in plan.attacks}) == len({one.target for one in plan.attacks}) == 3
    ]
    assert len(one_after_the_other) >= len(found) // 2


def test_a_step_of_the_search_moves_one_attack() -> None:
    level = template("nemesis")
    weapon = level.weapons[0]
    luck = Random(1)
    plan = next(plans_with(level, weapon))
    seen = {plan}
    for _ in range(200):
        other = moved(level, weapon, plan, luck)
        assert not list(check_attacks(level, other.attacks))
        assert len(other.attacks) == len(plan.attacks)
        assert len(set(other.attacks) - set(plan.attacks)) <= 1
        seen.add(other)
        plan = other
    assert len(seen) > 100


def test_the_search_tells_how_far_it_went() -> None:
    (found,) = found_by(template("nemesis"), SEARCH)
    assert found.ok
    assert found.says.startswith("150 steps from the nearest of them were tried: none wins")


def test_attacks_are_told_in_words() -> None:
    level = template("nemesis")
    case = case_of(level)
    assert plan_words(level, case.reference.plan) == "crash:web-1@7s, rush:visitors@7s"
    assert plan_words(level, make_plan(level, {})) == "no attack"
    assert rerun_words(level, case.reference.plan, 3).endswith(
        " --attack crash:web-1@7s --attack rush:visitors@7s --seed 3"
    )
