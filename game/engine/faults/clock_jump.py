"""Clock jump: suddenly a machine takes it for another time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.clocks.clock import clock_of, note_error
from game.engine.faults.crash import MACHINES
from game.engine.laws import require
from game.engine.registry import REGISTRY
from game.level.annotations import DurationUs

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "clock-jump",
    says="the machine's clock shows another time, from one moment to the next",
    codex="clocks",
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJump:
    """By `ahead` or by `behind`. A jump is over at once and is not taken back: only a correction
    sets the clock right. Lengths of time, which a machine counts steadily, are not touched."""

    ahead: DurationUs = 0
    """How far it jumps forwards; either this or `behind`."""
    behind: DurationUs = 0
    """How far it jumps back."""

    over_after_us: ClassVar[int] = 0

    def __post_init__(self) -> None:
        require(
            bool(self.ahead) != bool(self.behind),
            'must say by how much the clock jumps: "ahead" or "behind", and not both',
        )

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Set every clock of the target to another time."""
        for node in world.nodes_named(target):
            clock_of(node).jump(self.ahead - self.behind, fault)
            note_error(node, world.kernel.now)
        return lambda: None
