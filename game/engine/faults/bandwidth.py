"""Bandwidth: less gets through in a second, and messages queue for the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.ways import NETWORK_TARGETS, Way, Ways, ways
from game.engine.laws import require
from game.engine.network import Condition, Pipe
from game.engine.registry import REGISTRY
from game.level.annotations import Share, SizeBytes

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "bandwidth",
    says="less gets through in a second, so messages wait for the wire",
    codex="bandwidth",
    causes=("late-answer",),
    targets=NETWORK_TARGETS,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Bandwidth(Ways):
    """Links keep a `share` of their bandwidth; a link without one has no limit to take it from.

    `limit` holds for such links too.
    """

    share: Share = 1.0
    """What is left of the bandwidth of the links."""
    limit: SizeBytes | None = None
    """Bytes a second at most, out of each place of the target, and as many into it (of a link: in
    each direction)."""

    def __post_init__(self) -> None:
        require(self.share > 0, "leaves nothing of the bandwidth: that is a partition")
        require(self.limit != 0, "leaves no bandwidth: that is a partition")
        require(
            self.share < 1 or self.limit is not None,
            'takes nothing away: give "share" (what is left) or "limit" (bytes a second)',
        )

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Narrow the wires."""
        way_of = ways(
            world,
            target,
            far=world.places_named(self.to) if self.to else None,
            one_way=self.one_way,
        )
        pipes: dict[Way, Pipe] = {}

        def pipe_of(source: int, destination: int) -> Pipe | None:
            way = way_of(source, destination)
            if way is None or self.limit is None:
                return None
            return pipes.setdefault(way, Pipe(self.limit))

        condition = Condition(
            fault=fault,
            concerns=lambda source, destination: way_of(source, destination) is not None,
            bandwidth_share=self.share,
            pipe_of=pipe_of,
        )
        world.network.impose(condition)
        return lambda: world.network.lift(condition)
