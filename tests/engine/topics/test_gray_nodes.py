"""A machine that is slow and answers its health checks.

Random splitting makes each machine a queue of its own: M/M/1, T = 1 / (mu - lambda).
"""

from __future__ import annotations

from statistics import fmean

import pytest

from game.engine.log import Change
from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, mean_seconds, replicated

MACHINES, RHO, FACTOR = 4, 0.25, 2


def level(balancer: str, more: str = "") -> str:
    return f"""
duration = "3000s"
event_budget = 10000000

[[node]]
id = "web"
count = {MACHINES}

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[policy]]
id = "own"
balancer = "{balancer}"
{more}

[[service]]
id = "shop"
on = "web"
workers = 10000
steps = [{{ cpu = {{ law = "exponential", mean = "1s" }} }}]

[[client]]
id = "people"
call = "shop"
policy = "own"
rate = {MACHINES * RHO}
deadline = "200s"

[[fault]]
kind = "slow"
target = "web-1"
factor = {FACTOR}
at = "0s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def response(played: Night) -> float:
    return mean_seconds(played.operations(50 * SECOND))


def test_a_gray_machine_spoils_the_mean_as_its_own_queue_says() -> None:
    sound, gray = 1 / (1 - RHO), 1 / (1 / FACTOR - RHO)

    agree(
        replicated(level("random"), response),
        ((MACHINES - 1) * sound + gray) / MACHINES,
        sharp=0.03,
    )


@pytest.mark.parametrize("balancer", ["least-outstanding", "power-of-two", "latency-aware"])
def test_balancers_that_look_at_answers_avoid_it(balancer: str) -> None:
    blind = fmean(response(night(level("random"), seed)) for seed in (1, 2))
    seeing = fmean(response(night(level(balancer), seed)) for seed in (1, 2))

    assert seeing < 0.85 * blind


def test_health_checks_do_not_notice() -> None:
    checks = 'health = { interval = "1s", timeout = "500ms" }'
    assert night(level("random", checks)).changes(Change.TARGET_OUT) == []
