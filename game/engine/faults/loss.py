"""Loss: a share of the messages never arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.ways import NETWORK_TARGETS, Ways
from game.engine.registry import REGISTRY
from game.level.annotations import Share

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "loss",
    says="a share of the messages is lost on the way",
    codex="loss",
    causes=("lost",),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Loss(Ways):
    """Each message is lost with the probability `share`, by itself."""

    share: Share
    """Of the messages that cross there."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Begin to lose messages."""
        return self.impose(world, fault, target, loss=self.share)
