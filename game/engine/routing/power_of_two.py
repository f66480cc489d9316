"""Power of two choices: the better of two targets drawn at random."""

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
    "power-of-two",
    says="two machines by the throw of a die, then the one that owes fewer answers",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PowerOfTwo:
    """Mitzenmacher, The Power of Two Choices in Randomized Load Balancing, IEEE TPDS 12(10), 2001.
    The two are different. No parameters."""

    needs_luck: ClassVar[bool] = True

    def build(self, caller: Caller) -> PowerOfTwoPicker:
        """The balancer of one caller."""
        return PowerOfTwoPicker()


class PowerOfTwoPicker:
    """The caller itself keeps the counts."""

    __slots__ = ()

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """One number chooses one of the ordered pairs, so the first of an equal pair is as likely
        to be the one as the other."""
        others = len(targets) - 1
        first, second = divmod(int(luck * len(targets) * others), others)
        if second >= first:
            second += 1
        one, other = targets[first], targets[second]
        return other if other.outstanding < one.outstanding else one
