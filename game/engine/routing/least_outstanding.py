"""Least outstanding: the target with the fewest requests of this caller under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register(
    "balancer",
    "least-outstanding",
    says="the machine that owes this caller the fewest answers",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeastOutstanding:
    """Join the shortest queue, as far as a caller can see queues: it counts its own requests only,
    and learns of an end when the answer arrives. No parameters."""

    needs_luck: ClassVar[bool] = True

    def build(self, caller: Caller) -> LeastOutstandingPicker:
        """The balancer of one caller."""
        return LeastOutstandingPicker()


class LeastOutstandingPicker:
    """The caller itself keeps the counts."""

    __slots__ = ()

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The smallest count; luck decides between equals."""
        least = min(target.outstanding for target in targets)
        equals = [target for target in targets if target.outstanding == least]
        return equals[int(luck * len(equals))]
