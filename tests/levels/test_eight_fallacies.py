"""Fallacies, as a player meets them: each false belief costs something, and its remedy pays. Their
proofs are `ninelives level test`'s."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from game.engine.causes import Cause
from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.level.attacks import in_order, parse_attack
from game.level.changes import parse_change
from game.level.plan import default_plan
from game.score.batch import play
from game.score.scorecard import Scorecard
from tests.levels.playing import first_log, first_night, level_of, measure

KINDS = {
    "a-day-as-a-gull": "nemesis",
    "an-ocean-away": "design",
    "the-new-camera": "predict",
    "the-fox-next-door": "design",
    "moving-day": "on-call",
    "two-hands-on-the-wheel": "on-call",
    "paid-by-weight": "design",
    "since-noon": "diagnose",
}
"""In the order of the fallacies."""


def test_the_eight_are_in_their_order_and_of_five_kinds() -> None:
    levels = [level_of(name) for name in KINDS]
    assert [level.order for level in levels] == list(range(1, 9))
    assert [level.kind for level in levels] == list(KINDS.values())


NEXT_DOOR = {
    "cards": "in one letter",
    "rules": "is kept for 5 s",
    "adoption": "by the register, in one go",
}


def overseas(name: str, **settings: str) -> float:
    return measure(first_night("an-ocean-away", **settings), name)


@pytest.mark.parametrize("bought", [{"cable": "ten times as thick"}, {"register": "new"}])
def test_what_money_buys_does_not_bring_the_ocean_nearer(bought: dict[str, str]) -> None:
    chatty_ms = overseas("page-mean")
    assert overseas("page-mean", **bought) > 0.8 * chatty_ms
    assert overseas("page-mean", **NEXT_DOOR) < chatty_ms / 5


def test_to_ask_side_by_side_saves_the_way_and_none_of_the_work() -> None:
    kept = {"rules": "is kept for 5 s", "register": "new"}
    one, many, single = (
        overseas("page-mean", **kept, cards=cards)
        for cards in ("in one letter", "all at once", "one by one")
    )
    assert max(one, many) < single / 3
    letters = [
        overseas("messages", **kept, cards=cards) for cards in ("in one letter", "all at once")
    ]
    assert letters[1] > 1.7 * letters[0]


def test_work_that_moves_to_its_data_is_seldom_overtaken() -> None:
    far, near = (
        first_night("an-ocean-away", **{**NEXT_DOOR, "adoption": adoption})
        for adoption in ("by the shop, step by step", "by the register, in one go")
    )
    assert 1 - measure(far, "availability") > 5 * (1 - measure(near, "availability"))


def test_rules_that_are_kept_for_good_are_wrong() -> None:
    assert overseas("stale_reads", **{**NEXT_DOOR, "rules": "is kept for good"}) > 100
    assert overseas("stale_reads", **NEXT_DOOR) == 0


CHECKED = {
    "counters-look": "a stamp",
    "register-looks": "a stamp",
    "date": "may be 4 s off",
    "memory": "are known for 4 s",
}


def raid(**settings: str) -> Scorecard:
    """The fox's night, with all checks but those that are set otherwise."""
    return first_night(
        "the-fox-next-door", **{**CHECKED, **{k.replace("_", "-"): v for k, v in settings.items()}}
    )


def test_each_place_that_believes_lets_the_fox_in() -> None:
    for open_door in ({"counters_look": "whatever comes"}, {"register_looks": "whoever is inside"}):
        assert measure(raid(**open_door), "fox_forms") > 100
    assert measure(raid(), "fox_forms") == 0


def test_recordings_pass_a_stamp_and_need_a_date_and_a_memory() -> None:
    for hole in ({"date": "does not matter"}, {"memory": "are forgotten"}):
        assert measure(raid(**hole), "duplicates") > 10
    assert measure(raid(), "duplicates") == 0


def test_a_date_that_allows_less_than_clocks_are_wrong_refuses_everybody() -> None:
    assert measure(raid(date="may be 200 ms off"), "availability") == 0


def test_checks_are_paid_for_what_they_refuse() -> None:
    assert measure(raid(counters_look="a notary"), "availability") < 0.5
    assert measure(raid(counters_look="a notary", counters="4"), "availability") > 0.96


LIGHT = {
    "asks": "one's own half first",
    "photos": "squeezed",
    "keeps": "100 photos",
    "health": "every 100 ms",
}


def bill(**settings: str) -> float:
    return measure(first_night("paid-by-weight", **settings), "cost_per_hour")


@pytest.mark.parametrize("saving", ["asks", "photos", "keeps"])
def test_each_way_to_save_bytes_is_needed(saving: str) -> None:
    without = {control: label for control, label in LIGHT.items() if control != saving}
    assert bill() > 30
    assert bill(**without) > 1.2 * bill(**LIGHT)


