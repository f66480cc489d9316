"""Requests of two parts, each with a queue of its own, that are done with the later part.

Flatto and Hahn, Two Parallel Queues Created by Arrivals with Two Demands, SIAM Journal on Applied
Mathematics 44(5), 1984; Nelson and Tantawi, Approximate Analysis of Fork/Join Synchronization in
Parallel Queues, IEEE Transactions on Computers 37(6), 1988, equation 2.
"""

from __future__ import annotations

import pytest

from tests.engine.nights import SECOND, Night
from tests.engine.topics.evidence import agree, mean_seconds, replicated


def level(rho: float) -> str:
    return f"""
duration = "3000s"
event_budget = 10000000

[[node]]
id = "web"
count = 2

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[service]]
id = "part"
on = "web"
workers = 1
queue = 100000
steps = [{{ cpu = {{ law = "exponential", mean = "1s" }} }}]

[[client]]
id = "people"
call = "part"
fan_out = 2
rate = {rho}
deadline = "300s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def response(played: Night) -> float:
    return mean_seconds(played.operations(50 * SECOND, 2700 * SECOND))


@pytest.mark.parametrize("rho", [0.3, 0.6])
def test_two_parts_take_as_long_as_the_closed_form_says(rho: float) -> None:
    reference = (12 - rho) / 8 / (1 - rho)

    agree(replicated(level(rho), response), reference, sharp=0.03)
