"""Random: any target, all equally likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register("balancer", "random", says="any machine, by the throw of a die")
@dataclass(frozen=True, slots=True, kw_only=True)
class Random:
    """Keeps nothing in mind; no parameters."""

    needs_luck: ClassVar[bool] = True

    def build(self, caller: Caller) -> RandomPicker:
        """The balancer of one caller."""
        return RandomPicker()


class RandomPicker:
    """Needs no state."""

    __slots__ = ()

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """Each with the same chance."""
        return targets[int(luck * len(targets))]
