"""P2: several workers, and queues that end: Erlang C, M/M/1/K and Erlang B
(Kleinrock 1975, sections 3.5 to 3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import factorial
from statistics import fmean

from game.engine.causes import Cause
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import good_sojourns, queue_waits, share_of
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Percent, Within

POINTS = Within(0.007)
"""0.7 percentage points."""


def choices(workers: int, queue: int, rate: int, demand: str) -> tuple[tuple[str, str], ...]:
    return (
        ("demand", demand),
        ("queue", str(queue)),
        ("rate", str(rate)),
        ("workers", str(workers)),
    )


def erlang_c(workers: int, load: float) -> float:
    """The share of requests that wait."""
    rho = load / workers
    last = load**workers / factorial(workers) / (1 - rho)
    return last / (sum(load**n / factorial(n) for n in range(workers)) + last)


def bounded(rho: float, most: int) -> tuple[float, float]:
    """M/M/1/K: the share turned away, and the mean sojourn of those let in."""
    weights = [rho**n for n in range(most + 1)]
    blocked = weights[-1] / sum(weights)
    present = sum(n * weight for n, weight in enumerate(weights)) / sum(weights)
    return blocked, present / (rho * (1 - blocked))


def observe_waits(size: float, seed: int, work: float) -> Mapping[str, float]:
    """The share that waits, and the mean wait."""
    system = scenario("several-workers", choices(4, 1_000_000, 320, "exponential"), size * work)
    waits = queue_waits(simulate(system, seed), system)
    waited = sum(1 for wait in waits if wait > 0)
    return {"waits": waited / len(waits), "wait": fmean(waits) / UNIT_US}


def observe_blocking(
    workers: int, queue: int, rate: int, demand: str, size: float, seed: int, work: float
) -> Mapping[str, float]:
    """The share turned away, and the mean sojourn of the others."""
    system = scenario("several-workers", choices(workers, queue, rate, demand), size * work)
    log = simulate(system, seed)
    return {
        "blocked": share_of(log, system, Cause.QUEUE_FULL),
        "sojourn": fmean(good_sojourns(log, system)) / UNIT_US,
    }


register(
    Check(
        "P2/erlang-c",
        "closed form",
        partial(observe_waits, 1.5),
        (
            Row("waits", "M/M/4 at rho 0.8: share that waits", erlang_c(4, 3.2), Percent(5)),
            Row("wait", "M/M/4 at rho 0.8: mean wait", erlang_c(4, 3.2) / 0.8, Percent(5)),
        ),
    )
)


def add_bounded(rho: float) -> None:
    blocked, sojourn = bounded(rho, 10)
    rows = (
        Row("blocked", f"M/M/1/10 at rho {rho}: share turned away", blocked, POINTS),
        Row("sojourn", f"M/M/1/10 at rho {rho}: mean sojourn", sojourn, Percent(5)),
    )
    size = 0.8 if rho < 1 else 1.2
    play = partial(observe_blocking, 1, 9, round(100 * rho), "exponential", size)
    register(Check(f"P2/bounded-{rho}", "closed form", play, rows))


def add_erlang_b(demand: str) -> None:
    row = Row("blocked", f"Erlang B, {demand} demand: share turned away", 0.2, POINTS)
    size = 1.3 if demand == "bimodal" else 0.4
    play = partial(observe_blocking, 2, 0, 100, demand, size)
    register(Check(f"P2/erlang-b-{demand}", "closed form", play, (row,)))


for rho in (0.9, 1.2):
    add_bounded(rho)
for demand in ("exponential", "constant", "bimodal"):
    add_erlang_b(demand)
