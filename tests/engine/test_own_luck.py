"""Everything has luck of its own: what was slow once need not be slow again, nor what follows."""

from __future__ import annotations

from itertools import combinations, pairwise
from math import exp
from statistics import correlation
from typing import Any

import pytest

from game.engine.log import AttemptKind
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


PLAIN = """
duration = "10s"

[[node]]
id = "web"
count = 3

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[policy]]
id = "own"
balancer = "round-robin"
attempt_timeout = "20ms"
retry = { attempts = 2 }

[[service]]
id = "shop"
on = "web"
workers = 1_000
steps = [{ wait = { law = "exponential", mean = "10ms" } }]

[[client]]
id = "people"
call = "shop"
policy = "own"
rate = 200
deadline = "1s"
"""


def work_of(text: str, kind: AttemptKind) -> dict[int, int]:
    """For each operation, how long the work of its first attempt of a kind took, in full."""
    found: dict[int, int] = {}
    for row in night(text).attempts():
        if row.kind == kind and row.depth == 0 and row.served_us >= 0:
            found.setdefault(row.operation, row.served_us - row.started_us)
    return found


CHANGES = [
    pytest.param('"round-robin"', '"random"', id="another balancer"),
    pytest.param('latency = "1ms"', 'latency = { law = "uniform", high = "2ms" }', id="a law"),
    pytest.param("steps = [", 'steps = [{ cpu = "0ms" }, ', id="a step of no time"),
    pytest.param("steps = [", 'steps = [{ cpu = "1us" }, ', id="a step of another kind"),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
@pytest.mark.parametrize("kind", [AttemptKind.FIRST, AttemptKind.RETRY])
def test_work_keeps_its_luck_whatever_else_needs_luck(
    before: str, after: str, kind: AttemptKind
) -> None:
    one, other = work_of(PLAIN, kind), work_of(PLAIN.replace(before, after), kind)
    both = one.keys() & other.keys()

    assert len(both) > 100
    assert all(abs(one[operation] - other[operation]) <= 1 for operation in both)


def test_the_first_copy_of_a_fan_out_has_the_luck_of_a_single_call() -> None:
    single = work_of(PLAIN.replace("20ms", "1s"), AttemptKind.FIRST)
    several = night(PLAIN.replace("20ms", "1s").replace("rate =", "fan_out = 2\nrate ="))
    copies: dict[int, list[int]] = {operation: [] for operation in single}
    for row in several.attempts():
        copies[row.operation].append(row.served_us - row.started_us)

    assert len(single) > 1_000
    assert all(single[operation] in works for operation, works in copies.items())


TWO_CALLS = """
duration = "10s"

[[node]]
id = "web"

[[node]]
id = "left"
count = 2

[[node]]
id = "right"

[[link]]
from = "*"
to = "*"
latency = "1ms"

[[link]]
from = "web"
to = "right"
latency = "1ms"
loss = 0.2

[[policy]]
id = "own"
attempt_timeout = "50ms"

[[service]]
id = "shop"
on = "web"
workers = 1_000
steps = [{ call = "first" }, { call = "second", policy = "own" }]

[[service]]
id = "first"
on = "left"
steps = [{ wait = "1ms" }]

[[service]]
id = "second"
on = "right"
steps = [{ wait = "1ms" }]

[[client]]
id = "people"
call = "shop"
rate = 100
deadline = "1s"
"""


def test_a_copy_more_of_one_call_loses_no_other_message_of_the_next() -> None:
    several = TWO_CALLS.replace('{ call = "first" }', '{ call = "first", fan_out = 2 }')
    outcomes = [[row.cause for row in night(text).operations()] for text in (TWO_CALLS, several)]

    assert outcomes[0] == outcomes[1]
    assert 0.2 < sum(cause != 0 for cause in outcomes[0]) / len(outcomes[0]) < 0.5
