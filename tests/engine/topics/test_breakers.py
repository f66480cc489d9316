"""Breakers: what a dead service is still asked, and how soon it is used again."""

from __future__ import annotations

import pytest

from game.engine.log import Change
from tests.engine.nights import MS, SECOND, night

SHOP = """
duration = "30s"

[[node]]
id = "web"

[[policy]]
id = "own"
attempt_timeout = "100ms"
#breaker

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "1ms" }]

[[client]]
id = "people"
call = "shop"
policy = "own"
gap = "10ms"

[[fault]]
kind = "crash"
what = "host"
target = "web"
at = "10s"
for = "10s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""
BREAKER = 'breaker = { failures = 0.5, minimum = 20, last = 20, open_for = "2s" }'


def test_without_a_breaker_everybody_waits_for_a_dead_service() -> None:
    played = night(SHOP)

    lasted = [row.ended_us - row.invoked_us for row in played.operations(10 * SECOND, 19 * SECOND)]
    assert set(lasted) == {100 * MS}


def test_a_breaker_lets_through_what_opens_it_and_a_probe_for_each_period() -> None:
    played = night(SHOP.replace("#breaker", BREAKER))

    # Ten of the last twenty: the tenth fails 100 ms after it was sent; as many are under way.
    sent = [row for row in played.attempts(10 * SECOND, 20 * SECOND) if row.station >= 0]
    opening = [row for row in sent if row.sent_us < 10 * SECOND + 500 * MS]
    assert len(opening) == pytest.approx(20, abs=1)
    # A probe takes 100 ms to fail, and then the breaker is open for 2 s again.
    assert len(sent) - len(opening) == 10 * SECOND // (2 * SECOND + 100 * MS)
    quick = [row for row in played.operations(11 * SECOND, 19 * SECOND) if row.cause.word != "none"]
    instant = [row for row in quick if row.ended_us == row.invoked_us]
    assert len(instant) > 0.99 * len(quick) - 1


def test_it_closes_with_the_first_probe_after_the_end() -> None:
    played = night(SHOP.replace("#breaker", BREAKER))

    [(closed_us, _, _)] = played.changes(Change.BREAKER_CLOSED)
    assert 20 * SECOND <= closed_us <= 22 * SECOND + 200 * MS
    assert played.good_share(closed_us) == 1
