"""Reads of a copy that is behind: how many miss what was acknowledged.

A primary hands each write on after a constant lag; reads ask the backup. A read misses a write of
its key if one was acknowledged during the last lag: with Poisson writes that is so with probability
1 - exp(-rate x lag), and with 1 - exp(-rate x (lag - age)) if only what is older than an age counts
(Kingman, Poisson Processes, 1993, section 2.1; reads come as a Poisson process of their own, so
they see what any moment shows: Wolff, Poisson Arrivals See Time Averages, Operations Research
30(2), 1982).
"""

from __future__ import annotations

from functools import partial
from math import exp
from statistics import fmean

import pytest

from game.score.consistency.anomalies import find_anomalies
from tests.engine.nights import MS, SECOND, Night, system_of
from tests.engine.topics.evidence import agree, nights, replicated

KEYS, RATE = 4, 40
"""So ten writes a second of each key."""
WARM_US = 2 * SECOND


def level(lag_ms: int, *, how: str = "lag", copy: str = "copy-2", stale_after_ms: int = 0) -> str:
    return f"""
duration = "40s"
event_budget = 10000000

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
id = "first"
balancer = {{ kind = "failover", order = ["copy-1"] }}

[[policy]]
id = "asked"
balancer = {{ kind = "failover", order = ["{copy}"] }}

[[service]]
id = "shop"
on = "copy"
store = {{ kind = "register", stale_after = "{stale_after_ms}ms" }}
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "primary-backup"
coordinator = "court"
mode = "async"
reads = "any"
{how} = "{lag_ms}ms"

[[service]]
id = "court"
on = "judge"

[[client]]
id = "writers"
call = "shop"
policy = "first"
rate = {RATE}
writes = 1
keys = {KEYS}

[[client]]
id = "readers"
call = "shop"
policy = "asked"
rate = {RATE}
writes = 0
keys = {KEYS}

[[goal]]
id = "up"
measure = "availability"
at_least = 0.9
"""


def missed(played: Night, age_us: int = 0) -> list[int]:
    """The reads that saw another write than the last one that was so old, or a newer one."""
    rows = {row.operation: row for row in played.operations()}
    written: dict[int, list[tuple[int, int]]] = {key: [(-1, -1)] for key in range(KEYS)}
    for row in sorted(rows.values(), key=lambda row: row.ended_us):
        if row.write:
            written[row.key].append((row.ended_us, row.operation))
    ends = {operation: ended_us for order in written.values() for ended_us, operation in order}
    return [
        operation
        for operation, time_us, _, writer in played.log.reads.rows()
        if time_us >= WARM_US
        and ends[writer]
        < max(end_us for end_us, _ in written[rows[operation].key] if end_us <= time_us - age_us)
    ]


def stale_share(played: Night, age_us: int = 0) -> float:
    reads = sum(time_us >= WARM_US for _, time_us, *_ in played.log.reads.rows())
    return len(missed(played, age_us)) / reads


@pytest.mark.parametrize("lag_ms", [20, 150])
def test_the_share_of_stale_reads_is_that_of_a_write_within_the_lag(lag_ms: int) -> None:
    estimates = replicated(level(lag_ms), stale_share)

    agree(estimates, 1 - exp(-RATE / KEYS * lag_ms / 1000), sharp=0.03)


def test_the_share_of_reads_that_are_too_old_falls_with_the_age_that_is_borne() -> None:
    estimates = replicated(level(150), partial(stale_share, age_us=100 * MS))

    agree(estimates, 1 - exp(-RATE / KEYS * 0.050), sharp=0.03)


@pytest.mark.parametrize("stale_after_ms", [0, 100])
def test_the_score_finds_the_same_reads(stale_after_ms: int) -> None:
    text = level(150, stale_after_ms=stale_after_ms)
    played = nights(text)[0]

    found = {one.operation for one in find_anomalies(system_of(text), played.log)}
    late = {row.operation for row in played.operations(WARM_US)}
    assert found & late == set(missed(played, stale_after_ms * MS))


def test_writes_that_are_gathered_are_stale_from_the_first_one_to_the_end_of_the_gathering() -> (
    None
):
    """Windows of a constant length begin with a write each, after an exponential time without: a
    renewal process. So far into a window, a key was not written by the first write of it, nor by
    another one, with probability (1 - 1/keys) exp(-rate x time)."""
    gather_s = 0.1
    each = RATE / KEYS
    fresh_s = (1 - 1 / KEYS) * (1 - exp(-each * gather_s)) / each

    estimates = replicated(level(100, how="gather"), stale_share)
    agree(estimates, (gather_s - fresh_s) / (gather_s + 1 / RATE), sharp=0.03)


def test_reads_of_the_primary_miss_nothing() -> None:
    assert fmean(replicated(level(150, copy="copy-1"), stale_share)) == 0
