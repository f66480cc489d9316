"""What is legal in a level, and pointless: warnings, with which the level is used all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from game.level.model import Level
from game.level.problems import Complaint
from game.level.registry import Registry

Warner = Callable[[Level, Registry], Iterator[Complaint]]
"""Looks at a level without errors. Paths of its complaints start at the top of the document, its
names are those of codes that begin with W."""

WARNERS: tuple[Warner, ...] = ()


def warnings_of(level: Level, registry: Registry) -> Iterator[Complaint]:
    """All warnings about a level without errors."""
    for warner in WARNERS:
        yield from warner(level, registry)
