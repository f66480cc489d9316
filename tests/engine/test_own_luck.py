"""Everything has luck of its own: what was slow once need not be slow again, nor what follows."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import exp
from statistics import correlation
from typing import Any

import pytest

from game.engine.resilience.hedge import Hedge
from game.engine.resilience.retry import Retry
from game.engine.run import simulate
from tests.engine.nights import Operation, night
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


CHAIN = """
duration = "40s"

[[node]]
id = "web"
count = 2

[[node]]
id = "db"

[[link]]
from = "*"
to = "*"
latency = { law = "exponential", mean = "2ms" }

[[service]]
id = "front"
on = "web"
workers = 1_000
steps = [{ wait = { law = "exponential", mean = "2ms" } }, { call = "store" }]

[[service]]
id = "store"
on = "db"
workers = 1_000
steps = [{ wait = { law = "exponential", mean = "2ms" } }]

[[client]]
id = "shop"
call = "front"
gap = { law = "exponential", mean = "10ms" }
deadline = "1s"
"""


def test_gaps_ways_and_works_of_an_operation_have_nothing_to_do_with_each_other() -> None:
    played = night(CHAIN)
    operations = played.operations()
    attempts = {(one.operation, one.depth): one for one in played.attempts()}
    samples: dict[str, list[int]] = {"gap": [after_gap(pair) for pair in pairwise(operations)]}
    for depth in (0, 1):
        rows = [attempts[one.operation, depth] for one in operations[1:]]
        samples[f"request {depth}"] = [one.arrived_us - one.sent_us for one in rows]
        samples[f"answer {depth}"] = [one.ended_us - one.served_us for one in rows]
    outer = [attempts[one.operation, 0] for one in operations[1:]]
    inner = [attempts[one.operation, 1] for one in operations[1:]]
    together = list(zip(outer, inner, strict=True))
    samples["work 0"] = [call.sent_us - one.started_us for one, call in together]
    samples["work 1"] = [one.served_us - one.started_us for one in inner]

    assert len(operations) > 3000
    for (one, first), (other, second) in combinations(samples.items(), 2):
        assert abs(correlation(first, second)) < 0.08, f"{one} and {other}"
        assert abs(correlation(first[1:], second[:-1])) < 0.08, f"{one} and {other} before"


def after_gap(pair: tuple[Operation, Operation]) -> int:
    before, after = pair
    return after.invoked_us - before.invoked_us
