"""The laws against closed forms, over fine grids of the one number that each draw takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.laws import (
    LONGEST_US,
    Branch,
    Constant,
    Empirical,
    Erlang,
    Exponential,
    Hyperexponential,
    Lognormal,
    Mixture,
    Normal,
    Pareto,
    Part,
    Point,
    Uniform,
    Varying,
)
from game.engine.registry import REGISTRY
from game.level.annotations import Surroundings
from game.level.records import read_record

MEAN = 1_000_000
GRID = [(index + 0.5) / 20_000 for index in range(20_000)]

PLAIN: list[Varying] = [
    Exponential(mean=MEAN),
    Uniform(low=400_000, high=1_600_000),
    Normal(mean=MEAN, deviation=300_000),
    Normal(mean=100_000, deviation=MEAN),
    Lognormal(median=MEAN, sigma=0.5),
    Pareto(minimum=MEAN, alpha=4.5),
    Erlang(shape=1, mean=MEAN),
    Erlang(shape=4, mean=MEAN),
    Erlang(shape=60, mean=MEAN),
    Empirical(
        points=(
            Point(share=0, value=10),
            Point(share=0.5, value=MEAN),
            Point(share=1, value=3 * MEAN),
        )
    ),
    Empirical(values=(30_000, 10_000, 20_000), shares=(0.5, 0.25, 0.25)),
]
BRANCHING: list[Varying] = [
    Hyperexponential(mean=MEAN, cv2=4),
    Hyperexponential(branches=(Branch(share=0.9, mean=1_000), Branch(share=0.1, mean=MEAN))),
    Mixture(
        of=(
            Part(share=0.38, law=Pareto(minimum=MEAN, alpha=4.5)),
            Part(share=0.62, law=Exponential(mean=MEAN, plus=50_000)),
        )
    ),
    Mixture(
        of=(
            Part(share=0.5, law=Constant(value=MEAN)),
            Part(share=0.5, law=Hyperexponential(mean=MEAN, cv2=2)),
        )
    ),
]


def draws(law: Varying, grid: Sequence[float] = GRID) -> list[int]:
    sample = law.sampler()
    return [sample(u) for u in grid]


def named(law: Varying) -> str:
    return repr(law)[:60]


def test_every_law_of_the_format_is_registered() -> None:
    assert set(REGISTRY.names("law")) >= {
        "constant", "exponential", "uniform", "normal", "lognormal", "pareto", "erlang",
        "hyperexponential", "mixture", "empirical",
    }  # fmt: skip


@pytest.mark.parametrize("law", PLAIN + BRANCHING, ids=named)
def test_the_mean_of_the_draws_is_the_mean_that_the_law_says(law: Varying) -> None:
    mean = law.mean_us()
    assert mean is not None
    assert fmean(draws(law)) == pytest.approx(mean, rel=4e-3)


@pytest.mark.parametrize("law", PLAIN, ids=named)
def test_a_larger_number_never_gives_a_smaller_value(law: Varying) -> None:
    values = draws(law, [0.0, 2.0**-53, 1e-12, 1e-6, *GRID, 1 - 1e-9, 1 - 2.0**-53])
    assert values == sorted(values)


@pytest.mark.parametrize("law", PLAIN[:9], ids=named)
@pytest.mark.parametrize("u", [0.001, 0.1, 0.5, 0.9, 0.99, 0.9999])
def test_the_inverse_undoes_the_distribution_function(law: Varying, u: float) -> None:
    value = law.quantile()(u)
    if value > 0:
        assert law.up_to(value) == pytest.approx(u, rel=1e-9)


@pytest.mark.parametrize(
    ("law", "u", "expected"),
    [
        (Exponential(mean=MEAN), 0.5, MEAN * math.log(2)),
        (Exponential(mean=MEAN), 0.99, MEAN * 4.605170),
        (Uniform(low=100, high=300), 0.25, 150),
        (Normal(mean=MEAN, deviation=100_000), 0.975, MEAN + 195_996.4),
        (Lognormal(median=MEAN, sigma=0.5), 0.5, MEAN),
        (Lognormal(median=MEAN, sigma=0.5), 0.8413447, MEAN * math.exp(0.5)),
        (Pareto(minimum=235, alpha=10), 0.99, 235 * 100**0.1),
        (Pareto(minimum=1050, alpha=1.51), 0.0, 1050),
        (Erlang(shape=2, mean=2 * MEAN), 0.5, MEAN * 1.6783470),
        (Erlang(shape=4, mean=4 * MEAN), 0.99, MEAN * 10.045117),
    ],
)
def test_quantiles_are_those_of_the_closed_forms(law: Varying, u: float, expected: float) -> None:
    assert law.sampler()(u) == pytest.approx(expected, abs=1)


def coefficient_of_variation_squared(values: Sequence[int]) -> float:
    mean = fmean(values)
    return fmean([(value - mean) ** 2 for value in values]) / mean**2


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (Exponential(mean=MEAN), 1.0),
        (Erlang(shape=4, mean=MEAN), 0.25),
        (Hyperexponential(mean=MEAN, cv2=4), 4.0),
        (Uniform(low=0, high=2 * MEAN), 1 / 3),
        (Lognormal(median=MEAN, sigma=0.5), math.exp(0.25) - 1),
    ],
)
def test_the_spread_is_that_of_the_law(law: Varying, expected: float) -> None:
    assert coefficient_of_variation_squared(draws(law)) == pytest.approx(expected, rel=0.02)


def test_a_mixture_gives_each_part_its_share() -> None:
    law = Mixture(of=(
        Part(share=0.25, law=Constant(value=1)), Part(share=0.75, law=Constant(value=2))
    ))  # fmt: skip
    assert draws(law).count(1) == len(GRID) // 4


def test_measured_values_come_as_often_as_their_shares() -> None:
    law = Empirical(values=(5, 1, 3), shares=(0.5, 0.3, 0.2))
    counts = [draws(law).count(value) for value in (1, 3, 5)]
    assert counts == [6_000, 4_000, 10_000]


def test_a_law_without_a_mean_says_so() -> None:
    assert Pareto(minimum=1, alpha=1).mean_us() is None
    assert Mixture(of=(Part(share=1, law=Pareto(minimum=1, alpha=0.5)),)).mean_us() is None
    bounded = Pareto(minimum=1, alpha=1, at_most=100).mean_us()
    assert bounded == pytest.approx(math.log(100) / 0.99)


def test_only_a_constant_needs_no_luck() -> None:
    assert Constant(value=7).constant() == 7
    assert Constant(value=7).sampler()(0.3) == 7
    assert all(law.constant() is None for law in PLAIN + BRANCHING)


def test_the_heaviest_tail_cannot_overflow_the_clock() -> None:
    assert Pareto(minimum=MEAN, alpha=0.1).sampler()(1 - 2.0**-53) == LONGEST_US
    assert Lognormal(median=MEAN, sigma=10).sampler()(1 - 2.0**-53) == LONGEST_US


SHAPES = [
    Exponential(mean=MEAN),
    Normal(mean=MEAN, deviation=MEAN),
    Lognormal(median=MEAN, sigma=1),
    Erlang(shape=3, mean=MEAN),
    Pareto(minimum=MEAN // 2, alpha=1.5),
    Hyperexponential(mean=MEAN, cv2=3),
    BRANCHING[2],
    PLAIN[-2],
]


def changed(law: Varying, **fields: int | None) -> Varying:
    return replace(law, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("law", SHAPES, ids=named)
def test_truncation_is_the_law_given_that_it_falls_inside(law: Varying) -> None:
    low, high = 600_000, 2_500_000
    inside = [value for value in draws(law) if low <= value <= high]
    truncated = changed(law, at_least=low, at_most=high)
    assert fmean(draws(truncated)) == pytest.approx(fmean(inside), rel=2e-3)
    assert truncated.mean_us() == pytest.approx(fmean(inside), rel=2e-3)
    middle = sorted(draws(truncated))[len(GRID) // 2]
    assert middle == pytest.approx(sorted(inside)[len(inside) // 2], rel=2e-3)


@given(
    law=st.sampled_from(SHAPES),
    low=st.integers(0, 1_500_000),
    width=st.integers(600_000, 10**7),
    plus=st.integers(0, 400_000),
    u=st.floats(0, 1, exclude_max=True),
)
def test_no_draw_leaves_its_bounds(law: Varying, low: int, width: int, plus: int, u: float) -> None:
    bounded = changed(law, plus=plus, at_least=low + plus, at_most=low + plus + width)
    assert low + plus <= bounded.sampler()(u) <= low + plus + width


@given(
    law=st.sampled_from(PLAIN + BRANCHING),
    plus=st.integers(0, 10**9),
    u=st.floats(0, 1, exclude_max=True),
)
def test_a_shift_adds_exactly_that_much(law: Varying, plus: int, u: float) -> None:
    value = law.sampler()(u)
    assert isinstance(value, int)
    assert value >= 0
    assert changed(law, plus=plus).sampler()(u) == value + plus


@given(shape=st.integers(1, 100), u=st.floats(1e-9, 1 - 1e-9))
def test_the_erlang_inverse_holds_everywhere(shape: int, u: float) -> None:
    law = Erlang(shape=shape, mean=MEAN)
    assert law.up_to(law.quantile()(u)) == pytest.approx(u, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "table", "law"),
    [
        ("exponential", {"mean": "5ms", "plus": "1ms"}, Exponential(mean=5000, plus=1000)),
        ("pareto", {"minimum": "235us", "alpha": 10}, Pareto(minimum=235, alpha=10)),
        (
            "mixture",
            {
                "of": [
                    {"share": "40%", "law": "3ms"},
                    {"share": 0.6, "law": {"law": "uniform", "high": "1s"}},
                ]
            },
            Mixture(
                of=(
                    Part(share=0.4, law=Constant(value=3000)),
                    Part(share=0.6, law=Uniform(high=MEAN)),
                )
            ),
        ),
        ("empirical", {"values": ["1ms", "2ms"]}, Empirical(values=(1000, 2000))),
    ],
)
def test_a_law_is_read_as_a_level_writes_it(
    name: str, table: dict[str, object], law: object
) -> None:
    kind = REGISTRY.get("law", name)
    assert kind is not None
    assert read_record(kind.record, table, Surroundings(REGISTRY, {})) == law


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Uniform(low=5, high=5), "low smaller"),
        (lambda: Hyperexponential(mean=5, cv2=0.5), "cv2 of at least 1"),
        (lambda: Hyperexponential(mean=5), "branches, or mean and cv2"),
        (lambda: Mixture(of=(Part(share=0.5, law=Constant(value=1)),)), "add up to 0.5"),
        (lambda: Empirical(), "values or points"),
        (lambda: Empirical(values=(1, 2), shares=(1.0,)), "one share for each value"),
        (lambda: Empirical(points=(Point(share=0.1, value=1), Point(share=1, value=2))), "share 0"),
        (lambda: Exponential(mean=5, at_least=9, at_most=9), "smaller than at_most"),
        (lambda: Exponential(mean=5, at_least=900), "leave more of the law"),
        (lambda: Pareto(minimum=5, alpha=2, at_most=4), "leave more of the law"),
        (lambda: Pareto(minimum=5, alpha=0.01), "alpha from 0.1"),
        (lambda: Erlang(shape=101, mean=5), "at most 100"),
    ],
)
def test_parameters_that_no_law_has_are_refused(make: object, words: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=words):
        make()
