"""The list of checks: what must be on it, and the references against independent arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.lab.checks import load_checks
from game.lab.scenario import LEVELS, scenario
from game.lab.statistics import Exact
from game.level.read import inspect_level

PUBLISHED = {
    "P1/rho-0.5/mean": 2.0,
    "P1/rho-0.5/p50": 1.3863,
    "P1/rho-0.5/p99": 9.2103,
    "P1/rho-0.7/mean": 3.3333,
    "P1/rho-0.7/p50": 2.3105,
    "P1/rho-0.7/p99": 15.3506,
    "P2/erlang-c/waits": 0.596432,
    "P2/erlang-c/wait": 0.745541,
    "P2/bounded-0.9/blocked": 0.050814,
    "P2/bounded-0.9/sojourn": 4.64660,
    "P2/bounded-1.2/blocked": 0.192586,
    "P2/bounded-1.2/sojourn": 6.92614,
    "P2/erlang-b-exponential/blocked": 0.2,
    "P2/erlang-b-constant/blocked": 0.2,
    "P2/erlang-b-bimodal/blocked": 0.2,
    "P3/fifo-constant/wait": 0.5,
    "P3/fifo-erlang-4/wait": 0.625,
    "P3/fifo-exponential/wait": 1.0,
    "P3/fifo-hyperexponential/wait": 2.5,
    "P3/sharing-constant/sojourn": 2.0,
    "P3/sharing-hyperexponential/sojourn": 2.0,
    "P4/random-10/sojourn": 3.3333,
    "P4/round-robin-10/sojourn": 2.01980,
    "P4/power-of-two-10/sojourn": 1.677,
    "P4/least-outstanding-10/sojourn": 1.155,
    "P4/power-of-two-100/sojourn": 1.619,
    "P4/order-0.7/jsq-p2c": 1.0,
    "P5/fan-out/slow": 0.633968,
    "P5/unhedged/p99": 46.052,
    "P5/unhedged/p999": 69.078,
    "P5/hedged/p99": 38.005,
    "P5/hedged/p999": 49.517,
    "P5/hedged/extra": 0.05,
    "P5/fastest-1/mean": 0.33333,
    "P5/fastest-2/mean": 0.83333,
    "P5/fastest-3/mean": 1.83333,
    "P5/fastest-1/p99": 1.53506,
    "P5/fastest-2/p99": 2.83186,
    "P5/fastest-3/p99": 5.70044,
    "P7/2-of-3/availability": 0.972,
    "P7/3-of-5/availability": 0.99144,
    "P7/1-of-3/availability": 0.999,
    "P7/3-of-3/availability": 0.729,
    "P7/1-of-1/availability": 0.9,
    "P10/none-20/calls": 152,
    "P10/expo-20/calls": 150,
    "P10/equal-20/calls": 107,
    "P10/full-20/calls": 100,
    "P10/decorrelated-20/calls": 100,
    "P10/none-50/calls": 690,
    "P10/expo-50/calls": 622,
    "P10/equal-50/calls": 347,
    "P10/full-50/calls": 334,
    "P10/decorrelated-50/calls": 375,
    "P10/none-50/time": 1138,
    "P10/expo-50/time": 36_400,
    "P10/equal-50/time": 4154,
    "P10/full-50/time": 2903,
    "P10/decorrelated-50/time": 2211,
    "P10/order-50/time-full-equal": 1.0,
    "P9/layers-4-0.5/calls": 2.0,
    "P9/layers-4-1/calls": 64.0,
    "P9/pause-120/recovers": 1,
    "P9/pause-120/seconds": 33,
    "P9/pause-200/recovers": 0,
    "P9/pause-200-budget/recovers": 1,
    "P9/pause-200-bound/recovers": 1,
    "INV-7/10-constant-1/response": 2.732079,
    "CACHE/lru-50/hits": 0.350960,
    "ERLANG-A/rho-1/leave": 0.162926,
    "FORK-JOIN/rho-0.5/sojourn": 2.875,
    "REDUNDANCY/2-of-10/sojourn": 0.798096,
    "REPAIR/crews-5/up": 0.75,
    "TIED/rho-0.6/sojourn": 1.5625,
}
GROUPS = {
    *(f"P{number}" for number in (1, 2, 3, 4, 5, 7, 9)),
    *(f"INV-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 10)),
}


@pytest.mark.parametrize(("row_id", "reference"), PUBLISHED.items())
def test_the_references_are_the_published_numbers(row_id: str, reference: float) -> None:
    references = {
        f"{check.id}/{row.id}": row.reference
        for check in load_checks().values()
        for row in check.rows
    }
    assert references[row_id] == pytest.approx(reference, rel=3e-5)


def test_every_promised_group_is_there_with_twenty_replications() -> None:
    checks = load_checks().values()
    assert {check.group for check in checks} >= GROUPS
    chancy = [
        check
        for check in checks
        if check.group.startswith("P")
        and not all(isinstance(row.gate, Exact) for row in check.rows)
    ]
    assert all(check.replications == 20 for check in chancy)


@pytest.mark.parametrize("path", sorted(LEVELS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_level_of_the_lab_is_an_ordinary_level(path: Path) -> None:
    level, problems = inspect_level(path, load_kinds())
    assert level is not None, str(problems)


def test_more_work_measures_longer_after_the_same_warm_up() -> None:
    once, twice = scenario("one-server"), scenario("one-server", work=2.0)
    quiet_us = once.clients[0].deadline
    assert once.warm_up == twice.warm_up
    measured_us = once.duration - once.warm_up - quiet_us
    assert twice.duration - twice.warm_up - quiet_us == 2 * measured_us
