"""The lessons of the chapter "The core challenge", as a player meets them. Their proofs are
`ninelives level test`'s."""

from __future__ import annotations

import pytest

from tests.levels.playing import first_night
from tests.levels.playing import measure as measure_of


def pigeons(measure: str, **settings: str) -> float:
    return measure_of(first_night("the-last-pigeon", **settings), measure)


NUMBERED, COMPARED = "that, and a number", "what hangs there, and what is to"


def test_only_those_who_ask_again_send_old_news() -> None:
    assert pigeons("stale_reads") > 10
    assert pigeons("stale_reads", patience="never") == 0
    assert pigeons("duplicates", patience="never") == 0
    assert pigeons("without-a-nod", patience="never") > 4


@pytest.mark.parametrize("note", [NUMBERED, COMPARED])
def test_a_number_and_a_comparison_both_keep_old_news_out(note: str) -> None:
    assert pigeons("stale_reads", note=note) == 0


def test_a_number_turns_nobody_away_and_a_comparison_does() -> None:
    assert pigeons("without-a-nod", note=NUMBERED) == 0
    assert pigeons("without-a-nod", note=COMPARED) > 20


@pytest.mark.parametrize("note", ["where the cat is", NUMBERED])
def test_a_row_brings_no_old_news_and_hardly_any_nods(note: str) -> None:
    assert pigeons("stale_reads", note=note, way="in a row") == 0
    assert pigeons("without-a-nod", note=note, way="in a row") > 40


def pages(measure: str = "availability", **settings: str) -> float:
    return measure_of(first_night("a-bad-star", **settings), measure)


IF_NEED_BE = {"shelf": "keep, if need be"}
GUARDS = {"wait": "100 ms", "seats": "12", "breaker": "stop asking"}


def test_an_old_horoscope_and_a_quick_failure_are_of_no_use_without_each_other() -> None:
    assert pages(**IF_NEED_BE) < 0.5
    assert pages(**GUARDS) < 0.5
    assert pages(**IF_NEED_BE, **GUARDS) > 0.997


def test_a_crew_three_times_as_large_waits_as_well() -> None:
    assert pages(shops="3") == pytest.approx(pages(), abs=0.05)


def test_by_littles_law_the_crew_is_too_small_for_a_quarter_of_a_second() -> None:
    assert pages(**IF_NEED_BE, wait="250 ms") < 0.9 < pages(**IF_NEED_BE, wait="100 ms")


def test_a_breaker_spares_most_pages_the_wait() -> None:
    plan = {**IF_NEED_BE, "wait": "250 ms", "seats": "12"}
    asked = pages("p99_ms", **plan)
    spared = pages("p99_ms", **plan, breaker="stop asking")
    assert spared < asked
    assert asked > 250


def kitchens(measure: str, **settings: str) -> float:
    return measure_of(first_night("a-quarter-to", **settings), measure)


BY_RADIO = "by the radio, every 250 ms"


def test_clocks_that_are_set_more_often_lose_fewer_notes_and_still_some() -> None:
    never, church, radio, often = (
        kitchens("lost_writes", clocks=clocks)
        for clocks in ("never", "by the church, every 1 s", "by the radio, every 1 s", BY_RADIO)
    )
    assert never > church > radio > often > 0


def test_a_bound_is_safe_only_where_it_is_true() -> None:
    sure = "the later, 4 ms sure"
    assert kitchens("lost_writes", newer=sure, clocks=BY_RADIO) == 0
    assert kitchens("lost_writes", newer=sure, clocks="by the radio, every 1 s") > 0
    assert kitchens("lost_writes", newer=sure) > 100


@pytest.mark.parametrize(("bound_ms"), [4, 15, 60, 600])
def test_to_be_sure_takes_twice_the_bound(bound_ms: int) -> None:
    newer = f"the later, {bound_ms} ms sure"
    finished_ms = kitchens("finished", newer=newer, clocks=BY_RADIO)
    assert 2 * bound_ms < finished_ms < 2.5 * bound_ms + 5


@pytest.mark.parametrize("clocks", ["never", "by the church, every 1 s"])
def test_numbers_need_no_clock_and_a_way_to_the_others(clocks: str) -> None:
    newer = "the higher number"
    assert kitchens("lost_writes", newer=newer, clocks=clocks) == 0
    assert kitchens("finished", newer=newer, clocks=clocks) > 30
    assert kitchens("lost_writes", newer=newer, clocks=clocks, asked="one kitchen") > 50


def village(measure: str, **settings: str) -> float:
    return measure_of(first_night("how-are-you", **settings), measure)


ALL, LISTS = "all call all, 1 s", "tell one all, 500 ms"
ONE, OFTENER, TOO_OFTEN = "ask one, 500 ms", "ask one, 250 ms", "ask one, 100 ms"


def told(watching: str, houses: str) -> float:
    """Messages of watching, in all the run."""
    return village("messages", watching=watching, houses=houses) - village(
        "messages", watching="do nothing", houses=houses
    )


def test_calls_grow_as_the_square_and_questions_as_the_village() -> None:
    assert told(ALL, "30") / told(ALL, "10") > 7
    assert told(ONE, "30") / told(ONE, "10") < 5


def test_more_houses_make_it_worse_where_all_call_all() -> None:
    assert village("availability") < 0.2
    assert village("availability", houses="40") < village("availability")
    assert village("availability", watching=ONE, houses="40") > 0.9


def test_a_village_that_hardly_calls_finds_nobody_out_before_the_storm_is_over() -> None:
    assert village("known", watching="all call all, 4 s") > 5000
    assert village("known", watching=OFTENER) < 3000


def test_a_rule_that_scales_has_a_limit_too() -> None:
    once, twice, often = (
        village("availability", watching=watching) for watching in (ONE, OFTENER, TOO_OFTEN)
    )
    assert often < 0.5 < once < twice


def test_lists_fill_the_channel_with_few_messages() -> None:
    assert told(LISTS, "40") < told(ONE, "40")
    assert village("p50_ms", watching=LISTS, houses="40") > village(
        "p50_ms", watching=ONE, houses="40"
    )
