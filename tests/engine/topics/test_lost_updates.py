"""Read, think, write: how many acknowledged changes are written over by who had not seen them.

With a constant time between read and write, writes come as a Poisson process like the updates. The
next writer has not seen a write if it had read before: if it comes within that time. So an update
is lost with probability 1 - exp(-rate x time), whatever became of its own read (P4 of Berenson and
others, A Critique of ANSI SQL Isolation Levels, SIGMOD 1995).
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from math import exp

import pytest

from game.score.consistency.anomalies import find_anomalies
from tests.engine.nights import SECOND, Night, system_of
from tests.engine.topics.evidence import agree, nights, replicated

KEYS, RATE = 5, 25
"""So five updates a second of each key."""


def level(think_ms: int, write: str = "write") -> str:
    how = "" if write == "write" else f', as = "{write}"'
    return f"""
duration = "60s"
event_budget = 10000000

[[node]]
id = "agents"

[[node]]
id = "db"

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[service]]
id = "agent"
on = "agents"
workers = 1000
steps = [
    {{ call = "rows", as = "read" }},
    {{ wait = "{think_ms}ms" }},
    {{ call = "rows"{how} }},
]

[[service]]
id = "rows"
on = "db"
store = {{ kind = "register", updates = true }}
steps = [{{ store = "0ms" }}]

[[client]]
id = "people"
call = "agent"
rate = {RATE}
writes = 1
keys = {KEYS}

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def lost(played: Night) -> set[int]:
    """Whoever wrote a key just before another one that had read it earlier."""
    read_us = {operation: time_us for operation, time_us, *_ in played.log.reads.rows()}
    orders: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for operation, time_us, _, key, _ in played.log.effects.rows():
        orders[key].append((time_us, operation))
    return {
        operation
        for order in orders.values()
        for (time_us, operation), (_, after) in pairwise(order)
        if read_us[after] < time_us
    }


def lost_share(played: Night) -> float:
    """Of the updates that had the time to be written over."""
    done = {row.operation for row in played.operations(0, 58 * SECOND) if not row.cause}
    return len(lost(played) & done) / len(done)


def refused_share(played: Night) -> float:
    rows = played.operations(0, 58 * SECOND)
    return sum(bool(row.cause) for row in rows) / len(rows)


@pytest.mark.parametrize("think_ms", [10, 40, 200])
def test_the_share_of_lost_updates_is_that_of_another_one_within_the_thinking(
    think_ms: int,
) -> None:
    estimates = replicated(level(think_ms), lost_share)

    agree(estimates, 1 - exp(-RATE / KEYS * think_ms / 1000), sharp=0.05)


def test_the_score_finds_the_same_updates() -> None:
    text = level(40)
    played = nights(text)[0]

    found = {one.operation for one in find_anomalies(system_of(text), played.log)}
    assert found == lost(played)


def test_who_compares_first_is_refused_as_often_as_a_loss_system_blocks() -> None:
    """Whoever reads within the time of one that will succeed is refused, and nobody else: a server
    without a queue, which blocks the share a / (1 + a) of what comes (Erlang's loss formula)."""
    estimates = replicated(level(40, "compare-and-set"), refused_share)

    load = RATE / KEYS * 0.040
    agree(estimates, load / (1 + load), sharp=0.05)
    assert not any(lost(played) for played in nights(level(40, "compare-and-set")))
