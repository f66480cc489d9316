"""Restart: a process goes down and comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.faults.crash import MACHINES
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveDurationUs
from game.level.model import SECOND_US

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "restart",
    says="the process goes down, with all work in it, and comes back by itself",
    codex="crash",
    causes=("refused", "died-with-node"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """Down for a while, whatever the length of the fault; the boot time comes on top."""

    boots: ClassVar[bool] = True

    down: PositiveDurationUs = 2 * SECOND_US
    """How long the process is down before it boots."""

    @property
    def over_after_us(self) -> int:
        """How long it lasts where the level does not say."""
        return self.down

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Crash the processes and plan their return."""
        for node in world.nodes_named(target):
            node.crash(fault, host=False)
            node.restart(fault, after_us=self.down)
        return lambda: None
