"""Fan-outs to exponential leaves that stop to wait after a while.

Of n leaves with independent exponential times, each is in after t with 1 - exp(-t / mean); the k-th
of n comes after the mean times 1/n + ... + 1/(n - k + 1) (Rényi 1953).
"""

from __future__ import annotations

from math import comb, exp
from statistics import fmean

import pytest

from game.engine.causes import Cause
from tests.engine.nights import MS, Night
from tests.engine.topics.evidence import agree, mean_seconds, replicated

LEAVES = 10
MEAN_MS = 10


def level(partial: str) -> str:
    return f"""
duration = "60s"
event_budget = 10000000

[[node]]
id = "leaf"
count = {LEAVES}

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[service]]
id = "index"
on = "leaf"
workers = 1000
steps = [{{ wait = {{ law = "exponential", mean = "{MEAN_MS}ms" }} }}]

[[client]]
id = "people"
call = "index"
rate = 10
fan_out = {LEAVES}
{partial}

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def completeness(played: Night) -> float:
    totals = played.log.totals
    answered: int = totals["parts-answered:index"]
    return answered / totals["parts-asked:index"]


def response_ms(played: Night) -> float:
    rows = played.operations()
    assert {row.cause for row in rows} <= {Cause.NONE, Cause.UNFINISHED}
    return 1000 * mean_seconds(row for row in rows if row.ended_us >= 0)


@pytest.mark.parametrize("after_ms", [10, 25])
def test_the_parts_that_are_in_are_those_of_the_law(after_ms: int) -> None:
    text = level(f'partial = {{ after = "{after_ms}ms", at_least = 1 }}')

    agree(replicated(text, completeness), 1 - exp(-after_ms / MEAN_MS), sharp=0.01)


def test_at_least_so_many_are_waited_for() -> None:
    """With `after` almost nothing, the eighth of ten ends it."""
    reference = MEAN_MS * sum(1 / (LEAVES - k) for k in range(8))

    text = level('partial = { after = "1us", at_least = 8 }')
    agree(replicated(text, response_ms), reference, sharp=0.01)


def test_nothing_waits_longer_than_for_all() -> None:
    """After 20 ms the answer comes unless it had come: the expected least of both times."""
    inside = MEAN_MS * sum(1 / k for k in range(1, LEAVES + 1))
    after_ms = 20
    # E min(T, t) with T the largest of ten: the sum of the integrals of P(T > s) up to t.
    reference = sum(
        comb(LEAVES, k) * (-1) ** (k + 1) * MEAN_MS / k * (1 - exp(-k * after_ms / MEAN_MS))
        for k in range(1, LEAVES + 1)
    )
    assert reference < inside

    text = level(f'partial = {{ after = "{after_ms}ms", at_least = 1 }}')
    agree(replicated(text, response_ms), reference, sharp=0.01)
    assert fmean(replicated(text, response_ms)) * MS < after_ms * MS
