"""Zone outage: a building loses its power and its network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.faults.ways import impose, places_of, ways
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "zone-outage",
    says="all machines of a zone or region go silent, and it is cut from the rest",
    codex="zone-outage",
    causes=("unreachable", "died-with-node"),
    targets=("zone", "region"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneOutage:
    """Every host goes down and the network is cut; no parameters."""

    boots: ClassVar[bool] = True

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Switch the zones off."""
        inside = places_of(world, target)
        rest = frozenset(world.places_named(("*",))) - inside
        lift = impose(world, fault, ways(world, target, rest, None), cut=True)
        nodes = world.nodes_named(target)
        for node in nodes:
            node.crash(fault, host=True)

        def end() -> None:
            lift()
            for node in nodes:
                node.restart(fault)

        return end
