"""Where copies are kept, and what is lost when several machines die at once.

Cidon and others, Copysets: Reducing the Frequency of Data Loss in Cloud Storage, USENIX ATC 2013.
With `rendezvous` a fan-out asks the machines that have a key's copies: any of them is enough.
"""

from __future__ import annotations

from math import comb
from statistics import fmean

import pytest

from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, replicated

MACHINES, COPIES = 9, 3


def level(dead: int) -> str:
    return f"""
duration = "15s"
event_budget = 10000000

[[node]]
id = "disk"
count = {MACHINES}

[[policy]]
id = "copies"
balancer = "rendezvous"

[[service]]
id = "store"
on = "disk"

[[client]]
id = "people"
call = "store"
policy = "copies"
fan_out = {COPIES}
first = 1
rate = 100
keys = 100000

[[fault]]
kind = "crash"
target = [{", ".join(f'"disk-{n + 1}"' for n in range(dead))}]
at = "0s"

[[goal]]
id = "up"
measure = "availability"
at_least = 0
"""


def lost(played: Night) -> float:
    return fmean(row.cause.word != "none" for row in played.operations(SECOND, 14 * SECOND))


@pytest.mark.parametrize("dead", [4, 6])
def test_copies_at_random_lose_the_keys_whose_every_machine_died(dead: int) -> None:
    agree(replicated(level(dead), lost), comb(dead, COPIES) / comb(MACHINES, COPIES), sharp=0.06)


def test_fewer_dead_machines_than_copies_lose_nothing() -> None:
    assert lost(night(level(COPIES - 1))) == 0


def test_a_key_has_the_same_machines_every_time() -> None:
    text = level(1).replace("keys = 100000", "keys = 3")

    def places(played: Night) -> float:
        keys = {row.operation: row.key for row in played.operations()}
        found: dict[int, set[str]] = {}
        for row in played.attempts():
            found.setdefault(keys[row.operation], set()).add(played.node_of(row))
        return fmean(len(machines) for machines in found.values())

    assert places(night(text)) == COPIES
