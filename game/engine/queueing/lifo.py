"""Last in, first out: who came last is served first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station


@REGISTRY.register(
    "discipline",
    "lifo",
    says="who came last is served first: the newest still has time, the oldest may have left",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LifoQueue:
    """A stack; no parameters."""

    def build(self, station: Station) -> Stack:
        """The queue of one station."""
        return Stack()


class Stack(deque["Attempt"]):
    """A deque, oldest at the left, that is served from the right."""

    __slots__ = ()

    def popleft(self) -> Attempt:
        """The next to serve: the newest."""
        return self.pop()
