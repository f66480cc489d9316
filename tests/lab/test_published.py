"""A glance at every check: a few short replications must come near the published numbers.

`ninelives lab` is what holds the engine to the gates; this finds in seconds what is plainly wrong.
"""

from __future__ import annotations

import pytest

from game.lab.checks import Check, Row, load_checks
from game.lab.statistics import Exact, estimate

SEEDS = range(101, 105)
WORK = 0.1
NEAR = 0.2
"""Of the reference, beside five standard errors."""
SHARES = 0.02
"""Where the reference is a share near 0."""
CHECKS = [check for check in load_checks().values() if "/order" not in check.id]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_short_run_comes_near_the_published_number(check: Check) -> None:
    exact = all(isinstance(row.gate, Exact) for row in check.rows)
    found = [check.observe(seed, WORK) for seed in (SEEDS[:1] if exact else SEEDS)]
    for row in check.rows:
        values = [numbers[row.id] for numbers in found]
        assert is_near(row, values), f"{row.title}: {values} instead of {row.reference}"


def is_near(row: Row, values: list[float]) -> bool:
    if isinstance(row.gate, Exact):
        return all(value == row.reference for value in values)
    got = estimate(values)
    return abs(got.mean - row.reference) <= NEAR * abs(row.reference) + 5 * got.se + SHARES


def test_the_same_seed_measures_the_same() -> None:
    check = load_checks()["P1/rho-0.5"]
    assert check.observe(7, WORK) == check.observe(7, WORK)
    assert check.observe(7, WORK) != check.observe(8, WORK)
