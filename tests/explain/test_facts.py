"""Outages and strikes: how the rows of a Log are read."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from game.engine.causes import Cause
from game.explain.outages import QUIET_US, End, outages_of
from game.explain.strikes import machines_named, zone_of
from tests.engine.nights import system_of
from tests.explain.runs import CRASH, facts, shop

GOOD, BAD = Cause.NONE, Cause.LOST
SECOND = 1_000_000


def test_a_quiet_time_with_good_answers_ends_an_outage() -> None:
    ends: list[End] = [
        (SECOND, BAD, 0),
        (2 * SECOND, BAD, 0),
        (3 * SECOND, GOOD, -1),
        (2 * SECOND + QUIET_US + 1, BAD, -1),
    ]
    first, second = outages_of(ends)
    assert (first.first_us, first.last_us, first.failed, first.ended) == (SECOND, 2 * SECOND, 2, 2)
    assert (second.failed, second.first_blame) == (1, -1)


def test_silence_alone_ends_no_outage() -> None:
    (outage,) = outages_of([(SECOND, BAD, 0), (9 * SECOND, BAD, 0)])
    assert outage.length_us == 8 * SECOND


@given(
    some.lists(
        some.tuples(
            some.integers(0, 20 * SECOND), some.sampled_from([GOOD, BAD]), some.integers(-1, 2)
        )
    )
)
def test_outages_hold_every_failure_once_and_never_overlap(ends: list[End]) -> None:
    ends.sort(key=lambda end: end[0])
    found = outages_of(ends)
    assert sum(outage.failed for outage in found) == sum(end[1] is BAD for end in ends)
    for outage in found:
        assert outage.first_us <= outage.last_us
        assert 1 <= outage.failed <= outage.ended
        assert sum(number for _, number in outage.blame) == outage.failed
    for before, after in pairwise(found):
        assert after.first_us - before.last_us > QUIET_US


def test_a_strike_knows_its_machines_and_its_end() -> None:
    (strike,) = facts(shop(CRASH)).strikes
    assert (strike.began_us, strike.ended_us, strike.machines) == (5 * SECOND, 10 * SECOND, (0,))
    assert strike.covers(5 * SECOND)
    assert not strike.covers(10 * SECOND)


def test_machines_go_by_node_group_zone_region_and_service() -> None:
    zones = '\n[[zone]]\nid = "a"\n[[zone]]\nid = "b"\nregion = "far"\n[[region]]\nid = "far"\n'
    text = shop(zones + '[[region]]\nid = "here"\n', machines=3)
    system = system_of(text.replace("count = 3", 'count = 3\nzones = ["a", "b"]'))
    every = {"web-1", "web-2", "web-3"}
    assert machines_named(system, ["web-2"]) == {"web-2"}
    assert machines_named(system, ["web"]) == every
    assert machines_named(system, ["shop"]) == every
    assert machines_named(system, ["a"]) == {"web-1", "web-3"}
    assert machines_named(system, ["far"]) == {"web-2"}
    assert machines_named(system, ["people"]) == frozenset()
    assert zone_of(system, "web-3") == "a"
