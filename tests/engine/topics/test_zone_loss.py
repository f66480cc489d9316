"""A zone goes dark: what fails until callers have learned, and what afterwards."""

from __future__ import annotations

import pytest

from tests.engine.nights import SECOND, night

TOWN = """
duration = "30s"

[[zone]]
id = "a"

[[zone]]
id = "b"

[[zone]]
id = "c"

[[node]]
id = "web"
count = 6
zones = ["a", "b", "c"]

[[policy]]
id = "own"
attempt_timeout = "200ms"
#policy

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "1ms" }]

[[client]]
id = "people"
call = "shop"
policy = "own"
gap = "10ms"
zone = "a"

[[fault]]
kind = "zone-outage"
target = "c"
at = "10s"
for = "10s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""
HEALTH = 'health = { interval = "500ms", timeout = "100ms", fall = 2, rise = 1 }'


def test_a_third_of_the_machines_is_a_third_of_the_requests() -> None:
    played = night(TOWN)

    assert played.good_share(10 * SECOND, 20 * SECOND) == pytest.approx(2 / 3, abs=0.01)
    assert set(played.causes(10 * SECOND, 20 * SECOND)) == {"none", "unreachable"}
    assert played.good_share(20 * SECOND) == 1


def test_health_checks_end_it_after_the_time_that_they_need() -> None:
    played = night(TOWN.replace("#policy", HEALTH))

    # The second probe that fails tells: at most two intervals and a timeout after the begin.
    assert played.good_share(10 * SECOND, 10 * SECOND + 400_000) < 0.75
    assert played.good_share(11_100_000, 20 * SECOND) == 1


def test_one_retry_at_random_meets_the_zone_again_less_often() -> None:
    """Two of six machines are dead, and then one of five."""
    retry = 'retry = { attempts = 1 }\nbalancer = "random"'
    played = night(TOWN.replace("#policy", retry))

    again = 2 / 6 * 1 / 5
    error = (again * (1 - again) / 1000) ** 0.5
    assert played.good_share(10 * SECOND, 20 * SECOND) == pytest.approx(1 - again, abs=4 * error)
    during = played.operations(10 * SECOND, 20 * SECOND)
    tried_twice = sum(row.attempts == 2 for row in during) / len(during)
    assert tried_twice == pytest.approx(2 / 6, abs=4 * (2 / 9 / len(during)) ** 0.5)
