"""Wipe: a machine comes back with an empty disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.crash import MACHINES
from game.engine.faults.restart import Restart
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "wipe",
    says="the machine goes down and comes back with an empty disk",
    codex="wipe",
    causes=("refused", "died-with-node"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Wipe(Restart):
    """A restart that loses what a restart keeps."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Crash the processes, empty the disks, and plan the return."""
        end = Restart.begin(self, world, fault, target)
        for node in world.nodes_named(target):
            node.wipe()
        return end
