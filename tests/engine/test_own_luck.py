"""Retries and hedges have luck of their own: what was slow once need not be slow again."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest

from game.engine.resilience.hedge import Hedge
from game.engine.resilience.retry import Retry
from game.engine.run import simulate
from tests.engine.shops import MS, attempts_of, exponential, shop, wait

AGAIN = [
    pytest.param({"retry": Retry(attempts=1), "attempt_timeout": 20 * MS}, id="retry"),
    pytest.param({"hedge": Hedge(after=20 * MS)}, id="hedge"),
]


@pytest.mark.parametrize("policy", AGAIN)
def test_the_work_of_a_second_attempt_is_drawn_anew(policy: dict[str, Any]) -> None:
    service = {"steps": (wait(exponential(10 * MS)),), "workers": 10_000}
    log = simulate(shop(policy=policy, service=service, client={"rate": 1000.0}), 1)
    pairs = [attempts for attempts in attempts_of(log).values() if len(attempts) == 2]
    served = [
        [one["served_us"] - one["started_us"] for one in pair]
        for pair in pairs
        if all(one["served_us"] >= 0 for one in pair)
    ]
    again = [second for _, second in served]

    assert len(again) > 800
    assert sum(first == second for first, second in served) < 3
    # The law has no memory of the first attempt, which took at least 18 ms.
    assert abs(sum(again) / len(again) - 10 * MS) < MS
    assert abs(sum(one > 20 * MS for one in again) / len(again) - exp(-2)) < 0.04


@pytest.mark.parametrize("policy", AGAIN)
def test_the_way_of_a_second_attempt_is_drawn_anew(policy: dict[str, Any]) -> None:
    log = simulate(shop(policy=policy, latency=exponential(10 * MS), client={"rate": 200.0}), 1)
    pairs = [attempts for attempts in attempts_of(log).values() if len(attempts) == 2]
    ways = [[one["arrived_us"] - one["sent_us"] for one in pair] for pair in pairs]

    assert len(ways) > 500
    assert sum(first == second for first, second in ways) < 3
