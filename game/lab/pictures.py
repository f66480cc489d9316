"""Pictures: what was measured against the curve that was published. Drawn by the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

SEEDS = 3
"""A picture shows, and proves nothing: that is what the rows are for."""
Pairs = Iterable[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Series:
    """One curve, or one set of points."""

    name: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Curves that were published, and points or curves that were measured."""

    title: str
    x_label: str
    y_label: str
    published: tuple[Series, ...]
    measured: tuple[Series, ...]


Plot = Callable[[int, float], Sequence[Picture]]
"""(seed base, work) -> pictures. Called in a process of its own, so it must be a plain function."""


def series(name: str, pairs: Pairs) -> Series:
    """A series of (x, y)."""
    xs, ys = zip(*pairs, strict=True)
    return Series(name, tuple(xs), tuple(ys))


def curve(name: str, of: Callable[[float], float], low: float, high: float) -> Series:
    """A function between two bounds."""
    steps = 120
    xs = [low + (high - low) * step / steps for step in range(steps + 1)]
    return series(name, ((x, of(x)) for x in xs))


def mean_of(
    name: str, seed_base: int, work: float, observe: Callable[[int, float], Mapping[str, float]]
) -> float:
    """One number of a check, over a few replications."""
    seeds = range(seed_base + 1, seed_base + 1 + SEEDS)
    return fmean(observe(seed, work)[name] for seed in seeds)
