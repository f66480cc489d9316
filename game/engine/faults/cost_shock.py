"""Cost shock: from one day to the next the same machines have another price."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.laws import require
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveNumber

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "cost-shock",
    says="the machine costs several times as much for a while",
    codex="cost-shock",
    targets=("node",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class CostShock:
    """The price of the target's machines is multiplied by `times`. Nothing else happens to them:
    only the bill tells. Of shocks at one time each adds its own difference."""

    changes_prices: ClassVar[bool] = True

    times: PositiveNumber
    """How many times its price the machine costs."""

    def __post_init__(self) -> None:
        require(self.times != 1, "must have times other than 1: the price would be what it was")

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """No machine notices."""
        return lambda: None
