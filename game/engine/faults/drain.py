"""Drain: an operator takes machines out of rotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.crash import MACHINES
from game.engine.log import Fate, MessageKind
from game.engine.node import State
from game.engine.registry import REGISTRY
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target
    from game.engine.world import World

REPEAT_US = 1_000_000
"""An order that was not acknowledged is given again after this time."""


@REGISTRY.register(
    "fault",
    "drain",
    says="an operator takes the machine out of rotation; every caller is told over the network",
    codex="drain",
    causes=("no-target",),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """Work in the machine is finished, and none is sent to it. At the end it is put back.

    The order takes the way from the machine to each of its callers; no parameters.
    """

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Tell everybody who sends to the machines."""
        nodes = {node.place for node in world.nodes_named(target)}
        orders = [
            Order(world, fault, caller, each)
            for caller in world.callers()
            for each in caller.targets
            if each.station.node.place in nodes
        ]
        for order in orders:
            order.give(True)

        def end() -> None:
            for order in orders:
                order.give(False)

        return end


class Order:
    """What one caller is told of one of its targets: keep out, and later, go back."""

    __slots__ = ("caller", "fault", "luck", "out", "revoked", "target", "world")

    def __init__(self, world: World, fault: int, caller: Caller, target: Target) -> None:
        self.world = world
        self.fault = fault
        self.caller = caller
        self.target = target
        self.out = True
        """What the operator wants now."""
        self.revoked = False
        """The caller knows that the target is back, so an older order is void."""
        began_us = world.kernel.now
        machine = target.station.node.name
        name = f"fault/{world.log.faults[fault]}/{began_us}/{machine}/{caller.name}"
        self.luck = stream(world.seed, name).random

    def give(self, out: bool) -> None:
        """Send the order, and repeat it until it arrives."""
        self.out = out
        self._send(out)

    def _send(self, out: bool) -> None:
        if out != self.out:
            return
        route = self.world.control_route(self.target.station.node.place, self.caller.place)
        luck, salt = self.luck(), int(self.luck() * (1 << 53))
        fate, _ = route.carry(route.latency_us(luck), salt, self._arrive, out, MessageKind.ORDER)
        if fate is not Fate.ARRIVED:
            self._repeat(out)

    def _repeat(self, out: bool) -> None:
        kernel = self.world.kernel
        kernel.at(kernel.now + REPEAT_US, self._send, out)

    def _arrive(self, out: bool) -> None:
        node = self.caller.node
        if node is not None and node.state:
            if node.state != State.PAUSED or not node.hold(self._arrive, out):
                self._repeat(out)
            return
        if out and self.revoked:
            return
        self.revoked = not out
        target = self.target
        before = target.in_rotation
        if out:
            target.drained.begin(self.fault, None)
        else:
            target.drained.end(self.fault)
        if target.in_rotation != before:
            self.caller.note_rotation(target, back=not out)
        else:
            self.caller.refresh()
