from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from game.level.model import Goal
from game.level.plan import default_plan
from game.proof.budget import allowed_failures, budget_used
from game.proof.played import Extent, Job, Played
from tests.proof.fakes import FAST, PRICE, UP, FakePlayer, Night, level


def played(goal: Goal, night: Night, extent: Extent = Extent.WHOLE) -> Played:
    of = level(goals=(goal,))
    return FakePlayer(of, lambda _settings, _seed: night)([Job(default_plan(of), 1, extent)])[0]


@pytest.mark.parametrize(("failures", "used"), [(0, 0.0), (7, 0.7), (10, 1.0), (13, 1.3)])
def test_availability_uses_failures_of_those_allowed(failures: int, used: float) -> None:
    assert budget_used(UP, played(UP, Night(failures=failures))) == used


def test_where_no_failure_is_allowed_none_uses_nothing_and_one_uses_everything() -> None:
    always = replace(UP, at_least=1.0)

    assert budget_used(always, played(always, Night())) == 0.0
    assert budget_used(always, played(always, Night(failures=1))) == inf


def test_latency_is_measured_against_its_threshold() -> None:
    assert budget_used(FAST, played(FAST, Night(p99_ms=150))) == 0.75


def test_a_percentile_longer_than_the_deadline_uses_more_than_any_budget() -> None:
    assert budget_used(FAST, played(FAST, Night(p99_ms=None))) == inf


def test_a_price_has_no_luck_in_it() -> None:
    assert budget_used(PRICE, played(PRICE, Night(cost=3.99))) == 0.0
    assert budget_used(PRICE, played(PRICE, Night(cost=4.01))) == inf


def test_goodput_uses_the_part_of_the_offered_rate_that_may_be_missing() -> None:
    goal = Goal(id="flow", measure="goodput_rps", at_least=90.0)
    run = played(UP, Night(failures=500))
    result = replace(run.goals[0], id="flow", measure="goodput_rps", measured=95.0, met=True)

    assert budget_used(goal, replace(run, goals=(result,))) == pytest.approx(0.5)


def test_a_window_without_operations_uses_more_than_any_budget() -> None:
    assert budget_used(UP, played(UP, Night(), Extent.NOTHING)) == inf


def test_a_run_that_gave_up_uses_more_than_any_budget() -> None:
    assert budget_used(PRICE, played(PRICE, Night(verdict="too-expensive"))) == inf


def test_allowed_failures_are_exact() -> None:
    assert allowed_failures(UP, 10_000) == 10
