"""P6: probabilistically bounded staleness. A read that begins some time after a write was done, and
takes the r fastest of its answers, is fresh if one of these copies had the write by then (Bailis,
Venkataraman, Franklin, Hellerstein and Stoica, VLDB 2012, sections 4 and 5); where just r and w
copies are asked, it is within k versions with probability 1 - (C(n-w, r) / C(n, r))^k (section
3.1)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import partial
from math import comb

from game.engine.log import Log
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Percent, StandardErrors, quantile
from game.level.model import System

N = 3
PAIRS = 2_500
"""A write and a read, in one replication; 50,000 in all."""
SPAN_MS = 10_000
"""How long the level is measured."""
PAIR_MS = {"flash": 1.2, "disk": 4.0}
"""About how long a pair takes without thinking."""
FRESH = {
    ("flash", 1, 1): (0.9736, 0.9950, None, None),
    ("disk", 1, 1): (0.437, 0.583, 0.818, 0.926),
    ("disk", 1, 2): (0.713, 0.773, 0.894, 0.956),
}
"""By law, r and w: the share of fresh reads so long after the write."""
LATER_MS = (0, 1, 5, 10)
DIGITS = 0.0005
"""The standard error of references that have three digits."""
WAITS = {"flash": (0.563, 0.911, 2.68), "disk": (6.74, 13.93, 33.8)}
"""p99 of a write that needs 1, 2 and 3 copies, in milliseconds."""
WAITS_SIZE = {"flash": 2, "disk": 5}
"""A p99 needs more pairs than a share, and more of them where the tail is heavy."""


def pairs(law: str, r: int, w: int, work: float, later_ms: int = 0, **choices: str) -> System:
    """The level, measured for about as many pairs."""
    chosen = {"writes": law, "r": str(r), "w": str(w), "later": f"{later_ms}ms", **choices}
    length_ms = PAIRS * (PAIR_MS[law] * max(r, w) + 2 * later_ms)
    return scenario("quorum", tuple(sorted(chosen.items())), work * length_ms / SPAN_MS)


def lags(log: Log) -> list[int]:
    """Of each read: how many writes there were that began after the end of the one that it saw, and
    were done before the read began."""
    assert not log.verdict, log.error or log.verdict
    rows = {row[0]: row for row in log.operations.rows() if row[3] >= 0}
    done: dict[int, list[tuple[int, int]]] = {}
    for row in sorted(rows.values(), key=lambda row: row[3]):
        if row[8] and not row[4]:
            done.setdefault(row[7], []).append((row[3], row[2]))
    found = []
    for operation, _, _, writer in log.reads.rows():
        if operation not in rows:
            continue
        key, began_us = rows[operation][7], rows[operation][2]
        seen_us = rows[writer][3] if writer in rows else -1
        writes = done.get(key, [])
        lag = 0
        for place in range(bisect_left(writes, (began_us + 1, -1)) - 1, -1, -1):
            ended_us, invoked_us = writes[place]
            if ended_us <= seen_us:
                break
            lag += invoked_us >= seen_us
        found.append(lag)
    return found


def observe_fresh(
    law: str, r: int, w: int, later_ms: int, seed: int, work: float
) -> Mapping[str, float]:
    """The share of reads that saw the last write."""
    found = lags(simulate(pairs(law, r, w, work, later_ms), seed))
    return {"fresh": found.count(0) / len(found)}


def observe_versions(seed: int, work: float) -> Mapping[str, float]:
    """The share of reads within k versions."""
    found = lags(simulate(pairs("flash", 1, 1, work, ask="random"), seed))
    return {f"within-{k}": sum(lag < k for lag in found) / len(found) for k in (1, 2, 3)}


def observe_waits(law: str, needed: int, seed: int, work: float) -> Mapping[str, float]:
    """p99 of writes in milliseconds."""
    log = simulate(pairs(law, needed, needed, WAITS_SIZE[law] * work), seed)
    assert not log.verdict, log.error or log.verdict
    waits = [row[3] - row[2] for row in log.operations.rows() if row[8] and row[3] >= 0]
    return {"p99": quantile(waits, 0.99) / 1000}


def add_fresh(law: str, r: int, w: int, later_ms: int, reference: float) -> None:
    title = f"{law}, n {N}, r {r}, w {w}: fresh reads {later_ms} ms after the write"
    row = Row("fresh", title, reference, StandardErrors(DIGITS, sized=True))
    play = partial(observe_fresh, law, r, w, later_ms)
    name = f"P6/{law}-r{r}-w{w}-{later_ms}ms"
    register(Check(name, "Bailis et al. 2012", play, (row,), in_fast=later_ms == 0 and r + w == 2))


def add_waits(law: str, needed: int, reference: float) -> None:
    title = f"{law}: p99 of a write that {needed} of {N} copies must have, ms"
    row = Row("p99", title, reference, Percent(3))
    play = partial(observe_waits, law, needed)
    name = f"P6/{law}-w{needed}"
    register(
        Check(name, "Bailis et al. 2012", play, (row,), in_fast=law == "flash" and needed == 1)
    )


for (law, r, w), references in FRESH.items():
    for later_ms, reference in zip(LATER_MS, references, strict=True):
        if reference is not None:
            add_fresh(law, r, w, later_ms, reference)
for law, waits in WAITS.items():
    for needed, reference in enumerate(waits, 1):
        add_waits(law, needed, reference)
register(
    Check(
        "P6/random",
        "Bailis et al. 2012",
        observe_versions,
        tuple(
            Row(
                f"within-{k}",
                f"random quorums, n {N}, r 1, w 1: reads within {k} versions",
                1 - (comb(N - 1, 1) / comb(N, 1)) ** k,
                StandardErrors(sized=True),
            )
            for k in (1, 2, 3)
        ),
        in_fast=False,
    )
)
