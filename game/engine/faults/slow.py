"""Slow: a machine that works, answers its health checks, and takes its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.crash import MACHINES
from game.engine.laws import require
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveNumber

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "slow",
    says="the machine's cores need several times as long for everything",
    codex="gray-failure",
    causes=("served-too-slowly", "waited-in-queue"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Every `cpu` step takes `factor` times as long, also those that have begun."""

    factor: PositiveNumber
    """How many times as long everything takes; more than 1."""

    def __post_init__(self) -> None:
        require(self.factor > 1, "must have a factor of more than 1: how many times as long")

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Slow every machine of the target down."""
        nodes = world.nodes_named(target)
        for node in nodes:
            node.slow(fault, self.factor)

        def end() -> None:
            for node in nodes:
                node.quicken(fault)

        return end
