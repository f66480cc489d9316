"""A shared core slows everybody down alike: a request of size x stays x / (1 - rho) in the mean,
whatever the law of the sizes (Kleinrock 1976, section 4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from game.engine.causes import Cause
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import measured_span
from game.lab.scenario import scenario
from game.lab.statistics import Percent

RHO = 0.6
SIZES_US = {"small": 2_000, "large": 30_000}


def observe(seed: int, work: float) -> Mapping[str, float]:
    """By size: mean sojourn over the request's own demand."""
    system = scenario("two-sizes", work=0.7 * work)
    log = simulate(system, seed)
    assert not log.verdict, log.error or log.verdict
    begins_us, ends_us = measured_span(system)
    slowed: dict[str, list[float]] = {size: [] for size in SIZES_US}
    sizes = tuple(SIZES_US)
    for _, client, invoked_us, ended_us, cause, *_ in log.operations.rows():
        if begins_us <= invoked_us < ends_us and cause == Cause.NONE:
            size = sizes[client]
            slowed[size].append((ended_us - invoked_us) / SIZES_US[size])
    return {size: fmean(values) for size, values in slowed.items()}


register(
    Check(
        "SHARING",
        "closed form",
        observe,
        tuple(
            Row(size, f"processor sharing, {size} requests: slowdown", 1 / (1 - RHO), Percent(5))
            for size in SIZES_US
        ),
    )
)
