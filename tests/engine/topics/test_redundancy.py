"""Copies of each request at several servers, all called back when the first one is done.

Gardner, Harchol-Balter, Scheller-Wolf, Velednitsky and Zbarsky, Redundancy-d: The Power of d
Choices for Redundancy, Operations Research 65(4), 2017. Queues are first come first served, service
times exponential with mean 1 and drawn anew for each copy.
"""

from __future__ import annotations

from itertools import pairwise
from math import comb

import pytest

from game.engine.log import AttemptKind
from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, mean_seconds, replicated

RHO = 0.4
WARM_US = 50 * SECOND


def level(
    servers: int,
    copies: int,
    *,
    cancel: str = "true",
    step: str = "cpu",
    workers: int = 1,
    scheduling: str = "fifo",
) -> str:
    return f"""
duration = "1200s"
event_budget = 10000000

[[node]]
id = "server"
count = {servers}
scheduling = "{scheduling}"

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[policy]]
id = "redundant"
balancer = "random"
cancel = {cancel}

[[service]]
id = "work"
on = "server"
workers = {workers}
queue = 100000
steps = [{{ {step} = {{ law = "exponential", mean = "1s" }} }}]

[[client]]
id = "users"
call = "work"
policy = "redundant"
fan_out = {copies}
first = 1
rate = {servers * RHO}
deadline = "100s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.5
"""


def mean_response(servers: int, copies: int) -> float:
    """Gardner 2017, theorem 2: each server is asked for RHO a unit of time."""
    return sum(
        1 / (servers * comb(servers - 1, copies - 1) / comb(busy - 1, copies - 1) - servers * RHO)
        for busy in range(copies, servers + 1)
    )


def response(played: Night) -> float:
    return mean_seconds(played.operations(WARM_US))


@pytest.mark.parametrize(("servers", "copies"), [(6, 2), (4, 4)])
def test_the_mean_response_time_is_that_of_the_closed_form(servers: int, copies: int) -> None:
    estimates = replicated(level(servers, copies), response)

    agree(estimates, mean_response(servers, copies), sharp=0.04)


def test_shared_cores_give_back_what_is_called_back() -> None:
    """Copies of the same requests share each server, and each request is done at the rate of all
    servers divided by the number of requests: one fast server that is shared."""
    shared = level(4, 4, workers=1000, scheduling="processor-sharing")

    agree(replicated(shared, response), mean_response(4, 4), sharp=0.04)


def test_copies_to_all_servers_make_one_fast_server_of_them() -> None:
    assert mean_response(4, 4) == pytest.approx(1 / (4 - 4 * RHO))
    assert mean_response(4, 1) == pytest.approx(1 / (1 - RHO))


def test_the_copies_of_a_request_go_to_different_servers_in_every_combination() -> None:
    played = night(level(4, 2))

    chosen: dict[int, set[str]] = {}
    for row in played.attempts():
        chosen.setdefault(row.operation, set()).add(played.node_of(row))
    pairs = [tuple(sorted(pair)) for pair in chosen.values()]
    assert {len(pair) for pair in pairs} == {2}
    assert len(set(pairs)) == comb(4, 2)
    for pair in set(pairs):
        share = pairs.count(pair) / len(pairs)
        assert share == pytest.approx(1 / comb(4, 2), abs=4 * (5 / 36 / len(pairs)) ** 0.5)


@pytest.mark.parametrize("step", ["cpu", "wait"])
def test_a_copy_that_is_called_back_leaves_its_queue_or_its_worker_at_once(step: str) -> None:
    played = night(level(4, 2, step=step))

    ended = {row.operation: row.ended_us for row in played.operations()}
    copies = played.attempts()
    served = [row for row in copies if row.served_us >= 0]
    assert all(row.served_us == ended[row.operation] for row in served)
    assert len(served) == len(ended)
    # A worker is never idle while somebody waits for it, nor does one serve two at once.
    for index in range(4):
        own = [row for row in copies if played.node_of(row) == f"server-{index + 1}"]
        begun = sorted((row.started_us, row.ended_us) for row in own if row.started_us >= 0)
        assert all(before[1] <= after[0] for before, after in pairwise(begun))
        for row in own:
            if row.started_us > row.arrived_us:
                assert row.started_us in {end_us for _, end_us in begun}
    assert any(row.started_us < 0 for row in copies)
    assert {row.kind for row in copies} == {AttemptKind.FIRST}


def test_without_calling_back_every_copy_is_served() -> None:
    called_back = night(level(4, 2).replace("rate = 1.6", "rate = 1"))
    left = night(level(4, 2, cancel="false").replace("rate = 1.6", "rate = 1"))

    assert left.log.totals["busy_us"] > 1.8 * called_back.log.totals["busy_us"]