def test_one_house_is_cheap_until_it_is_dark() -> None:
    dark = first_night("paid-by-weight", **LIGHT, houses="in the north")
    assert measure(dark, "availability") < 0.9
    assert measure(first_night("paid-by-weight", **LIGHT), "availability") > 0.99


def test_lighter_photos_are_paid_for_in_work() -> None:
    hard = {**LIGHT, "photos": "squeezed hard"}
    assert measure(first_night("paid-by-weight", **hard), "availability") < 0.5
    assert bill(**hard, archives="8") > bill(**LIGHT)


def afternoon(**settings: str) -> float:
    """The share of visitors that are served after the new version came."""
    return measure(first_night("since-noon", **settings), "availability")


def test_who_reads_learns_before_who_writes() -> None:
    assert afternoon(order="registers first") > 0.99
    assert afternoon(order="one here, one there") < 0.9


def test_more_registers_have_to_be_taught_for_longer() -> None:
    assert afternoon(registers="6") < afternoon() - 0.05


def test_a_wire_that_is_unlike_the_others_is_slow_and_turns_nobody_away() -> None:
    in_turn, soonest = (
        first_night("since-noon", order="registers first", asks=asks)
        for asks in ("all in turn", "who answers soonest")
    )
    assert measure(in_turn, "p99_ms") > 2 * measure(soonest, "p99_ms")
    assert measure(in_turn, "availability") > 0.98


def test_the_odd_one_out_refuses_the_fewest() -> None:
    log = first_log("since-noon")
    refused = Counter(
        log.places[log.stations[station][1]]
        for station, cause in zip(*map(log.attempts.column, ("station", "cause")), strict=True)
        if cause == Cause.REFUSED
    )
    assert set(refused) == {"cellar", "register-1", "register-2", "register-3"}
    assert min(refused, key=lambda place: refused[place]) == "cellar"


def test_a_full_wire_hurts_what_is_small_and_urgent_and_no_machine_is_busy() -> None:
    level = level_of("the-new-camera")
    log = simulate(level.system, level.seeds[0])
    clients = Counter(
        log.clients[client]
        for client, cause in zip(*map(log.operations.column, ("client", "cause")), strict=True)
        if cause
    )
    assert clients["families"] > 2 * (clients["admirers"] + clients["new-admirers"])
    causes = Counter(log.attempts.column("cause"))
    assert causes[Cause.NO_TARGET] > causes[Cause.LATE_ANSWER] > 100
    assert not causes[Cause.QUEUE_FULL] + causes[Cause.WAITED_IN_QUEUE]


def besieged(*attacks: str) -> float:
    """The share of families that are served while gulls attack."""
    level = level_of("a-day-as-a-gull")
    plan = replace(default_plan(level), attacks=in_order(map(parse_attack, attacks)))
    return measure(play(level, plan, level.seeds[:1], load_kinds()), "availability")


TWO_CABLES = ("cut:register-1@6s", "cut:register-2@6s")


def test_a_defence_against_each_trouble_is_none_against_two_at_once() -> None:
    assert besieged(*TWO_CABLES) > 0.99
    assert besieged("echo:families@6s") > 0.99
    assert besieged(*TWO_CABLES, "echo:register-3@6s") < 0.7


def test_troubles_that_do_not_meet_each_find_all_the_spare_room() -> None:
    assert besieged("cut:register-1@4s", "cut:register-2@10s", "echo:families@16s") > 0.99


def called(name: str, *changes: str) -> float:
    """The share of visitors that are served when somebody on call makes these changes."""
    level = level_of(name)
    plan = replace(default_plan(level), changes=tuple(map(parse_change, changes)))
    return measure(play(level, plan, level.seeds[:1], load_kinds()), "availability")


def test_an_old_address_is_mended_where_it_is_remembered() -> None:
    assert called("moving-day", "errors+1s:registers=8") == called("moving-day")
    assert called("moving-day", "errors+1s:health=four times a second") < 0.5
    assert called("moving-day", "errors+1s:book=every second") < 0.9
    both = "errors+1s:book=every second", "errors+1s:registers=8"
    assert called("moving-day", *both) > 0.9


def test_both_settings_of_a_push_have_to_be_set_back() -> None:
    wait, asks = "errors+1s:wait=500 ms", "errors+1s:retry=says so"
    again = "errors+9s:wait=300 ms"
    both = called("two-hands-on-the-wheel", wait, asks, again)
    assert both > 0.85
    assert max(called("two-hands-on-the-wheel", *some) for some in ((wait, again), (asks,))) < 0.5


def test_what_is_set_back_once_is_set_again_by_the_rest_of_the_rollout() -> None:
    once = ("errors+1s:wait=500 ms", "errors+1s:retry=says so")
    assert 0.5 < called("two-hands-on-the-wheel", *once) < 0.7
