"""Last in, first out, where more comes than can be served.

Whoever is not served at once waits for a busy period of those who come later. With more work than
the server can do it ends with probability 1 / rho (Kleinrock, Queueing Systems, volume 1, 1975,
chapter 5.8, for the density of the busy period).
"""

from __future__ import annotations

from functools import partial
from math import cos, exp, pi, sqrt
from statistics import fmean

import pytest

from tests.engine.nights import MS, SECOND, Night, night
from tests.engine.topics.evidence import agree, replicated

SERVED, ARRIVING = 50.0, 100.0


def level(discipline: str) -> str:
    return f"""
duration = "50s"
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
steps = [{{ wait = {{ law = "exponential", mean = "{1000 / SERVED:g}ms" }} }}]

[[client]]
id = "people"
call = "shop"
rate = {ARRIVING}
deadline = "500ms"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def bessel(x: float) -> float:
    """exp(-x) times the modified Bessel function I1(x), by its integral."""
    steps = 200
    angles = [(k + 0.5) * pi / steps for k in range(steps)]
    return sum(exp(x * (cos(angle) - 1)) * cos(angle) for angle in angles) / steps


def busy_period_over(seconds: float) -> float:
    """The probability that a busy period ends within a time."""
    steps = 2000
    rho, root = ARRIVING / SERVED, sqrt(ARRIVING * SERVED)
    width = seconds / steps
    total = 0.0
    for k in range(steps):
        at = (k + 0.5) * width
        decay = exp(-(ARRIVING + SERVED - 2 * root) * at)
        total += decay * bessel(2 * at * root) / (at * sqrt(rho)) * width
    return total


def served_within(milliseconds: int, played: Night) -> float:
    rows = played.attempts(5 * SECOND, 45 * SECOND)
    return fmean(
        row.started_us >= 0 and row.started_us - row.arrived_us <= milliseconds * MS for row in rows
    )


@pytest.mark.parametrize("milliseconds", [10, 50, 200])
def test_the_wait_is_a_busy_period_that_may_never_end(milliseconds: int) -> None:
    agree(
        replicated(level("lifo"), partial(served_within, milliseconds)),
        busy_period_over(milliseconds / 1000),
        sharp=0.03,
    )


def test_the_newest_are_served_where_in_order_nobody_is_served_in_time() -> None:
    assert busy_period_over(3.0) == pytest.approx(SERVED / ARRIVING, rel=0.01)
    newest, oldest = night(level("lifo")), night(level("fifo"))

    assert newest.good_share(20 * SECOND, 45 * SECOND) > 0.4
    assert oldest.good_share(20 * SECOND, 45 * SECOND) == 0
