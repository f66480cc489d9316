"""Pause: a machine stops in its tracks, and does not notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.crash import MACHINES
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "pause",
    says="the machine does nothing for a while; what it is sent waits in its inbox",
    codex="pause",
    causes=("waited-in-queue", "lost"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A long garbage collection, a stopped virtual machine; no parameters."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Pause every machine of the target."""
        nodes = world.nodes_named(target)
        for node in nodes:
            node.pause(fault)

        def end() -> None:
            for node in nodes:
                node.resume(fault)

        return end
