"""Corrupt: a share of the messages arrives with another content."""

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
    "corrupt",
    says="a share of the messages is changed on the way",
    codex="corrupt",
    causes=("lost", "wrong-value"),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Corrupt(Ways):
    """Each message is changed with the probability `share`, by itself. Whoever has checksums throws
    it away, which is a loss; a service with `checksums = false`, and its callers, believe it."""

    share: Share
    """Of the messages that cross there."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Begin to change messages."""
        return self.impose(world, fault, target, corrupt=self.share)
