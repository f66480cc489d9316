"""How a balancer's parameters name targets: as links do, by node, group, zone, region or "*"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


def goes_by(caller: Caller, target: Target, name: str) -> bool:
    """Whether the target's node goes by that name."""
    return target.station.node.place in caller.world.places_named((name,))
