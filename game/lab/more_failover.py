"""Acknowledged writes that an asynchronous failover loses: those of the last lag, if the lag is
constant and nothing queues. Writes that come as a Poisson process number rate x lag in any stretch
of that length, in the mean and in the variance (Kingman, Poisson Processes, 1993, section 2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean, variance

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import StandardErrors

FAILOVERS = 400
"""Short runs in one replication; 8,000 in all."""
RATE = 100
"""Writes a second."""
LAGS_MS = (50, 200)


def lost(log: Log) -> int:
    """Writes that a client was told are done, and that had no effect."""
    assert not log.verdict, log.error or log.verdict
    effects = frozenset(log.effects.column("operation"))
    rows = zip(log.operations.column("operation"), log.operations.column("cause"), strict=True)
    return sum(cause == Cause.NONE and operation not in effects for operation, cause in rows)


def observe(lag_ms: int, seed: int, work: float) -> Mapping[str, float]:
    """Mean and variance of the writes lost in one failover."""
    system = scenario("failover", (("lag", f"{lag_ms}ms"),))
    runs = round(FAILOVERS * work)
    found = [lost(simulate(system, seed * 100_000 + number)) for number in range(runs)]
    return {"mean": fmean(found), "variance": variance(found)}


def add(lag_ms: int) -> None:
    expected = RATE * lag_ms / 1000
    gate = StandardErrors(sized=True)
    rows = (
        Row("mean", f"{RATE}/s, lag {lag_ms} ms: writes lost at a failover", expected, gate),
        Row("variance", f"{RATE}/s, lag {lag_ms} ms: their variance", expected, gate),
    )
    name = f"FAILOVER/lag-{lag_ms}ms"
    register(Check(name, "Kingman 1993", partial(observe, lag_ms), rows, in_fast=False))


for lag_ms in LAGS_MS:
    add(lag_ms)
