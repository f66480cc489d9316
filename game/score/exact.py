"""Thresholds as the author wrote them: 0.999 means 999/1000, not the nearest binary fraction."""

from __future__ import annotations

from fractions import Fraction

FINEST = 10**9
"""The largest denominator that a threshold may mean; finer than that is binary noise."""


def exact(number: float) -> Fraction:
    """The plain fraction that a number from a level file stands for."""
    return Fraction(number).limit_denominator(FINEST)
