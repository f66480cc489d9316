from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.causes import Cause
from game.level.model import MEASURES as NAMES_FOR_GOALS
from game.level.model import Client, NodeGroup, Prices
from game.score.measures import MEASURES
from game.score.scorecard import SeedScore, score_run
from tests.score.night import (
    MS,
    SECOND,
    a_level,
    a_log,
    a_system,
    add,
    served,
    with_latencies,
)


def measure(name: str, score: SeedScore) -> float | None:
    return score.measures[name]


def test_availability_is_good_over_valid_operations() -> None:
    score = score_run(a_level(), a_system(), with_latencies([10 * MS] * 998, failed=2), parts=0)
    assert (score.good, score.operations) == (998, 1000)
    assert measure("availability", score) == 0.998


def test_only_operations_invoked_in_the_window_are_valid_whenever_they_ended() -> None:
    log = a_log()
    for invoked_us in (SECOND - 1, SECOND, 2 * SECOND - 1, 2 * SECOND, 2 * SECOND + 1):
        add(log, invoked_us, 700 * MS)
    score = score_run(a_level(window_us=(SECOND, 2 * SECOND)), a_system(), log, parts=0)
    # By their ends it would be two.
    assert score.operations == 3


def test_an_answer_after_the_deadline_of_its_own_client_group_is_not_good() -> None:
    system = a_system(
        clients=(
            Client(id="people", call="shop", rate=1, deadline=100 * MS),
            Client(id="robots", call="shop", rate=1, deadline=900 * MS),
        )
    )
    log = a_log(system=system)
    add(log, 0, 100 * MS, client=0)
    add(log, 0, 101 * MS, client=0)
    add(log, 0, 900 * MS, client=1)
    score = score_run(a_level(system=system), system, log, parts=0)
    assert (score.operations, score.good) == (3, 2)
    assert score.causes == {"late-answer": 1}


@given(st.lists(st.integers(0, 800 * MS), min_size=1, max_size=300), st.integers(0, 30))
def test_percentiles_are_the_nearest_rank_with_failures_behind_all_others(
    latencies_us: list[int], failed: int
) -> None:
    score = score_run(a_level(), a_system(), with_latencies(latencies_us, failed), parts=0)
    ordered = [*sorted(latencies_us), *[None] * failed]
    for name, per_mille in (("p50_ms", 500), ("p99_ms", 990), ("p999_ms", 999)):
        expected = ordered[ceil(per_mille * len(ordered) / 1000) - 1]
        assert measure(name, score) == (None if expected is None else expected / 1000)


def test_failing_fast_does_not_improve_a_percentile() -> None:
    log = with_latencies([50 * MS] * 98)
    for number in range(2):
        add(log, number, 1, Cause.SHED)
    assert measure("p99_ms", score_run(a_level(), a_system(), log, parts=0)) is None


def test_goodput_is_good_operations_a_second_of_the_window() -> None:
    log = with_latencies([10 * MS] * 90, failed=10)
    score = score_run(a_level(window_us=(0, 4 * SECOND)), a_system(), log, parts=0)
    assert measure("goodput_rps", score) == 22.5


def test_wasted_share_is_service_given_to_attempts_that_nobody_waited_for() -> None:
    log = a_log()
    served(log, 0, 30)
    served(log, 100, 110, wasted=True)
    served(log, 200, -1)
    served(log, -1, -1)
    assert measure("wasted_share", score_run(a_level(), a_system(), log, parts=0)) == 0.25


def test_a_run_without_operations_or_work_has_no_number_to_show() -> None:
    score = score_run(a_level(), a_system(), a_log(), parts=0)
    for name in ("availability", "p50_ms", "p99_ms", "p999_ms", "goodput_rps", "wasted_share"):
        assert measure(name, score) is None


def test_cost_is_all_nodes_and_the_bytes_that_left_scaled_to_an_hour() -> None:
    system = a_system(
        nodes=(
            NodeGroup(id="web", count=3, price_per_hour=100_000),
            NodeGroup(id="db", price_per_hour=250_000),
            NodeGroup(id="spare", count=0, price_per_hour=900_000),
        ),
        prices=Prices(cross_zone_gib=10_000, cross_region_gib=20_000),
    )
    log = a_log(cross_zone_bytes=2 << 30, cross_region_bytes=1 << 30)
    score = score_run(a_level(system=system), system, log, parts=0)
    # 40,000 millionths in one minute are 2.40 an hour.
    assert score.tally.cost_micros == 550_000 + 60 * 40_000
    assert measure("cost_per_hour", score) == 2.95


def test_cost_is_rounded_once_to_whole_millionths() -> None:
    system = a_system(nodes=(), prices=Prices(cross_zone_gib=1))
    for share, micros in (((1 << 30) // 120, 0), ((1 << 30) // 120 + 1, 1)):
        log = a_log(cross_zone_bytes=share)
        assert score_run(a_level(system=system), system, log, parts=0).tally.cost_micros == micros


def test_messages_and_parts_are_told_as_they_are() -> None:
    score = score_run(a_level(), a_system(), a_log(messages=1234), parts=7)
    assert (measure("messages", score), measure("moving_parts", score)) == (1234, 7)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_says_what_it_is(name: str) -> None:
    assert MEASURES[name].says


def test_goals_may_be_set_on_every_measure_and_on_nothing_else() -> None:
    assert set(MEASURES) == set(NAMES_FOR_GOALS)
