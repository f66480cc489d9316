"""Partition: no message gets from one side to the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from game.engine.faults.ways import NETWORK_TARGETS, Direction, impose, places_of, ways
from game.engine.registry import REGISTRY
from game.level.annotations import OneOrMany, PlaceName

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "partition",
    says="no message gets from the target to the other side, or back",
    codex="partition",
    causes=("unreachable",),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The target is one side. A partial partition names two sides of three."""

    from_: Annotated[tuple[PlaceName, ...], OneOrMany()] = ()
    """The other side. Default: every place that is not in the target."""
    one_way: Direction | None = None
    """Only messages "out" of the target are cut, or only those "in" to it."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Cut."""
        far = frozenset(world.places_named(self.from_ or ("*",)))
        if not self.from_:
            far -= places_of(world, target)
        return impose(world, fault, ways(world, target, far, self.one_way), cut=True)
