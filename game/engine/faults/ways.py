"""The ways on the network that a fault concerns: out of its target, into it, or both."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from game.engine.network import Condition
from game.level.annotations import OneOrMany, PlaceName

if TYPE_CHECKING:
    from game.engine.world import World

NETWORK_TARGETS = ("node", "zone", "region", "client", "service", "link")
"""What a fault on the network may be aimed at."""

Direction = Literal["out", "in"]
Way = tuple[int, bool]
"""What of the target a message passes (a place, or -1 minus the index of a link), and whether it
goes out of it (along a link: the way that the link is written)."""
WayOf = Callable[[int, int], Way | None]
"""From the places that a message comes from and goes to, to its way; None: it is not concerned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What faults on the network have in common: whose messages they concern."""

    to: Annotated[tuple[PlaceName, ...], OneOrMany()] = ()
    """Only messages between the target and these places. Default: and any other place."""
    one_way: Direction | None = None
    """Only messages "out" of the target, or "in" to it. Default: both."""

    def impose(
        self, world: World, fault: int, target: tuple[str, ...], **what: Any
    ) -> Callable[[], None]:
        """Put a condition on the target's messages; returns what lifts it."""
        way_of = ways(
            world,
            target,
            far=world.places_named(self.to) if self.to else None,
            one_way=self.one_way,
        )
        return impose(world, fault, way_of, **what)


def places_of(world: World, names: tuple[str, ...]) -> frozenset[int]:
    """All places that go by one of the names; a service stands for the nodes that it is on."""
    nodes = [node.place for node in world.nodes_named(names)]
    return frozenset((*world.places_named(names), *nodes))


def ways(
    world: World,
    target: tuple[str, ...],
    far: Collection[int] | None,
    one_way: Direction | None,
) -> WayOf:
    """The ways between `target` (places, services, links) and the places `far` (None: all).

    What a place sends to itself crosses no network and is not concerned.
    """
    near = places_of(world, target)
    links = world.links_named(target)

    def allowed(way: Way, other: int) -> Way | None:
        if one_way is not None and way[1] != (one_way == "out"):
            return None
        return way if far is None or other in far else None

    def way_of(source: int, destination: int) -> Way | None:
        if source == destination:
            return None
        way = None
        if links:
            index, _, backwards = world.link_between(source, destination)
            if index in links:
                way = allowed((-1 - index, not backwards), source if backwards else destination)
        if way is None and source in near:
            way = allowed((source, True), destination)
        if way is None and destination in near:
            way = allowed((destination, False), source)
        return way

    return way_of


def impose(world: World, fault: int, way_of: WayOf, **what: Any) -> Callable[[], None]:
    """Put a condition on ways; returns what lifts it."""
    condition = Condition(
        fault=fault,
        concerns=lambda source, target: way_of(source, target) is not None,
        **what,
    )
    world.network.impose(condition)
    return lambda: world.network.lift(condition)
