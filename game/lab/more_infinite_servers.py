"""M/G/infinity: the number inside is Poisson with mean lambda E[S], and so its variance is the
same, whatever the law of the stay (Takacs 1962)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import measured_span
from game.lab.scenario import scenario
from game.lab.statistics import Percent

INSIDE = 5.0
"""100 a second who stay 0.05 s."""


def observe(stay: str, size: float, seed: int, work: float) -> Mapping[str, float]:
    """Mean and variance over time of the number inside."""
    system = scenario("infinite-servers", (("stay", stay),), size * work)
    begins_us, ends_us = measured_span(system)
    log = simulate(system, seed)
    assert not log.verdict, log.error or log.verdict
    came, left = log.attempts.column("arrived_us"), log.attempts.column("served_us")
    moments = sorted([(time_us, 1) for time_us in came] + [(time_us, -1) for time_us in left])
    present, since_us, area, squares = 0, begins_us, 0, 0
    for time_us, change in moments:
        until_us = min(max(time_us, begins_us), ends_us)
        area += present * (until_us - since_us)
        squares += present * present * (until_us - since_us)
        since_us, present = until_us, present + change
    mean = area / (ends_us - begins_us)
    return {"mean": mean, "variance": squares / (ends_us - begins_us) - mean * mean}


def add(stay: str, size: float) -> None:
    rows = (
        Row("mean", "M/G/infinity: mean number inside", INSIDE, Percent(2)),
        Row("variance", "M/G/infinity: variance of the number", INSIDE, Percent(5)),
    )
    play = partial(observe, stay, size)
    register(Check(f"INFINITE/{stay}", "closed form", play, rows))


add("constant", 0.4)
add("hyperexponential", 2.0)
