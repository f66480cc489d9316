"""Messages that overtake each other, and links on which they do not."""

from __future__ import annotations

from itertools import pairwise
from math import exp
from statistics import fmean

import pytest

from tests.engine.nights import MS, Night
from tests.engine.topics.evidence import agree, replicated

GAP_MS = 10


def level(mean_ms: int, ordered: str) -> str:
    return f"""
duration = "30s"

[[node]]
id = "web"

[[link]]
from = "*"
to = "*"
latency = {{ law = "exponential", mean = "{mean_ms}ms" }}
ordered = {ordered}

[[service]]
id = "shop"
on = "web"

[[client]]
id = "people"
call = "shop"
gap = "{GAP_MS}ms"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def overtaken(played: Night) -> float:
    """The share of requests that arrived after the next one."""
    arrived = [row.arrived_us for row in played.attempts() if row.arrived_us >= 0]
    return fmean(after < before for before, after in pairwise(arrived))


@pytest.mark.parametrize("mean_ms", [5, 20])
def test_neighbours_overtake_each_other_as_often_as_two_exponentials(mean_ms: int) -> None:
    """The later one starts a gap behind, and then wins every second time."""
    agree(replicated(level(mean_ms, "false"), overtaken), exp(-GAP_MS / mean_ms) / 2, sharp=0.03)


def test_on_an_ordered_link_nobody_overtakes_and_all_wait_for_the_slowest_before() -> None:
    free, ordered = level(20, "false"), level(20, "true")

    def travelled_us(played: Night) -> float:
        return fmean(
            row.arrived_us - row.sent_us for row in played.attempts() if row.arrived_us > 0
        )

    assert replicated(ordered, overtaken) == [0.0] * 8
    assert fmean(replicated(free, travelled_us)) == pytest.approx(20 * MS, rel=0.02)
    assert fmean(replicated(ordered, travelled_us)) > 30 * MS
