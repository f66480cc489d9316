"""Trade-offs of the chapter "No free lunch", as a player meets them. Their proofs are
`ninelives level test`'s."""

from __future__ import annotations

from collections import Counter

import pytest

from game.level.model import SECOND_US
from game.score.scorecard import Scorecard
from tests.levels.playing import first_log, first_night, level_of, measure


def cut(**settings: str) -> Scorecard:
    """The night of the cut cable, with people who try once more."""
    quick = {"tries": "tries once more", "wait": "200 ms"}
    return first_night("one-cable-two-islands", **{**quick, **settings})


def test_a_cat_is_safe_or_given_away_on_both_sides_while_the_cable_is_cut() -> None:
    sure, quick = (
        cut(cats=cats, cards="whoever is near") for cats in ("a majority", "whoever is first")
    )
    assert measure(sure, "oversold") == 0 < measure(quick, "oversold")
    turned_away = "island_families_turned_away"
    assert measure(sure, turned_away) > 100 > measure(quick, turned_away)


def test_a_wall_that_must_be_sure_is_closed_to_the_small_side() -> None:
    sure, near = (
        cut(cats="a majority", cards=cards) for cards in ("a majority", "whoever is near")
    )
    turned_away = "island_readers_turned_away"
    assert measure(sure, turned_away) > 300 > 50 > measure(near, turned_away)
    assert measure(near, "stale_reads") == 0


def test_the_majority_goes_where_the_machines_are() -> None:
    moved, at_home = (
        cut(cats="a majority", cards="whoever is near", **{"island-machines": machines})
        for machines in ("4", "2")
    )
    turned_away = "families_turned_away"
    assert measure(moved, turned_away) > 2 * measure(at_home, turned_away)


def test_headroom_shortens_queues_and_wakes_no_cat() -> None:
    full, idle = (first_night("a-second-opinion", servers=servers) for servers in ("3", "8"))
    assert measure(idle, "p50_ms") < measure(full, "p50_ms") / 2
    assert measure(idle, "p99_ms") > 400


def test_a_hedge_on_full_servers_is_a_storm_and_on_idle_ones_a_cure() -> None:
    full, idle = (
        first_night("a-second-opinion", second="after 60 ms", servers=servers)
        for servers in ("3", "8")
    )
    assert measure(full, "availability") < 0.2
    assert measure(idle, "p99_ms") < 200


def test_a_photo_that_nobody_wants_any_more_is_on_the_bill() -> None:
    plain, twice, stopped = (
        measure(first_night("a-second-opinion", servers="8", **settings), "cost_per_hour")
        for settings in (
            {},
            {"second": "at once"},
            {"second": "at once", "other": "is told to stop"},
        )
    )
    bytes_once = plain - 8
    assert bytes_once == pytest.approx(3.43, abs=0.1)
    assert twice - 8 == pytest.approx(2 * bytes_once, rel=0.05)
    assert plain < stopped < twice - bytes_once / 2


FEW = {
    "visitors": "goes home",
    "shop": "asks once more",
    "health": "twice a second",
    "breaker": "no",
    "second": "never",
}
NOTHING = {**FEW, "shop": "says so", "health": "never"}


def served(**settings: str) -> float:
    return measure(first_night("belt-and-braces", **settings), "availability")


def test_seven_good_parts_do_worse_than_none() -> None:
    assert served() < served(**NOTHING) < served(**FEW)


def test_the_parts_of_a_plan_are_those_of_its_mechanisms() -> None:
    counted = [
        measure(first_night("belt-and-braces", **plan), "moving_parts")
        for plan in ({}, FEW, NOTHING)
    ]
    assert counted == [7, 2, 0]


@pytest.mark.parametrize("part", ["shop", "health", "breaker", "second"])
def test_each_part_of_the_old_plan_alone_spoils_the_good_one(part: str) -> None:
    (default,) = (
        control.default for control in level_of("belt-and-braces").controls if control.id == part
    )
    assert served(**{**FEW, part: default}) < 0.93 < served(**FEW)


def test_tries_of_two_layers_multiply_where_failures_come_at_once() -> None:
    log = first_log("belt-and-braces", breaker="no", second="never")
    names = ("operation", "sent_us", "station")
    stairs_us = range(5 * SECOND_US, 7 * SECOND_US)
    tries = Counter(
        operation
        for operation, sent_us, station in zip(*map(log.attempts.column, names), strict=True)
        if sent_us in stairs_us and station < 0
    )
    assert max(tries.values()) == 25


def moved(bag: str, porters: str) -> tuple[float, float]:
    """Cards upstairs, and the milliseconds in which 99 of 100 visitors were answered."""
    card = first_night("by-the-bag", bag=bag, porters=porters)
    return measure(card, "cards-moved"), measure(card, "visitors-p99")


def test_the_first_step_to_larger_bags_is_worth_more_than_the_last() -> None:
    single, (small, _), (large, large_ms) = moved("1", "2")[0], moved("16", "2"), moved("256", "1")
    assert small > 8 * single
    assert large < 2 * small
    assert large_ms > 500


def test_who_feeds_a_busy_register_only_makes_its_line_longer() -> None:
    (enough, enough_ms), (many, many_ms) = moved("16", "3"), moved("16", "16")
    assert many < 1.1 * enough
    assert many_ms > 5 * enough_ms


def test_one_porter_on_the_stairs_leaves_the_register_idle() -> None:
    assert moved("16", "2")[0] > 1.7 * moved("16", "1")[0]
