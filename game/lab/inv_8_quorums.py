"""INV-8: where r + w > n, every read meets every write that was over when it began (Gifford,
Weighted Voting for Replicated Data, SOSP 1979); so without faults none is stale."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.p6_quorums import N, lags, pairs
from game.lab.statistics import Exact


def observe(r: int, w: int, seed: int, work: float) -> Mapping[str, float]:
    """Stale reads of eight clients that write and read one key at the same time."""
    system = pairs("disk", r, w, work / 16, clients="8", versions="logical")
    return {"stale": sum(lag > 0 for lag in lags(simulate(system, seed)))}


def add(r: int, w: int) -> None:
    title = f"n {N}, r {r}, w {w}, 8 clients: stale reads"
    row = Row("stale", title, 0, Exact())
    register(Check(f"INV-8/r{r}-w{w}", "Gifford 1979", partial(observe, r, w), (row,)))


for r, w in ((1, 3), (2, 2), (3, 1)):
    add(r, w)
