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
    says="no message gets from one side to the other, both ways or one way",
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

    def told(self) -> str:
        """What this one does, in the words of a story."""
        far = " and ".join(self.from_) if set(self.from_) - {"*"} else "the other side"
        if self.one_way == "out":
            return f"no message gets out of the target to {far}; those that come in get through"
        if self.one_way == "in":
            return f"no message gets in to the target from {far}; those that go out get through"
        return f"no message gets from the target to {far}, or back"

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Cut."""
        far = frozenset(world.places_named(self.from_ or ("*",)))
        if not self.from_:
            far -= places_of(world, target)
        return impose(world, fault, ways(world, target, far, self.one_way), cut=True)
