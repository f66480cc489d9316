"""What is legal in a level, and pointless: warnings, with which the level is used all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from game.level.curriculum import warn_of_lessons
from game.level.model import Level
from game.level.needless_goals import warn_of_goals
from game.level.pointless import warn_of_pointless
from game.level.problems import Complaint
from game.level.registry import Registry
from game.level.unreached import warn_of_bounds
from game.level.variants import Variants, variants

Warner = Callable[[Level, Registry, Variants | None], Iterator[Complaint]]
"""Looks at a level without errors, and at what it can become, where that can be told. Paths of its
complaints start at the top of the document, its names are those of codes that begin with W."""

WARNERS: tuple[Warner, ...] = (
    warn_of_pointless,
    warn_of_goals,
    warn_of_bounds,
    warn_of_lessons,
)


def warnings_of(level: Level, registry: Registry) -> Iterator[Complaint]:
    """All warnings about a level without errors."""
    found = variants(level, registry)
    for warner in WARNERS:
        yield from warner(level, registry, found)
