"""Letters: what copies and their coordinator say to each other, over the network like all else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from game.engine.attempt import NO_FAULT
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.log import MessageKind
    from game.engine.network import Route
    from game.engine.node import Node
    from game.engine.world import World


UP = State.UP


class Letter(NamedTuple):
    """One message to a protocol's part on a node. It needs no worker and no core there."""

    to: Node
    read: Callable[[Any], object]
    content: Any


class Post:
    """Where one part of a protocol sends from. All its luck is from a stream of its own."""

    __slots__ = ("luck", "node", "routes", "world")

    def __init__(self, world: World, node: Node, name: str) -> None:
        self.world = world
        self.node = node
        self.luck = stream(world.seed, f"protocol/{name}/{node.name}").random
        self.routes: dict[int, Route] = {}
        """By the place that they lead to."""

    def send(
        self,
        to: Node,
        read: Callable[[Any], object],
        content: Any,
        kind: MessageKind,
        size_bytes: int = CONTROL_BYTES,
    ) -> None:
        """Send `content` to whoever reads it at a node; the network may lose or double it."""
        route = self.routes.get(to.place)
        if route is None:
            route = self.routes[to.place] = self.world.control_route(self.node.place, to.place)
        if route.plain:
            latency_us = route.latency_us(self.luck())
            # Drawn all the same, so that a condition which comes or goes changes no later number.
            self.luck()
            route.more_bytes += size_bytes - route.size_bytes
            route.push(latency_us, arrive, Letter(to, read, content))
        else:
            letter = Letter(to, read, content)
            if self._carry(route, letter, kind, size_bytes):
                self._carry(route, letter, kind, size_bytes)

    def _carry(self, route: Route, letter: Letter, kind: MessageKind, size_bytes: int) -> bool:
        """Put a letter on its way; whether the network makes a second copy of it."""
        latency_us, salt = route.latency_us(self.luck()), int(self.luck() * (1 << 53))
        return route.carry(latency_us, salt, arrive, letter, kind, size_bytes=size_bytes)[1]

    def trouble_with(self, other: Node) -> int:
        """The fault that keeps this node and another one apart, or `NO_FAULT`."""
        for node in (other, self.node):
            if node.blame != NO_FAULT:
                return node.blame
        for source, target in ((self.node, other), (other, self.node)):
            conditions = self.world.control_route(source.place, target.place).conditions
            if conditions:
                return conditions[-1].fault
        return NO_FAULT


def arrive(letter: Letter) -> None:
    """A letter is there; a paused node reads it later, one that is down never."""
    to, read, content = letter
    if to.state == UP or not to.is_away(arrive, letter):
        read(content)
