"""Failover: one target does all the work while it is in rotation, the others stand by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.engine.routing.named import goes_by
from game.level.annotations import PlaceName

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register(
    "balancer",
    "failover",
    says="the first machine of a list, as long as nothing speaks against it",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Failover:
    """The first target of `order` that is in rotation."""

    order: tuple[PlaceName, ...] = ()
    """Nodes, node groups, zones or regions. Who is not named comes last, in the level's order."""

    needs_luck: ClassVar[bool] = False

    def build(self, caller: Caller) -> FailoverPicker:
        """The balancer of one caller."""
        return FailoverPicker(self.order, caller)


class FailoverPicker:
    """Knows everybody's rank."""

    __slots__ = ("caller", "order", "ranks")

    def __init__(self, order: tuple[str, ...], caller: Caller) -> None:
        self.caller = caller
        self.order = order
        self.ranks: dict[int, int] = {}

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The first by rank, then by index."""
        return min(targets, key=self._rank)

    def _rank(self, target: Target) -> tuple[int, int]:
        rank = self.ranks.get(target.index)
        if rank is None:
            order, caller = self.order, self.caller
            named = (place for place, name in enumerate(order) if goes_by(caller, target, name))
            rank = self.ranks[target.index] = next(named, len(order))
        return rank, target.index
