"""Estimates, quantiles and gates."""

from __future__ import annotations

from math import log, sqrt
from random import Random

import pytest

from game.lab.statistics import (
    Below,
    Estimate,
    Exact,
    Percent,
    StandardErrors,
    Within,
    estimate,
    passes,
    quantile,
)


def test_the_standard_error_is_that_of_the_mean() -> None:
    got = estimate([1.0, 2.0, 3.0, 4.0])
    assert got.mean == 2.5
    assert got.se == pytest.approx(sqrt(5 / 3 / 4))
    assert got.replications == 4


def test_a_single_replication_has_no_error() -> None:
    assert estimate([3.0]) == Estimate(3.0, 0.0, 1)


def test_a_quantile_of_few_values_is_one_of_them_at_the_ends() -> None:
    assert quantile([3, 1, 2], 0.0) == 1
    assert quantile([3, 1, 2], 1.0) == 3
    assert quantile([3, 1, 2], 0.5) == 2


def test_the_quantile_of_small_samples_is_not_biased() -> None:
    random = Random(1)
    guesses = sorted(
        quantile([-log(1 - random.random()) for _ in range(400)], 0.99) for _ in range(800)
    )
    assert guesses[400] == pytest.approx(log(100), rel=0.02)


def test_a_percent_gate_asks_for_nearness_and_for_certainty() -> None:
    assert passes(Estimate(1.04, 0.016, 20), 1.0, Percent(5))
    assert not passes(Estimate(1.06, 0.001, 20), 1.0, Percent(5))
    assert not passes(Estimate(1.00, 0.017, 20), 1.0, Percent(5))


def test_a_gate_in_points_does_not_grow_with_the_reference() -> None:
    assert passes(Estimate(0.206, 0.002, 20), 0.2, Within(0.007))
    assert not passes(Estimate(0.208, 0.002, 20), 0.2, Within(0.007))


def test_a_gate_in_standard_errors_counts_those_of_the_reference() -> None:
    assert passes(Estimate(1.02, 0.004, 20), 1.0, StandardErrors(reference_se=0.003))
    assert not passes(Estimate(1.02, 0.004, 20), 1.0, StandardErrors())


def test_without_a_size_the_error_must_be_small() -> None:
    assert not passes(Estimate(1.0, 0.006, 20), 1.0, StandardErrors())
    assert passes(Estimate(1.0, 0.006, 20), 1.0, StandardErrors(sized=True))


def test_what_must_be_smaller_must_be_so_beyond_chance() -> None:
    assert passes(Estimate(0.9, 0.02, 20), 1.0, Below())
    assert not passes(Estimate(0.92, 0.02, 20), 1.0, Below())
    assert not passes(Estimate(1.1, 0.0, 20), 1.0, Below())


def test_an_invariant_allows_no_difference() -> None:
    assert passes(Estimate(0.0, 0.0, 1), 0.0, Exact())
    assert not passes(Estimate(1e-12, 0.0, 1), 0.0, Exact())
