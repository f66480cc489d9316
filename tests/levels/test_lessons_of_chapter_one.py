"""Levels two to six, as a player meets them. Their proofs are `ninelives level test`'s."""

from __future__ import annotations

from itertools import pairwise

from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.engine.log import Change, Log
from game.engine.run import simulate
from game.level.model import SECOND_US
from game.level.plan import make_plan, system_with
from game.score.scorecard import Scorecard
from tests.levels.playing import first_night, leading_cause, level_of


def availability(card: Scorecard) -> float:
    seed = card.seeds[0]
    return seed.good / seed.operations


DEATHS = ("death", "another-death")


def successions(log: Log) -> int:
    """How often the coordinator made another copy the primary than the time before."""
    columns = (log.changes.column("change"), log.changes.column("place"))
    granted = [
        place for change, place in zip(*columns, strict=True) if change == Change.EPOCH_GRANTED
    ]
    return sum(before != after for before, after in pairwise(granted))


def good_after(log: Log, moment_us: int) -> float:
    """The share of good ones among the operations that were invoked from then on."""
    columns = (log.operations.column("invoked_us"), log.operations.column("cause"))
    causes = [cause for invoked_us, cause in zip(*columns, strict=True) if invoked_us >= moment_us]
    return causes.count(Cause.NONE) / len(causes)


def test_one_silent_oracle_of_three_takes_more_than_its_third_of_the_visitors() -> None:
    assert availability(first_night("how-long-is-too-long")) < 0.6
    assert leading_cause(first_night("how-long-is-too-long")) == "queue-full"


def test_eager_retries_turn_a_blip_into_an_outage_that_outlives_it() -> None:
    level = level_of("try-again")
    plan = make_plan(level, {"retry": "again at once", "number": "yes"})
    system = system_with(level, plan, load_kinds())
    boat_gone_us = 11_200_000
    late = good_after(simulate(system, 1), boat_gone_us + 10 * SECOND_US)
    assert late < 0.01
    assert good_after(simulate(system, 1, without=["boat"]), boat_gone_us) > 0.99


def test_leaving_out_who_fails_costs_the_five_and_those_behind_them() -> None:
    """By the time that the fifth visitor fails, others stand in the same queue."""
    level = level_of("the-slow-one")
    choice = "in turn, without who fails"
    log = simulate(system_with(level, make_plan(level, {"routing": choice}), load_kinds()), 1)
    out_us = next(
        time_us for time_us, change, *_ in log.changes.rows() if change == Change.TARGET_OUT
    )
    names = ("invoked_us", "ended_us", "cause")
    failed_us = [
        ended_us
        for invoked_us, ended_us, cause in zip(*map(log.operations.column, names), strict=True)
        if cause != Cause.NONE and invoked_us < out_us
    ]
    assert sum(ended_us <= out_us for ended_us in failed_us) == 5
    assert sum(ended_us > out_us for ended_us in failed_us) > 5
    (says,) = (
        each.says for control in level.controls for each in control.choices if each.label == choice
    )
    assert "The five, and those behind them, are visitors." in says


def test_a_budget_lets_the_outage_end_with_its_blip() -> None:
    level = level_of("try-again")
    plan = make_plan(level, {"retry": "the same, a quarter", "number": "yes"})
    log = simulate(system_with(level, plan, load_kinds()), 1)
    assert good_after(log, 12 * SECOND_US) > 0.99


def test_a_form_without_a_number_is_a_second_cat() -> None:
    without = first_night("try-again", retry="the same, a quarter")
    numbered = first_night("try-again", retry="the same, a quarter", number="yes")
    assert (without.measures["duplicates"] or 0) > 100
    assert numbered.measures["duplicates"] == 0


def test_a_health_check_never_finds_the_slow_one() -> None:
    often = availability(first_night("the-slow-one", health="every 100 ms"))
    assert often == availability(first_night("the-slow-one", health="never"))


def test_six_servers_are_enough_in_three_buildings_and_not_in_two() -> None:
    two = first_night("all-eggs", servers="6", zones="A and B")
    three = first_night("all-eggs", servers="6", zones="A, B and C")
    assert (two.verdict, three.verdict) == ("failed", "passed")


def test_a_fast_failover_loses_what_only_the_dead_primary_had() -> None:
    at_once = first_night("the-king-is-dead", silence="1 s")
    one_more = first_night("the-king-is-dead", silence="1 s", promise="when one more has it")
    assert availability(at_once) > 0.98
    assert (at_once.measures["lost_writes"] or 0) > 5
    assert one_more.measures["lost_writes"] == 0


def test_a_primary_that_comes_back_with_its_disk_has_kept_every_promise() -> None:
    let_sleep = first_night("the-king-is-dead")
    assert let_sleep.measures["lost_writes"] == 0
    assert availability(let_sleep) < 0.75


def test_a_nervous_detector_deposes_living_primaries() -> None:
    level = level_of("the-king-is-dead")
    counted = {}
    for silence in ("200 ms", "1 s"):
        plan = make_plan(level, {"promise": "when one more has it", "silence": silence})
        system = system_with(level, plan, load_kinds())
        counted[silence] = successions(simulate(system, 1, without=DEATHS))
    assert counted["1 s"] == 0
    assert counted["200 ms"] > 0
