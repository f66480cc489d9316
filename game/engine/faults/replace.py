"""Replace: a machine goes for good, and a new one takes its place at another address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.addresses import StaleAddress
from game.engine.faults.crash import MACHINES
from game.engine.registry import REGISTRY
from game.level.annotations import DurationUs, PositiveDurationUs
from game.level.model import SECOND_US

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "replace",
    says="a machine is gone, and a new one has its work, an empty disk and another address",
    codex="replace",
    causes=("unreachable", "died-with-node"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """The new machine is there after `down`, whatever the length of the fault. Who calls it goes on
    asking the old address until it learns the new one: with `dns` routing when the name is resolved
    again, else after `known_after`, or when the caller itself restarts. What copies of a store say
    to each other finds them by name."""

    down: PositiveDurationUs = 10 * SECOND_US
    """Until the new machine runs; the boot time comes on top."""
    known_after: DurationUs = 30 * SECOND_US
    """From the begin: when callers that resolve no name have the new address."""
    keeps_disk: bool = False
    """The new machine gets the old one's disk."""

    @property
    def over_after_us(self) -> int:
        """How long it lasts where the level does not say."""
        return max(self.down, self.known_after)

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """The old machines are gone, and their addresses are good for nothing."""
        nodes = world.nodes_named(target)
        places = {node.place for node in nodes}
        for node in nodes:
            node.crash(fault, host=True)
            if not self.keeps_disk:
                node.wipe()
            node.restart(fault, after_us=self.down)
        for caller in world.callers():
            for each in caller.targets:
                if each.station.node.place in places:
                    stale = StaleAddress(each, fault)
                    if not caller.resolves:
                        stale.learn_at(world.kernel.now + self.known_after)
        return lambda: None
