"""How likely it is that some shard loses all its copies when F of N machines die at once.

Cidon and others, Copysets, USENIX ATC 2013, sections 2 and 4, with R copies. At random, each of the
shards whose home dies is lost with probability C(F - 1, R - 1) / C(N - 1, R - 1), each by itself.
With copysets only these can be lost: P = S / (R - 1) permutations, independent of each other, with
N / R disjoint sets each. That a permutation has no set within the F is, by inclusion and exclusion,

    q = sum over k of (-1)^k C(N / R, k) C(N - k R, F - k R) / C(N, F)

and that no permutation has one is q^P. Shards are so many that every copyset is used. To first
order both are the paper's #copysets C(F, R) / C(N, R).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import comb

from game.engine.replication.sharded import ShardedStore
from game.engine.streams import stream
from game.engine.world import World
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import StandardErrors

MACHINES = 99
COPIES = 3
SHARDS = 990
SCATTER = 4
DYING = 10
NIGHTS = 400
"""Sets of machines that die, for each placement of the shards."""


def loss_at_random() -> float:
    """Each home has the same number of shards, since they are numbered modulo the machines."""
    alone = comb(DYING - 1, COPIES - 1) / comb(MACHINES - 1, COPIES - 1)
    homes: int = DYING * SHARDS // MACHINES
    return float(1 - (1 - alone) ** homes)


def loss_with_copysets() -> float:
    """See above."""
    sets = MACHINES // COPIES
    none = sum(
        (-1) ** k * comb(sets, k) * comb(MACHINES - k * COPIES, DYING - k * COPIES)
        for k in range(DYING // COPIES + 1)
    ) / comb(MACHINES, DYING)
    permutations: int = SCATTER // (COPIES - 1)
    return float(1 - none**permutations)


def observe(placement: str, seed: int, work: float) -> Mapping[str, float]:
    """The share of nights in which a shard loses all its copies, where the engine has put them."""
    store = World(scenario("copysets", (("placement", placement),)), seed, traced=False)
    (shop,) = store.replications
    assert isinstance(shop, ShardedStore)
    sets = {frozenset(place.machines) for place in shop.first.places}
    luck = stream(seed, "lab/copysets").random
    nights = max(1, round(NIGHTS * work))
    lost = 0
    for _ in range(nights):
        left = list(range(MACHINES))
        dead = {left.pop(int(luck() * len(left))) for _ in range(DYING)}
        lost += any(one <= dead for one in sets)
    return {"loss": lost / nights}


for name, words, reference in (
    ("random", "copies anywhere", loss_at_random()),
    ("copysets", f"copysets of width {SCATTER}", loss_with_copysets()),
):
    title = f"{DYING} of {MACHINES} machines die, {words}: losses"
    row = Row("loss", title, reference, StandardErrors(sized=True))
    register(Check(f"COPYSETS/{name}", "Cidon 2013", partial(observe, name), (row,)))
