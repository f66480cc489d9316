"""The plain path of an operation: every hop and every demand that luck is needed for.

An operation draws all the luck of its plain path when it is invoked, one number for each *slot*, in
order of arrival. Each slot has a stream of its own, named after its place in the path. So a plan
that adds a hop, a retry or a health check changes no number that anything else gets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CONSTANT = -1
"""The slot of what needs no luck (index -1 of an operation's luck holds a number all the same)."""


@dataclass(slots=True, eq=False)
class Path:
    """One call on the plain path, and what its callee does."""

    id: int
    depth: int
    name: str
    request: int = CONSTANT
    answer: int = CONSTANT
    choice: int = CONSTANT
    steps: list[int | list[Path]] = field(default_factory=list)
    """For each step of the service: the slot of its demand, or the paths of its calls."""


@dataclass(slots=True)
class Slots:
    """Hands out slots while the plain path of one client group is laid."""

    names: list[str] = field(default_factory=list)
    paths: int = 0

    def slot(self, name: str) -> int:
        """A new slot, whose stream has that name."""
        self.names.append(name)
        return len(self.names) - 1

    def path(self, depth: int, name: str) -> Path:
        """A new path without slots."""
        self.paths += 1
        return Path(self.paths, depth, name)
