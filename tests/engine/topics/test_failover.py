"""Acknowledged writes that die with a primary which had gathered them.

Whatever came since the present gathering began is lost. Gatherings of a constant length G begin
with a write each, after an exponential time without one, so the primary is so far into one, u, at
any moment with density 1 / (G + 1/rate), and then has 1 + rate x u writes in the mean (Cox, Renewal
Theory, 1962, chapter 5). Writes that are handed on one by one are the lab's FAILOVER.
"""

from __future__ import annotations

from statistics import fmean, stdev

import pytest

from game.engine.causes import Cause
from tests.engine.nights import Night, night

RATE = 100


def level(gather_ms: int) -> str:
    return f"""
duration = "800ms"

[[node]]
id = "copy"
count = 2

[[node]]
id = "judge"

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[policy]]
id = "lead"
balancer = "leader-aware"

[[service]]
id = "register"
on = "copy"
store = "register"
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "primary-backup"
coordinator = "court"
mode = "async"
gather = "{gather_ms}ms"
heartbeat = "20ms"
failover_after = "60ms"

[[service]]
id = "court"
on = "judge"

[[client]]
id = "users"
call = "register"
policy = "lead"
rate = {RATE}
writes = 1
deadline = "50ms"

[[fault]]
kind = "crash"
what = "host"
target = "copy-1"
at = "600ms"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def lost(played: Night) -> int:
    effects = set(played.log.effects.column("operation"))
    rows = played.operations()
    return sum(row.cause == Cause.NONE and row.operation not in effects for row in rows)


@pytest.mark.parametrize("gather_ms", [20, 100])
def test_a_failover_loses_what_was_gathered(gather_ms: int) -> None:
    found = [lost(night(level(gather_ms), seed)) for seed in range(300)]

    gather_s = gather_ms / 1000
    reference = (gather_s + RATE * gather_s**2 / 2) / (gather_s + 1 / RATE)
    error = stdev(found) / len(found) ** 0.5
    assert error < 0.1 * reference
    assert fmean(found) == pytest.approx(reference, abs=4.5 * error)
