"""Duplicate: a share of the requests arrives twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.faults.ways import NETWORK_TARGETS, Ways
from game.engine.registry import REGISTRY
from game.level.annotations import Share

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "duplicate",
    says="a share of the requests arrives twice, and is worked on twice",
    codex="duplicate",
    causes=("queue-full", "waited-in-queue"),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate(Ways):
    """Each request has a copy with the probability `share`; copies of answers change nothing."""

    raises_load: ClassVar[bool] = True

    share: Share
    """Of the requests that cross there."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Begin to copy requests."""
        return self.impose(world, fault, target, duplicate=self.share)
