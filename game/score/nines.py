"""A share of good operations, told three ways, so that 99.9 % means something."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor, log10

from game.score.exact import exact

YEAR_US = 365 * 24 * 3_600_000_000


@dataclass(frozen=True, slots=True)
class Nines:
    """What an availability comes to in a window."""

    failures: int
    """Operations that may fail (or, of a measured availability, that failed)."""
    outage_us: int
    """The length of a total outage in the window that costs as much."""
    a_year: float | None
    """Nines a year, if such a night comes as often as the level says and all else is quiet: 3.0 is
    99.9 %. None where the level does not say how often, or where nothing fails at all."""


def allowed_failures(at_least: float, operations: int) -> int:
    """How many of so many operations may fail while the availability stays at `at_least`."""
    return floor(operations * (1 - exact(at_least)))


def nines(
    availability: float, operations: int, window_us: int, how_often_per_year: float | None
) -> Nines:
    """An availability over `operations` in a window of that length, told three ways."""
    lost = 1 - exact(availability)
    return Nines(
        failures=allowed_failures(availability, operations),
        outage_us=floor(lost * window_us),
        a_year=_nines_a_year(lost * window_us, how_often_per_year),
    )


def _nines_a_year(outage_us: Fraction, how_often_per_year: float | None) -> float | None:
    if how_often_per_year is None or not outage_us or not how_often_per_year:
        return None
    share = min(1.0, float(outage_us) * how_often_per_year / YEAR_US)
    return max(0.0, -log10(share))
