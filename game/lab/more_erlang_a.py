"""Erlang A (M/M/c+M): who waits leaves after an exponential patience (Palm 1957; Garnett,
Mandelbaum and Reiman, Designing a Call Center with Impatient Customers, M&SOM 2002). Where each who
waits leaves at the rate theta, a share theta E[Q] / lambda leaves, and all wait E[Q] / lambda in
the mean, those who leave included."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean

from game.engine.causes import Cause
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import measured_span, share_of
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent

WORKERS = 4
PATIENCE = 2.0
"""Means, in units of the mean demand."""
MOST = 400
"""Nobody ever sees so many inside."""


def queued(load: float) -> float:
    """The mean number that waits, by the balance of births and deaths."""
    weights = [1.0]
    for inside in range(1, MOST):
        leaving = min(inside, WORKERS) + max(0, inside - WORKERS) / PATIENCE
        weights.append(weights[-1] * load / leaving)
    waiting = sum(max(0, n - WORKERS) * weight for n, weight in enumerate(weights))
    return waiting / sum(weights)


def observe(rate: int, size: float, seed: int, work: float) -> Mapping[str, float]:
    """The share that leaves, and the mean wait of all."""
    system = scenario("erlang-a", (("rate", str(rate)),), size * work)
    log = simulate(system, seed)
    begins_us, ends_us = measured_span(system)
    columns = (log.attempts.column(name) for name in ("arrived_us", "started_us", "ended_us"))
    waits = [
        (ended if started < 0 else started) - arrived
        for arrived, started, ended in zip(*columns, strict=True)
        if begins_us <= arrived < ends_us
    ]
    return {
        "leave": share_of(log, system, Cause.WAITED_IN_QUEUE),
        "wait": fmean(waits) / UNIT_US,
    }


def add(rate: int, size: float) -> None:
    load = rate * UNIT_US / 1_000_000
    name = f"M/M/4+M at rho {load / WORKERS:g}"
    rows = (
        Row("leave", f"{name}: share that leaves", queued(load) / PATIENCE / load, Percent(5)),
        Row("wait", f"{name}: mean wait", queued(load) / load, Percent(5)),
    )
    play = partial(observe, rate, size)
    register(Check(f"ERLANG-A/rho-{load / WORKERS:g}", "Garnett et al. 2002", play, rows))


add(400, 0.45)
add(600, 0.1)
