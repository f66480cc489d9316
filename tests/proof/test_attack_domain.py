from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.level.attacks import check_attacks, cost_of
from game.level.model import Level
from game.level.plan import default_plan
from game.proof.attack_domain import Attacks
from game.proof.domain import domain_of
from tests.templates import template


def small(budget: int) -> Level:
    """Few moments, so that all plans can be counted by hand."""
    level = template("nemesis")
    return replace(level, attack_budget=budget, window_us=(0, 1_000_000))


def test_a_level_to_attack_has_a_domain_of_its_own() -> None:
    assert isinstance(domain_of(template("nemesis")), Attacks)
    assert domain_of(template("nemesis")).axes == ()


@pytest.mark.parametrize(("budget", "plans"), [(2, 1), (3, 17), (5, 19), (6, 19 + 16 * 15 // 2)])
def test_plans_within_the_budget_are_counted_as_they_are_listed(budget: int, plans: int) -> None:
    domain = Attacks(small(budget))
    every = list(domain.all())
    assert len(every) == len(set(every)) == domain.size() == plans
    assert every[0] == default_plan(domain.level)


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_random_attacks_are_legal_and_spend_what_they_can(seed: int) -> None:
    level = template("nemesis")
    domain = Attacks(level)
    (plan,) = domain.sample(1, Random(seed))
    assert not list(check_attacks(level, plan.attacks))
    left = level.attack_budget - cost_of(level, plan.attacks)
    assert 0 <= left < min(weapon.price for weapon in level.weapons)


@settings(max_examples=30)
@given(st.integers(0, 2**32))
def test_a_small_change_is_legal_and_changes_something(seed: int) -> None:
    level = template("nemesis")
    domain, luck = Attacks(level), Random(seed)
    plan = domain.sample(1, luck)[0]
    for _ in range(5):
        other = domain.neighbour((), plan, luck)
        assert other != plan
        assert not list(check_attacks(level, other.attacks))
        plan = other


def test_samples_are_different_plans_and_the_same_for_the_same_luck() -> None:
    domain = Attacks(template("nemesis"))
    plans = domain.sample(200, Random(2))
    assert len(set(plans)) == 200
    assert plans == domain.sample(200, Random(2))
