"""Crash: a machine's memory goes, with all queued and running work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.world import World

MACHINES = ("node", "zone", "region", "service")
"""What a fault on machines may be aimed at."""


@REGISTRY.register(
    "fault",
    "crash",
    says="the machine is down, and all work in it is gone",
    codex="crash",
    causes=("refused", "unreachable", "died-with-node"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """Down until the fault is over; then the machine boots."""

    boots: ClassVar[bool] = True

    what: Literal["process", "host"] = "process"
    """A dead process: callers are refused at once. A dead host: silence."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Crash every machine of the target."""
        nodes = world.nodes_named(target)
        for node in nodes:
            node.crash(fault, host=self.what == "host")

        def end() -> None:
            for node in nodes:
                node.restart(fault)

        return end
