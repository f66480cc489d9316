"""Estimates with their errors, and the gates that they must pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, fsum, sqrt
from typing import ClassVar, Literal, Protocol

ErrorIn = Literal["%", "points", "units"]
STANDARD_ERRORS = 4.5
"""How far from its reference an estimate without a percent gate may lie, in standard errors."""
LARGEST_ERROR = 0.005
"""The standard error, as a share of the reference, where a check names no size."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over independent replications."""

    mean: float
    se: float
    """Standard error of the mean."""
    replications: int


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of the replications and its standard error (0 for a single one)."""
    assert values, "no replications"
    count = len(values)
    mean = fsum(values) / count
    if count == 1:
        return Estimate(mean, 0.0, 1)
    variance = fsum((value - mean) ** 2 for value in values) / (count - 1)
    return Estimate(mean, sqrt(variance / count), count)


def quantile(values: Sequence[float], share: float) -> float:
    """A nearly median-unbiased quantile of a sample, whatever its law (Hyndman and Fan 1996,
    definition 8). The nearest rank, which is right for a game, is biased in a small sample."""
    ordered = sorted(values)
    position = (len(ordered) + 1 / 3) * share + 1 / 3
    below = min(max(floor(position), 1), len(ordered))
    above = min(below + 1, len(ordered))
    weight = min(max(position - below, 0.0), 1.0)
    return ordered[below - 1] * (1 - weight) + ordered[above - 1] * weight


class Gate(Protocol):
    """Decides whether an estimate agrees with a reference."""

    @property
    def error_in(self) -> ErrorIn:
        """How an error is best told: in percent of the reference, in percentage points, or plainly
        as the difference."""
        ...

    @property
    def words(self) -> str:
        """The rule in a few words."""
        ...

    def width(self, reference: float, se: float) -> float:
        """How far the estimate may lie from the reference."""
        ...

    def widest_se(self, reference: float) -> float | None:
        """The largest standard error with which a verdict counts, or None for any."""
        ...

    def near(self, estimated: Estimate, reference: float) -> bool:
        """Whether the estimate lies where it should."""
        ...


class TwoSided:
    """Too much is as wrong as too little."""

    __slots__ = ()
    error_in: ClassVar[ErrorIn] = "%"

    def width(self, reference: float, se: float) -> float:
        """See `Gate`."""
        raise NotImplementedError

    def near(self, estimated: Estimate, reference: float) -> bool:
        """No further away than the width."""
        return abs(estimated.mean - reference) <= self.width(reference, estimated.se)


@dataclass(frozen=True, slots=True)
class Within(TwoSided):
    """A fixed distance, three standard errors wide at least."""

    distance: float
    error_in: ClassVar[ErrorIn] = "points"

    @property
    def words(self) -> str:
        return f"±{100 * self.distance:g} points"

    def width(self, reference: float, se: float) -> float:
        return self.distance

    def widest_se(self, reference: float) -> float | None:
        return self.distance / 3


@dataclass(frozen=True, slots=True)
class Percent(TwoSided):
    """A distance in percent of the reference, three standard errors wide at least."""

    percent: float

    @property
    def words(self) -> str:
        return f"±{self.percent:g} %"

    def width(self, reference: float, se: float) -> float:
        return self.percent / 100 * abs(reference)

    def widest_se(self, reference: float) -> float | None:
        return self.width(reference, 0.0) / 3


@dataclass(frozen=True, slots=True)
class StandardErrors(TwoSided):
    """A distance in standard errors, those of the reference included."""

    reference_se: float = 0.0
    sized: bool = False
    """The check names its size, so that its error may be as large as that size makes it."""

    @property
    def words(self) -> str:
        return f"±{STANDARD_ERRORS:g} SE"

    def width(self, reference: float, se: float) -> float:
        return STANDARD_ERRORS * sqrt(se * se + self.reference_se**2)

    def widest_se(self, reference: float) -> float | None:
        return None if self.sized else LARGEST_ERROR * abs(reference)


@dataclass(frozen=True, slots=True)
class Exact(TwoSided):
    """Not the least difference."""

    error_in: ClassVar[ErrorIn] = "units"
    words: ClassVar[str] = "exact"

    def width(self, reference: float, se: float) -> float:
        return 0.0

    def widest_se(self, reference: float) -> float | None:
        return None


@dataclass(frozen=True, slots=True)
class Below:
    """Smaller than the reference, by some standard errors."""

    error_in: ClassVar[ErrorIn] = "%"
    words: ClassVar[str] = f"< by {STANDARD_ERRORS:g} SE"

    def width(self, reference: float, se: float) -> float:
        return STANDARD_ERRORS * se

    def widest_se(self, reference: float) -> float | None:
        return None

    def near(self, estimated: Estimate, reference: float) -> bool:
        return estimated.mean < reference - self.width(reference, estimated.se)


@dataclass(frozen=True, slots=True)
class Between:
    """Anywhere between two bounds, six standard errors apart at least; the reference is where a
    theory of averages puts the estimate."""

    low: float
    high: float
    error_in: ClassVar[ErrorIn] = "units"

    @property
    def words(self) -> str:
        return f"{self.low:g} to {self.high:g}"

    def width(self, reference: float, se: float) -> float:
        return max(reference - self.low, self.high - reference)

    def widest_se(self, reference: float) -> float | None:
        return (self.high - self.low) / 6

    def near(self, estimated: Estimate, reference: float) -> bool:
        return self.low <= estimated.mean <= self.high


def passes(estimated: Estimate, reference: float, gate: Gate) -> bool:
    """Whether the estimate is near enough, and sure enough of itself."""
    widest = gate.widest_se(reference)
    return gate.near(estimated, reference) and (widest is None or estimated.se <= widest)
