"""The clocks that a level gives to its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.clocks.clock import LocalClock, note_error
from game.engine.clocks.correction import Correction
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.world import World
    from game.level.model import Clock, Law


def give_clock(node: Node, clock: Clock, seed: int, number: int) -> None:
    """Give a node its clock; it is the group's `number`-th. Each node has luck of its own."""
    ahead_us = _drawn_us(clock.ahead, seed, f"clock/{node.name}/ahead")
    behind_us = _drawn_us(clock.behind, seed, f"clock/{node.name}/behind")
    drift_ppm = clock.drift_ppm[number % len(clock.drift_ppm)] if clock.drift_ppm else 0.0
    node.clock = LocalClock(ahead_us - behind_us, drift_ppm)
    note_error(node, 0)


def _drawn_us(law: Law | None, seed: int, name: str) -> int:
    return 0 if law is None else law.sampler()(stream(seed, name).random())


def corrections(world: World) -> list[Correction]:
    """What sets clocks right, one for each node that asks for the time."""
    found = []
    for node in world.nodes:
        clock = world.groups[node.group].clock
        if clock is not None and clock.correction is not None:
            stations = world.stations_of[clock.correction.asks]
            if stations:
                found.append(Correction(world, node, stations[0].node, clock.correction.every))
    return found
