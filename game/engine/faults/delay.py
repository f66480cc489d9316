"""Delay: messages take longer than they used to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.ways import NETWORK_TARGETS, Ways
from game.engine.registry import REGISTRY
from game.level.annotations import Share
from game.level.model import LawField

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "delay",
    says="messages take longer than they used to",
    codex="delay",
    causes=("late-answer",),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(Ways):
    """Each message gets the extra delay `by` with the probability `share`."""

    by: LawField
    """How much longer a message takes."""
    share: Share = 1.0
    """Of the messages that cross there."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Begin to delay messages."""
        return self.impose(world, fault, target, extra=self.by.sampler(), extra_share=self.share)
