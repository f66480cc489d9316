"""How a balancer's parameters name targets: a node, a node group, a zone, or "*" for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.engine.caller import Target


def goes_by(target: Target, name: str) -> bool:
    """Whether the target's node goes by that name."""
    node = target.station.node
    return name in ("*", node.name, node.group, node.zone)
