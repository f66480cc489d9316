"""Round robin: each target in its turn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target

_INDEX = attrgetter("index")


@REGISTRY.register("balancer", "round-robin", says="one machine after the other, in turn")
@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRobin:
    """Each caller begins with the first target; no parameters."""

    needs_luck: ClassVar[bool] = False

    def build(self, caller: Caller) -> Turns:
        """The balancer of one caller."""
        return Turns()


class Turns:
    """Remembers who was last, not how many turns there were: so a target that leaves the rotation
    or comes back shifts the turn of no other."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = -1

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The first after the last one; `targets` are in order of their index."""
        position = self.last + 1
        # While all before it are there, the next one stands at the place of its own index.
        if position >= len(targets) or targets[position].index != position:
            position = bisect_right(targets, self.last, key=_INDEX)
        target = targets[position if position < len(targets) else 0]
        self.last = target.index
        return target
