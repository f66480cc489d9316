"""Nearest region: all machines of one region in turn, of the nearest one that is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.engine.routing.round_robin import Turns

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target

MEDIAN = 0.5
ACROSS_REGIONS = 2
"""The `distance` of a target in another region."""


@REGISTRY.register(
    "balancer",
    "nearest-region",
    says="machines of the caller's own region; if none is left, of the next nearest",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class NearestRegion:
    """The caller's own region first; the others by the median latency of the way there, as a map
    of the world says it, not as it is tonight. No parameters."""

    needs_luck: ClassVar[bool] = False

    def build(self, caller: Caller) -> NearestRegionPicker:
        """The balancer of one caller."""
        return NearestRegionPicker(ranks_of(caller))


def ranks_of(caller: Caller) -> list[tuple[int, str]]:
    """For each target, what orders its region: how far that is, then its name."""
    zones = caller.world.zones
    regions = [zones[target.station.node.zone].region for target in caller.targets]
    nearest: dict[str, int] = {}
    for target, region in zip(caller.targets, regions, strict=True):
        own = target.distance < ACROSS_REGIONS
        latency_us = -1 if own else target.out.latency_us(MEDIAN)
        nearest[region] = min(latency_us, nearest.get(region, latency_us))
    return [(nearest[region], region) for region in regions]


class NearestRegionPicker:
    """Knows the way to each region, and whose turn it is."""

    __slots__ = ("ranks", "turns")

    def __init__(self, ranks: list[tuple[int, str]]) -> None:
        self.ranks = ranks
        self.turns = Turns()

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The next in turn of the nearest region that has a target."""
        ranks = self.ranks
        nearest = min(ranks[target.index] for target in targets)
        return self.turns.pick(
            [target for target in targets if ranks[target.index] == nearest], luck
        )
