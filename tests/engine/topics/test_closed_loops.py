"""Clients who think, ask, wait and think again: exact mean value analysis.

Reiser and Lavenberg, Mean-Value Analysis of Closed Multichain Queuing Networks, JACM 27(2), 1980.
With one station it is the machine-interference model.
"""

from __future__ import annotations

from statistics import fmean

import pytest

from tests.engine.nights import SECOND, Night
from tests.engine.topics.evidence import agree, replicated

USERS = 8
THINK = 0.5
BEGIN_US, END_US = 10 * SECOND, 390 * SECOND


def level(demands: list[float]) -> str:
    """Services in a row, each with one core, whose workers never run out."""
    services = "".join(
        f"""
[[node]]
id = "node-of-{n}"

[[service]]
id = "service-{n}"
on = "node-of-{n}"
workers = 1000
steps = [{{ cpu = {{ law = "exponential", mean = "{demand * 1000:g}ms" }} }}{more}]
"""
        for n, demand in enumerate(demands)
        for more in [f', {{ call = "service-{n + 1}" }}' if n + 1 < len(demands) else ""]
    )
    return f"""
duration = "400s"
event_budget = 10000000
{services}
[[link]]
from = "*"
to = "*"
latency = "0ms"

[[client]]
id = "people"
call = "service-0"
population = {USERS}
think = {{ law = "exponential", mean = "{THINK * 1000:g}ms" }}
deadline = "10s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def mean_value_analysis(demands: list[float]) -> tuple[float, float]:
    """Operations a second, and the mean response time."""
    queued = [0.0] * len(demands)
    for users in range(1, USERS + 1):
        times = [own * (1 + there) for own, there in zip(demands, queued, strict=True)]
        rate = users / (THINK + sum(times))
        queued = [rate * time for time in times]
    return rate, sum(times)


def rate_of(played: Night) -> float:
    return len(played.operations(BEGIN_US, END_US)) / ((END_US - BEGIN_US) / SECOND)


def response(played: Night) -> float:
    rows = played.operations(BEGIN_US, END_US)
    return fmean((row.ended_us - row.invoked_us) / SECOND for row in rows)


@pytest.mark.parametrize("demands", [[0.1], [0.06, 0.08]])
def test_throughput_and_response_time_are_those_of_mean_value_analysis(
    demands: list[float],
) -> None:
    rate, time = mean_value_analysis(demands)

    agree(replicated(level(demands), rate_of), rate, sharp=0.01)
    agree(replicated(level(demands), response), time, sharp=0.02)


def test_response_time_is_users_by_rate_less_thinking() -> None:
    for demands in ([0.1], [0.06, 0.08]):
        estimates = replicated(
            level(demands), lambda one: response(one) + THINK - USERS / rate_of(one)
        )
        assert abs(fmean(estimates)) < 0.02
