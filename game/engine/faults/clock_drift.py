"""Clock drift: a machine counts time too fast or too slowly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.clocks.clock import clock_of, note_error
from game.engine.faults.crash import MACHINES
from game.engine.laws import require
from game.engine.registry import REGISTRY
from game.level.model import DriftPpm

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "clock-drift",
    says="the machine's clock runs too fast or too slowly",
    codex="clocks",
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClockDrift:
    """By `ppm` millionths, on top of what the clock does by itself. At the end it runs as before;
    the time that it gained or lost stays until somebody sets it right."""

    ppm: DriftPpm
    """Millionths by which the clock runs too fast; negative: too slowly."""

    def __post_init__(self) -> None:
        require(self.ppm != 0, "must have a ppm other than 0: a clock that is right is no fault")

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Let every clock of the target run at another rate."""
        nodes = world.nodes_named(target)
        for node in nodes:
            clock_of(node).drift(world.kernel.now, fault, self.ppm)
            note_error(node, world.kernel.now)

        def end() -> None:
            for node in nodes:
                clock_of(node).drift(world.kernel.now, fault, None)
                note_error(node, world.kernel.now)

        return end
