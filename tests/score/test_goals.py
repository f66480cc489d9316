from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.causes import Cause
from game.level.model import Goal
from game.score.goals import stars
from game.score.measures import MEASURES
from game.score.nines import allowed_failures
from game.score.scorecard import score_run
from tests.score.night import (
    MS,
    SECOND,
    a_level,
    a_log,
    a_system,
    add,
    at_most,
    availability,
    with_latencies,
)


@given(st.integers(1, 3000), st.integers(0, 40), st.integers(900, 1000))
def test_availability_is_met_exactly_while_failures_are_allowed(
    good: int, failed: int, per_mille: int
) -> None:
    goal = availability(per_mille / 1000)
    log = with_latencies([MS] * good, failed)
    (result,) = score_run(a_level(goal), a_system(), log, parts=0).goals
    assert result.met == (failed <= allowed_failures(per_mille / 1000, good + failed))
    assert result.met == (1000 * good >= per_mille * (good + failed))
    assert (result.lost_at_us is None) == result.met


def test_availability_is_lost_when_one_failure_too_many_ended() -> None:
    log = a_log()
    for number in range(10):
        add(log, number * SECOND, 500 * MS, Cause.REFUSED if number in (2, 4, 6) else Cause.NONE)
    (result,) = score_run(a_level(availability(0.9)), a_system(), log, parts=0).goals
    assert result.lost_at_us == 4_500_000


def test_a_percentile_is_lost_when_one_operation_too_many_outlasted_its_limit() -> None:
    log = a_log()
    for number in range(100):
        add(log, number * SECOND // 2, 300 * MS if number in (10, 20, 30) else 50 * MS)
    level = a_level(at_most("p99_ms", 200))
    (result,) = score_run(level, a_system(), log, parts=0).goals
    assert (result.met, result.measured) == (False, 300.0)
    assert result.lost_at_us == 10 * SECOND + 200 * MS


def test_a_percentile_that_falls_on_a_failure_misses_its_goal() -> None:
    log = with_latencies([MS] * 90, failed=10)
    (result,) = score_run(a_level(at_most("p99_ms", 100_000)), a_system(), log, parts=0).goals
    assert (result.met, result.measured) == (False, None)


@pytest.mark.parametrize("measure", ["availability", "goodput_rps", "p50_ms", "p99_ms", "p999_ms"])
def test_a_window_without_operations_meets_no_goal_about_operations(measure: str) -> None:
    at_least = Goal(id="floor", measure=measure, at_least=0)
    results = score_run(a_level(at_least, at_most(measure, 1e9)), a_system(), a_log(), parts=0)
    assert [goal.met for goal in results.goals] == [False, False]
    assert results.verdict == "failed"


@pytest.mark.parametrize("verdict", ["too-expensive", "engine-error"])
def test_a_run_that_did_not_reach_its_end_meets_no_goal(verdict: str) -> None:
    log = with_latencies([MS] * 100)
    log.verdict = verdict
    score = score_run(a_level(at_most("cost_per_hour", 1e6)), a_system(), log, parts=0)
    assert (score.verdict, score.stars, score.goals[0].met) == (verdict, 0, False)


@pytest.mark.parametrize(("failed", "expected"), [(0, 3), (1, 2), (2, 1), (10, 1), (11, 0)])
def test_stars_are_the_most_for_which_all_goals_hold(failed: int, expected: int) -> None:
    level = a_level(availability(0.99), availability(0.999, stars=2), availability(1.0, stars=3))
    log = with_latencies([MS] * (1000 - failed), failed)
    score = score_run(level, a_system(), log, parts=0)
    assert (score.stars, score.verdict) == (expected, "passed" if expected else "failed")


def test_a_tighter_star_does_not_count_while_an_easier_one_is_missed() -> None:
    level = a_level(at_most("p99_ms", 10, stars=2), availability(0.5, stars=3), availability(0.5))
    log = with_latencies([20 * MS] * 100)
    assert score_run(level, a_system(), log, parts=0).stars == 1


def test_a_level_with_goals_of_one_star_gives_one() -> None:
    score = score_run(a_level(availability(0.5)), a_system(), with_latencies([MS]), parts=0)
    assert score.stars == stars(score.goals) == 1


def test_a_goal_about_an_unknown_measure_is_a_programmers_error() -> None:
    level = a_level(replace(availability(0.5), measure="beauty"))
    assert "beauty" not in MEASURES
    with pytest.raises(AssertionError, match="beauty"):
        score_run(level, a_system(), with_latencies([MS]), parts=0)
