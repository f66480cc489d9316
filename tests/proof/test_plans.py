from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.plan import Plan
from game.proof.domain import domain_of
from game.proof.plans import (
    buys_capacity,
    cheapest_plan,
    highest,
    set_to,
)
from tests.proof.fakes import control, level


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

    assert price(cheapest_plan(of, price)) == min(price(plan) for plan in domain_of(of).all())


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
