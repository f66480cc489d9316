"""Last writer wins by clocks that differ: how many acknowledged writes are lost.

One machine's clock is ahead. What the other one takes is older than anything that the first one
took within that offset, whatever was before: with Poisson writes and a network without delay it is
lost with probability 1 - exp(-rate x offset), and nothing of the first machine's is. If the clock
drifts instead, counting 1 + d for every 1, the offset at time t covers what came in the last
t d / (1 + d), which makes 1 - (1 - exp(-x)) / x of all until T, with x = rate x T d / (1 + d).
"""

from __future__ import annotations

from functools import partial
from math import exp
from statistics import fmean

import pytest

from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, replicated

RATE, SECONDS = 20, 60
"""Writes a second at each machine, all of one key."""
AHEAD, RIGHT = range(2)


def level(clock: str, more: str = "") -> str:
    clients = "".join(
        f"""
[[policy]]
id = "{name}"
balancer = {{ kind = "failover", order = ["{name}"] }}

[[client]]
id = "{name}-people"
call = "shop"
policy = "{name}"
rate = {RATE}
writes = 1
"""
        for name in ("ahead", "right")
    )
    return f"""
duration = "{SECONDS}s"
event_budget = 10000000

[[node]]
id = "ahead"
clock = {{ {clock} }}

[[node]]
id = "right"

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[service]]
id = "shop"
on = ["ahead", "right"]
store = "register"
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "quorum"
r = 2
w = 2
versions = "last-writer-wins"
repair = "none"
gives_up = "10s"
{more}
{clients}
[[goal]]
id = "up"
measure = "availability"
at_least = 0.9
"""


def lost_share(played: Night, client: int = RIGHT, since_us: int = 0) -> float:
    """Of the acknowledged writes of one client."""
    effects = set(played.log.effects.column("operation"))
    done = [
        row.operation
        for row in played.operations(since_us)
        if row.client == client and not row.cause
    ]
    return fmean(operation not in effects for operation in done)


@pytest.mark.parametrize("offset_ms", [10, 100])
def test_the_share_lost_is_that_of_a_write_by_the_clock_ahead_within_the_offset(
    offset_ms: int,
) -> None:
    text = level(f'ahead = "{offset_ms}ms"')

    since_us = offset_ms * 1_000
    estimates = replicated(text, partial(lost_share, since_us=since_us))
    agree(estimates, 1 - exp(-RATE * offset_ms / 1000), sharp=0.04)
    assert not any(replicated(text, partial(lost_share, client=AHEAD)))


@pytest.mark.parametrize("ppm", [500, 4_000])
def test_a_drift_loses_ever_more(ppm: int) -> None:
    covered = RATE * SECONDS * (ppm / 1e6) / (1 + ppm / 1e6)

    estimates = replicated(level(f"drift_ppm = {ppm}"), lost_share)
    agree(estimates, 1 - (1 - exp(-covered)) / covered, sharp=0.04)


def test_a_drift_of_a_while_leaves_its_offset_behind() -> None:
    """A fault of 10 s at 5,000 ppm makes 50 ms that nobody takes back."""
    drift = """
[[fault]]
kind = "clock-drift"
target = "ahead"
ppm = 5000
at = "1s"
for = "10s"
"""
    text = level('ahead = "0ms"', drift)

    estimates = replicated(text, partial(lost_share, since_us=11 * SECOND + 50_000))
    agree(estimates, 1 - exp(-RATE * 0.050), sharp=0.04)


def test_clocks_that_agree_and_waits_that_cover_the_offset_lose_nothing() -> None:
    waits = level('ahead = "50ms"', 'commit_wait = "50ms"')
    for text in (level('ahead = "0ms"'), waits):
        assert not lost_share(night(text))
