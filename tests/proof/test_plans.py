from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.plan import Plan
from game.proof.plans import (
    all_plans,
    buys_capacity,
    cheapest_plan,
    count_plans,
    highest,
    neighbour,
    sample_plans,
    set_to,
    spread_plans,
)
from tests.proof.fakes import REPLICAS, SIZE, WAIT, control, level


def test_all_plans_are_all_settings_of_the_free_controls_once() -> None:
    of = level((REPLICAS, SIZE, WAIT))

    plans = list(all_plans(of, {"replicas"}))

    assert len(plans) == count_plans(of, {"replicas"}) == 9
    assert len({plan.values for plan in plans}) == 9
    assert {dict(plan.values)["replicas"] for plan in plans} == {"1"}


@given(seed=st.integers(0, 2**32), choices=st.lists(st.integers(1, 7), min_size=1, max_size=5))
def test_a_latin_hypercube_shows_each_choice_of_each_control_equally_often(
    seed: int, choices: list[int]
) -> None:
    of = level(
        [
            control("free", *range(150)),
            *(control(f"c{n}", *range(many)) for n, many in enumerate(choices)),
        ]
    )

    plans = spread_plans(of, (), 150, Random(seed))

    assert len(plans) == 150
    for n, many in enumerate(choices):
        seen = Counter(dict(plan.values)[f"c{n}"] for plan in plans)
        assert len(seen) == many
        assert max(seen.values()) - min(seen.values()) <= 1


def test_the_same_luck_spreads_and_samples_the_same_plans() -> None:
    of = level([control(f"c{n}", *range(6)) for n in range(6)])

    assert spread_plans(of, {"c0"}, 150, Random(1)) == spread_plans(of, {"c0"}, 150, Random(1))
    assert sample_plans(of, 200, Random(2)) == sample_plans(of, 200, Random(2))


def test_a_sample_has_no_plan_twice() -> None:
    of = level([control("a", *range(15)), control("b", *range(15))])

    assert len(set(sample_plans(of, 200, Random(3)))) == 200


@given(seed=st.integers(0, 2**32))
def test_a_neighbour_differs_in_one_free_control(seed: int) -> None:
    of = level((REPLICAS, SIZE, WAIT))
    plan = next(all_plans(of))

    moved = neighbour(of, {"replicas"}, plan, Random(seed))

    changed = [now for was, now in zip(plan.values, moved.values, strict=True) if was != now]
    assert len(changed) == 1
    assert changed[0][0] != "replicas"


def test_the_highest_choice_is_the_largest_number_wherever_it_stands() -> None:
    assert highest(control("count", 4, 16, 2)).label == "16"


def test_the_highest_of_choices_that_are_no_numbers_is_the_last() -> None:
    assert highest(control("mode", "none", "sync", "async")).label == "async"


@given(
    prices=st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=4), min_size=1, max_size=4)
)
def test_the_cheapest_plan_is_the_cheapest_of_all(prices: list[list[int]]) -> None:
    of = level([control(f"c{n}", *range(len(row))) for n, row in enumerate(prices)])

    def price(plan: Plan) -> int:
        return sum(row[int(dict(plan.values)[f"c{n}"])] for n, row in enumerate(prices))

    assert price(cheapest_plan(of, price)) == min(price(plan) for plan in all_plans(of))


def test_a_control_that_costs_nothing_stays_at_its_default_in_the_cheapest_plan() -> None:
    of = level((control("count", 1, 2, default=2), control("free", "a", "b", default="b")))

    plan = cheapest_plan(of, lambda plan: int(dict(plan.values)["count"]))

    assert dict(plan.values) == {"count": "1", "free": "b"}


def test_a_plan_set_otherwise_keeps_the_rest() -> None:
    plan = Plan("one", (("a", "1"), ("b", "2")))

    assert set_to(plan, {"b": "3"}, "two") == Plan("two", (("a", "1"), ("b", "3")))


@pytest.mark.parametrize(
    ("family", "sets", "buys"),
    [
        ("routing", "client.people.rate", False),
        ("redundancy", "client.people.rate", True),
        ("routing", "node.web.count", True),
        ("timeouts", "node.web.eu.cores", True),
        ("workload", "node.web.speed", True),
        ("admission", "service.shop.workers", True),
        ("admission", "service.shop.queue", False),
        ("routing", "policy.speed.count", False),
    ],
)
def test_what_buys_capacity_goes_by_the_family_and_by_what_is_set(
    family: str, sets: str, buys: bool
) -> None:
    assert buys_capacity(control("dial", 1, 2, family=family, sets=sets)) is buys
