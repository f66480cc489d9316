"""Nights at the edges of what a level may say: the engine ends them all, and its rows are right."""

from __future__ import annotations

from game.engine.causes import Cause
from game.engine.run import Run
from tests.engine.night import small_system
from tests.engine.nights import SECOND, night


def test_instant_failures_behind_a_long_queue_end_one_after_the_other() -> None:
    causes = night("""
duration = "16s"

[[node]]
id = "front"

[[node]]
id = "back"

[[policy]]
id = "watch"
health = { interval = "500ms" }
attempt_timeout = "3s"

[[service]]
id = "shop"
on = "front"
workers = 8
queue = 1000
steps = [{ call = "stock", policy = "watch" }]

[[service]]
id = "stock"
on = "back"
steps = [{ cpu = "1ms" }]

[[client]]
id = "users"
call = "shop"
rate = 100
deadline = "5s"

[[fault]]
kind = "crash"
what = "host"
target = "back"
at = "5s"
for = "6s"
""").causes()
    assert causes["dependency"] > 400
    assert set(causes) == {"none", "dependency"}


def test_what_a_machine_sends_to_itself_crosses_no_network() -> None:
    evening = night("""
duration = "6s"

[[node]]
id = "web"

[[link]]
from = "*"
to = "*"
latency = "5ms"
loss = 0.1

[[link]]
from = "users"
to = "*"
latency = "1ms"

[[service]]
id = "shop"
on = "web"
steps = [{ call = "stock" }]

[[service]]
id = "stock"
on = "web"

[[client]]
id = "users"
call = "shop"
rate = 50
""")
    inner = [row for row in evening.attempts() if row.depth == 1]
    assert {row.ended_us - row.sent_us for row in inner} == {0}
    assert evening.causes().keys() == {"none"}


def test_background_calls_that_are_lost_have_their_rows() -> None:
    evening = night("""
duration = "8s"

[[node]]
id = "front"

[[node]]
id = "back"

[[service]]
id = "shop"
on = "front"
steps = [{ call = "audit", background = true }]

[[service]]
id = "audit"
on = "back"

[[client]]
id = "users"
call = "shop"
gap = "100ms"

[[fault]]
kind = "partition"
target = "back"
at = "3s"
for = "2s"
""")
    inner = [row for row in evening.attempts() if row.depth == 1]
    assert len(inner) == len(evening.operations())
    assert sum(row.cause is Cause.UNFINISHED for row in inner) == 20


def test_a_request_that_is_cancelled_in_the_queue_leaves_the_counts() -> None:
    evening = night(
        """
duration = "5s"

[[node]]
id = "web"

[[policy]]
id = "tidy"
cancel = true

[[service]]
id = "shop"
on = "web"
workers = 1
queue = 50
steps = [{ wait = "100ms" }]

[[client]]
id = "users"
call = "shop"
policy = "tidy"
gap = "30ms"
deadline = "150ms"
""",
        trace=True,
    )
    rows = list(evening.log.load.rows())
    longest = max(queued for _, _, queued, _ in rows)
    assert longest <= 6, "at 30 ms each, at most six can wait for 150 ms and their cancellation"
    assert rows[-1][2:] == (0, 0)


def test_a_forwarded_request_is_timed_at_its_last_station() -> None:
    evening = night("""
duration = "6s"

[[node]]
id = "door"

[[node]]
id = "web"

[[service]]
id = "gate"
on = "door"
steps = [{ wait = "10ms" }, { forward = "shop" }]

[[service]]
id = "shop"
on = "web"
workers = 1
queue = 0
steps = [{ wait = "100ms" }]

[[client]]
id = "users"
call = "gate"
rate = 50
deadline = "500ms"
""")
    served = [row for row in evening.attempts() if row.started_us >= 0]
    turned_away = [row for row in evening.attempts() if row.cause is Cause.QUEUE_FULL]
    assert all(row.sent_us < row.arrived_us <= row.started_us < row.served_us for row in served)
    assert all(row.started_us < 0 and not row.wasted for row in turned_away)
    assert turned_away


def test_hops_of_every_machine_have_their_own_luck() -> None:
    evening = night("""
duration = "30s"

[[node]]
id = "front"
count = 2

[[node]]
id = "back"

[[link]]
from = "front-2"
to = "back"
latency = { law = "exponential", mean = "20ms" }

[[service]]
id = "shop"
on = "front"
steps = [{ call = "stock" }]

[[service]]
id = "stock"
on = "back"

[[client]]
id = "users"
call = "shop"
rate = 50
""")
    pairs = [
        (row.arrived_us - row.sent_us, row.ended_us - row.served_us)
        for row in evening.attempts()
        if row.depth == 1 and row.arrived_us - row.sent_us > 500
    ]
    there, back = zip(*pairs, strict=True)
    mean_there, mean_back = sum(there) / len(there), sum(back) / len(back)
    covariance = sum((a - mean_there) * (b - mean_back) for a, b in pairs) / len(pairs)
    assert len(pairs) > 300
    assert abs(covariance) < 0.3 * mean_there * mean_back


def test_of_tied_requests_only_one_that_still_waits_is_dropped() -> None:
    evening = night("""
duration = "60s"

[[node]]
id = "web"
count = 2

[[policy]]
id = "tied"
balancer = "random"
hedge = { after = "0ms", tied = true }

[[link]]
from = "*"
to = "*"
latency = "5ms"

[[service]]
id = "shop"
on = "web"
workers = 1
steps = [{ cpu = { law = "exponential", mean = "100ms" } }]

[[client]]
id = "users"
call = "shop"
policy = "tied"
rate = 1
deadline = "10s"
""")
    started = [row for row in evening.attempts() if row.started_us >= 0]
    assert all(row.served_us >= 0 for row in started if row.sent_us < 50 * SECOND)
    assert len(started) > 1.8 * len(evening.operations())


def test_a_run_does_not_go_back() -> None:
    straight, astray = Run(small_system(), 1), Run(small_system(), 1)
    for until_us in (4 * SECOND, 2 * SECOND, 10 * SECOND):
        astray.advance(until_us)
    straight.advance(10 * SECOND)
    assert astray.log.digest() == straight.log.digest()
