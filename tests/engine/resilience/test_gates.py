"""Several mechanisms that may keep a caller from asking: who pays for what is not sent."""

from __future__ import annotations

from game.engine.causes import Cause
from game.engine.log import Change
from tests.engine.nights import SECOND, night

SHOP = """
duration = "20s"

[[node]]
id = "web"

[[policy]]
id = "own"
attempt_timeout = "50ms"
breaker = { failures = 0.5, minimum = 5, last = 5, open_for = "1s" }
rate_limit = { rate = 10, burst = 40 }

[[service]]
id = "shop"
on = "web"
steps = [{ cpu = "1ms" }]

[[client]]
id = "people"
call = "shop"
policy = "own"
gap = "100ms"
load = [{ at = "5s", times = 3 }]

[[fault]]
kind = "crash"
what = "host"
target = "web"
at = "5s"
for = "4s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def test_what_the_breaker_refuses_takes_no_token() -> None:
    played = night(SHOP)

    refused = [row for row in played.attempts(5 * SECOND, 9 * SECOND) if row.station < 0]
    assert len(refused) > 80
    assert {row.cause for row in refused} == {Cause.BREAKER_OPEN}
    # 30 a second come and 10 tokens: a full bucket of 40 lasts for two seconds.
    [(closed_us, _, _)] = played.changes(Change.BREAKER_CLOSED)
    assert played.good_share(closed_us, closed_us + 1_900_000) == 1
    assert played.good_share(closed_us + 3 * SECOND) < 0.5
