"""Estimates from replications, held against a closed form by their own standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from statistics import fmean, stdev

from tests.engine.nights import Night, Operation, night

SEEDS = range(1, 9)
STUDENT = 5.41
"""With seven degrees of freedom, two-sided, at 0.1 %."""


@lru_cache(maxsize=2)
def nights(text: str) -> list[Night]:
    """Eight nights of a level."""
    return [night(text, seed) for seed in SEEDS]


def replicated(text: str, measure: Callable[[Night], float]) -> list[float]:
    """What one measure came to in each of eight nights."""
    return [measure(one) for one in nights(text)]


def agree(estimates: list[float], reference: float, *, sharp: float) -> None:
    """The mean lies so near the reference that Student's t of eight replications is farther off
    once in a thousand times, and a standard error is at most the share `sharp` of the reference, so
    that a wrong one would show."""
    error = stdev(estimates) / len(estimates) ** 0.5
    mean = fmean(estimates)
    assert error <= sharp * abs(reference), f"too blunt: {mean:.5g} +- {error:.2g}"
    assert abs(mean - reference) <= STUDENT * error, (
        f"{mean:.5g} +- {error:.2g}, not {reference:.5g}"
    )


def mean_seconds(operations: Iterable[Operation]) -> float:
    """From the invocation to the end, on average."""
    return fmean((row.ended_us - row.invoked_us) / 1e6 for row in operations)
