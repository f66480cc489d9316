"""Head-of-the-line priorities against Cobham's waiting times.

With R the work that is left in service on average, and s_k the load of class k and all that are
more urgent, class k waits R / ((1 - s_(k-1)) (1 - s_k)) (Cobham, Priority Assignment in Waiting
Line Problems, Journal of the Operations Research Society of America 2(1), 1954). With Poisson
arrivals and exponential times of one mean for all, R is the load times that mean.
"""

from __future__ import annotations

from functools import partial
from itertools import accumulate, pairwise

import pytest

from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, mean_seconds, replicated

MEAN_S = 0.01
RATES = {1: 30.0, 4: 20.0, 9: 30.0}
"""By priority, the most urgent first."""
LOADS = [rate * MEAN_S for rate in RATES.values()]
WAITS_S = [
    sum(LOADS) * MEAN_S / ((1 - before) * (1 - until))
    for before, until in pairwise((0.0, *accumulate(LOADS)))
]


def level(discipline: str = "priority") -> str:
    clients = "".join(
        f"""
[[client]]
id = "class-{priority}"
call = "shop"
rate = {rate}
priority = {priority}
deadline = "20s"
"""
        for priority, rate in reversed(RATES.items())
    )
    return f"""
duration = "150s"
event_budget = 10000000

[[node]]
id = "web"

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[service]]
id = "shop"
on = "web"
workers = 1
queue = 100000
discipline = "{discipline}"
steps = [{{ wait = {{ law = "exponential", mean = "{1000 * MEAN_S:g}ms" }} }}]
{clients}
[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def time_of_class(rank: int, played: Night) -> float:
    """Mean time in the system, in seconds, once the queue is in its stride."""
    client = len(RATES) - 1 - rank
    return mean_seconds(row for row in played.operations(5 * SECOND) if row.client == client)


@pytest.mark.parametrize("rank", range(len(RATES)))
def test_each_class_waits_as_long_as_cobham_says(rank: int) -> None:
    times = replicated(level(), partial(time_of_class, rank))
    agree(times, WAITS_S[rank] + MEAN_S, sharp=0.06)


def test_requests_behind_a_request_are_as_urgent_as_the_client_is() -> None:
    """The front has room for all, so that they meet at the service behind it."""
    text = level().replace('call = "shop"', 'call = "front"')
    text += '\n[[service]]\nid = "front"\non = "web"\nworkers = 1000\nsteps = [{ call = "shop" }]\n'
    played = night(text.replace('"150s"', '"50s"'))
    first, second, third = (time_of_class(rank, played) for rank in range(3))
    assert first < second < third / 2


def test_the_fast_path_goes_by_priority_too() -> None:
    text = level().replace('"150s"', '"30s"')
    assert night(text).log.digest() == night(text, trace=True).log.digest()
