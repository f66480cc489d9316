"""How much the long tests do: a little with every change, all of it in `make soak`."""

from __future__ import annotations

from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Size:
    """How often each accident happens."""

    kills: int
    kills_of_repairs: int
    corruptions: int
    writes: int
    """Runs that each of two games saves at the same time."""


SMALL = Size(kills=20, kills_of_repairs=5, corruptions=20, writes=40)
FULL = Size(kills=200, kills_of_repairs=50, corruptions=200, writes=200)

sized = pytest.mark.parametrize(
    "size",
    [pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.soak)],
)
"""A test that takes a `size`."""
