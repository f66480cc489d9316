"""Layers that each try again: how many calls reach the bottom for one at the top.

With D layers of m attempts each, and calls that fail with probability p, these are the tries of one
loop of m^D: (1 - p^M) / (1 - p).
"""

from __future__ import annotations

import pytest

from tests.engine.nights import Night, night
from tests.engine.topics.evidence import agree, replicated

LAYERS = 3


def level(retries: int, loss: float) -> str:
    return f"""
duration = "40s"
event_budget = 10000000

[[node]]
id = "top"

[[node]]
id = "middle"

[[node]]
id = "bottom"

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[link]]
from = "middle"
to = "bottom"
latency = "1ms"
loss = {loss}
one_way = true

[[policy]]
id = "again"
retry = {{ attempts = {retries} }}

[[policy]]
id = "last"
attempt_timeout = "5ms"
retry = {{ attempts = {retries} }}

[[service]]
id = "front"
on = "top"
workers = 1000
steps = [{{ call = "shop", policy = "again" }}]

[[service]]
id = "shop"
on = "middle"
workers = 1000
steps = [{{ call = "store", policy = "last" }}]

[[service]]
id = "store"
on = "bottom"

[[client]]
id = "people"
call = "front"
policy = "again"
rate = 20
deadline = "5s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0
"""


def calls_below(played: Night) -> float:
    """For one operation that had the time to try everything."""
    whole = {row.operation for row in played.operations() if row.ended_us >= 0}
    return sum(row.depth == 2 and row.operation in whole for row in played.attempts()) / len(whole)


@pytest.mark.parametrize(("retries", "loss"), [(1, 0.5), (2, 0.3)])
def test_calls_at_the_bottom_are_those_of_the_closed_form(retries: int, loss: float) -> None:
    most = (retries + 1) ** LAYERS

    agree(
        replicated(level(retries, loss), calls_below),
        (1 - loss**most) / (1 - loss),
        sharp=0.02,
    )


def test_where_nothing_works_every_layer_multiplies() -> None:
    assert calls_below(night(level(1, 1.0))) == 8
