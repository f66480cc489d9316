"""Estimates from replications, held against a closed form by their own standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from statistics import fmean, stdev

from tests.engine.nights import Night, Operation, night

SEEDS = range(1, 9)


@lru_cache(maxsize=2)
def nights(text: str) -> list[Night]:
    """Eight nights of a level."""
    return [night(text, seed) for seed in SEEDS]


def replicated(text: str, measure: Callable[[Night], float]) -> list[float]:
    """What one measure came to in each of eight nights."""
    return [measure(one) for one in nights(text)]


def agree(estimates: list[float], reference: float, *, sharp: float) -> None:
    """The mean lies within four standard errors of the reference, and a standard error is at most
    the share `sharp` of it, so that a wrong reference would show."""
    error = stdev(estimates) / len(estimates) ** 0.5
    mean = fmean(estimates)
    assert error <= sharp * abs(reference), f"too blunt: {mean:.5g} +- {error:.2g}"
    assert abs(mean - reference) <= 4 * error, f"{mean:.5g} +- {error:.2g}, not {reference:.5g}"


def mean_seconds(operations: Iterable[Operation]) -> float:
    """From the invocation to the end, on average."""
    return fmean((row.ended_us - row.invoked_us) / 1e6 for row in operations)
