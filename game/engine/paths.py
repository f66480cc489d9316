"""The plain path of an operation: every hop and every demand that luck is needed for.

An operation draws all the luck of its plain path when it is invoked, one number for each *slot*, in
order of arrival. Each slot has a stream of its own, named after what it is for. Names do not hang
on what else is there: a second step of a kind has a number, the first has none. So a plan that adds
a hop, a copy, a retry or a health check changes no number that anything else gets.

Where the law of a slot is known beforehand, its number is what the law makes of the luck, in
microseconds; else it is the luck itself, uniform in [0, 1) (`luck.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from game.engine.streams import named

if TYPE_CHECKING:
    from game.engine.luck import Luck
    from game.engine.network import Route
    from game.level.model import Law

CONSTANT = -1
"""The slot of what needs no luck (index -1 of an operation's luck holds a number all the same)."""


@dataclass(slots=True, eq=False)
class Path:
    """One call on the plain path, and what its callee does."""

    id: int
    depth: int
    name: str
    root: int = 0
    """Stands for the name: all luck that is derived on this path hangs on it."""
    slots: Slots = field(default_factory=lambda: Slots())
    origins: frozenset[int] = frozenset()
    """The places that the answer may have to go to."""
    request: int = CONSTANT
    request_drawn: bool = False
    """The number of the request's slot is a latency; else the route makes one of it."""
    answer: int = CONSTANT
    answer_drawn: bool = False
    choice: int = CONSTANT
    reads: bool = False
    """The callee reads, whatever the operation does."""
    compares: bool = False
    """The callee writes only if nobody else has since the caller read."""
    steps: list[int | list[Path]] = field(default_factory=list)
    """For each step of the service: the slot of its demand, or the paths of its calls."""

    def request_us(self, luck: Luck, route: Route) -> int:
        """How long the request needs on this route."""
        if self.request_drawn and route.fixed_us is None:
            return int(luck[self.request])
        return route.latency_us(luck[self.request])

    def answer_us(self, luck: Luck, route: Route) -> int:
        """How long the answer needs on this route."""
        if self.answer_drawn and route.fixed_us is None:
            return int(luck[self.answer])
        return route.latency_us(luck[self.answer])


@dataclass(slots=True, eq=False)
class Slots:
    """Hands out slots while the plain path of one client group is laid."""

    names: list[str] = field(default_factory=list)
    laws: list[Law | None] = field(default_factory=list)
    """Of each slot, where it is known."""
    samplers: list[Callable[[float], int] | None] = field(default_factory=list)
    """Of these laws."""
    roots: list[int] = field(default_factory=list)
    """Of each slot, the number that stands for its name."""
    paths: int = 0
    used: dict[str, int] = field(default_factory=dict)
    """How often each name was asked for."""

    def slot(self, name: str, law: Law | None = None) -> int:
        """A new slot, whose stream has that name, or the next one that is free."""
        name = self._free(name)
        self.names.append(name)
        self.roots.append(named(name))
        self.laws.append(None)
        self.samplers.append(None)
        self.know(len(self.names) - 1, law)
        return len(self.names) - 1

    def know(self, slot: int, law: Law | None) -> None:
        """The numbers of a slot are of that law."""
        self.laws[slot] = law
        self.samplers[slot] = None if law is None else law.sampler()

    def path(self, depth: int, name: str, origins: frozenset[int]) -> Path:
        """A new path without slots."""
        self.paths += 1
        name = self._free(name)
        return Path(self.paths, depth, name, named(name), self, origins)

    def _free(self, name: str) -> str:
        self.used[name] = uses = self.used.get(name, 0) + 1
        return name if uses == 1 else f"{name}-{uses}"


def only_law(laws: Iterable[Law]) -> Law | None:
    """The one law that all of them are, or None."""
    first: Law | None = None
    for law in laws:
        if first is None:
            first = law
        elif law != first:
            return None
    return first
