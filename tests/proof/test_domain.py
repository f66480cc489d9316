from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.plan import default_plan
from game.proof.domain import DOMAINS, Axis, Grid, domain_of
from game.proof.plans import set_to
from tests.proof.fakes import REPLICAS, SIZE, WAIT, case, control, level


def test_all_plans_are_all_settings_of_the_free_controls_once() -> None:
    of = level((REPLICAS, SIZE, WAIT))

    plans = list(domain_of(of).all({"replicas"}))

    assert len(plans) == domain_of(of).size({"replicas"}) == 9
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

    plans = domain_of(of).spread((), 150, Random(seed))

    assert len(plans) == 150
    for n, many in enumerate(choices):
        seen = Counter(dict(plan.values)[f"c{n}"] for plan in plans)
        assert len(seen) == many
        assert max(seen.values()) - min(seen.values()) <= 1


def test_the_same_luck_spreads_and_samples_the_same_plans() -> None:
    of = level([control(f"c{n}", *range(6)) for n in range(6)])

    domain = domain_of(of)
    assert domain.spread({"c0"}, 150, Random(1)) == domain.spread({"c0"}, 150, Random(1))
    assert domain.sample(200, Random(2)) == domain.sample(200, Random(2))


def test_a_sample_has_no_plan_twice() -> None:
    of = level([control("a", *range(15)), control("b", *range(15))])

    assert len(set(domain_of(of).sample(200, Random(3)))) == 200


@given(seed=st.integers(0, 2**32))
def test_a_neighbour_differs_in_one_free_control(seed: int) -> None:
    of = level((REPLICAS, SIZE, WAIT))
    plan = next(domain_of(of).all())

    moved = domain_of(of).neighbour({"replicas"}, plan, Random(seed))

    changed = [now for was, now in zip(plan.values, moved.values, strict=True) if was != now]
    assert len(changed) == 1
    assert changed[0][0] != "replicas"


def test_along_an_axis_nothing_else_changes() -> None:
    of = level((REPLICAS, SIZE, WAIT))
    domain = domain_of(of)

    plans = list(domain.along(default_plan(of), "size"))

    assert [domain.settings(plan) for plan in plans] == [
        {"replicas": "1", "size": label, "wait": "long"} for label in ("1", "2", "4")
    ]


def test_the_sample_of_a_design_is_the_one_that_its_records_were_made_with() -> None:
    of = level([control(f"c{n}", *range(6)) for n in range(4)])

    sampled = domain_of(of).sample(200, Random(2))

    assert [dict(plan.values) for plan in sampled[:2]] == [
        {"c0": "5", "c1": "5", "c2": "0", "c3": "0"},
        {"c0": "5", "c1": "4", "c2": "4", "c3": "1"},
    ]


def test_a_kind_of_level_may_bring_a_domain_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    of = level((REPLICAS, SIZE, WAIT))
    wait = Axis("wait", ("long", "short"), "long")
    small = Grid(
        (wait,),
        default_plan(of),
        lambda plan, axis_id, label: set_to(plan, {axis_id: label}),
        lambda plan, axis_id: dict(plan.values)[axis_id],
    )
    monkeypatch.setitem(DOMAINS, "design", lambda _level, _shown: small)

    assert domain_of(of).size() == 2
    assert case(of).domain.axes == (wait,)
