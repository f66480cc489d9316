"""Orders: what somebody elsewhere is told over the network, again and again until it arrives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.log import Fate, MessageKind
from game.engine.node import State
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.world import World

REPEAT_US = 1_000_000
"""An order that was not acknowledged is given again after this time."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of the way of an order: a place, and its node if it is a machine."""

    place: int
    node: Node | None


class Order:
    """One thing that a place is told to do, and later, to undo. A machine that is away by order is
    told once it comes, if it is then still to be told."""

    __slots__ = ("heard", "luck", "obey", "on", "revoked", "sender", "to", "waits", "world")

    def __init__(
        self, world: World, name: str, sender: End, to: End, obey: Callable[[bool], None]
    ) -> None:
        """`name` is that of its stream of luck; `obey` is told true for do, false for undo."""
        self.world = world
        self.sender = sender
        self.to = to
        self.obey = obey
        self.on = True
        """What is wanted now."""
        self.revoked = False
        """It was undone there, so an older order is void."""
        self.heard = False
        """An order has been sent to it."""
        self.waits = False
        """Until the machine comes."""
        self.luck = stream(world.seed, name).random

    def give(self, on: bool) -> None:
        """Send the order, and repeat it until it arrives."""
        self.on = on
        self._send(on)

    def _send(self, on: bool) -> None:
        if on != self.on:
            return
        if self.to.node is not None and self.to.node.stands_by:
            if not self.waits:
                self.waits = True
                self.to.node.on_order.append(self._come)
            return
        if self.sender.node is not None and self.sender.node.state:
            self._repeat(on)
            return
        self.heard = True
        route = self.world.control_route(self.sender.place, self.to.place)
        luck, salt = self.luck(), int(self.luck() * (1 << 53))
        fate, _ = route.carry(route.latency_us(luck), salt, self._arrive, on, MessageKind.ORDER)
        if fate is not Fate.ARRIVED:
            self._repeat(on)

    def _come(self) -> None:
        self.waits = False
        if self.on or self.heard:
            self._send(self.on)

    def _repeat(self, on: bool) -> None:
        kernel = self.world.kernel
        kernel.at(kernel.now + REPEAT_US, self._send, on)

    def _arrive(self, on: bool) -> None:
        node = self.to.node
        if node is not None and node.state:
            if node.state != State.PAUSED or not node.hold(self._arrive, on):
                self._repeat(on)
            return
        if on and self.revoked:
            return
        self.revoked = not on
        self.obey(on)
