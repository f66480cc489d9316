"""Drain: an operator takes machines out of rotation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from game.engine.faults.crash import MACHINES
from game.engine.faults.orders import End, Order
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.node import Node
    from game.engine.target import Target
    from game.engine.world import World


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

    The order takes the way from the machine to each of its callers, once the machine has handed on
    what only it can do; no parameters.
    """

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Tell everybody who sends to the machines."""
        withdrawal = Withdrawal(world, fault, world.nodes_named(target))
        withdrawal.begin()
        return withdrawal.end


class Withdrawal:
    """Machines that an operator takes out of rotation, and puts back; not those that are away."""

    __slots__ = ("fault", "nodes", "orders", "waits_for")

    def __init__(self, world: World, fault: int, nodes: Sequence[Node]) -> None:
        self.fault = fault
        self.nodes = [node for node in nodes if not node.stands_by]
        places = {node.place for node in self.nodes}
        self.orders = [
            (each.station.node.place, out_of_rotation(world, fault, caller, each))
            for caller in world.callers()
            for each in caller.targets
            if each.station.node.place in places
        ]
        """Each with the place of the machine that it is about."""
        self.waits_for: dict[int, int] = {}
        """By machine: how many of its parts still hand something on."""

    def begin(self) -> None:
        """Have the machines hand on what only they can do, then tell their callers to keep out."""
        for node in self.nodes:
            node.drains.begin(self.fault, None)
            after = partial(self._handed_on, node.place)
            parts = [hands_on(self.fault, after) for hands_on in node.on_drain]
            self.waits_for[node.place] = sum(parts)
        for place, order in self.orders:
            if not self.waits_for[place]:
                order.give(True)

    def _handed_on(self, machine: int) -> None:
        """A part of a machine is done with it, or gave up."""
        self.waits_for[machine] -= 1
        if self.waits_for[machine] == 0:
            for place, order in self.orders:
                if place == machine:
                    order.give(True)

    def end(self) -> None:
        """Put them back."""
        for node in self.nodes:
            node.drains.end(self.fault)
            self.waits_for[node.place] = 0
        for _, order in self.orders:
            order.give(False)


def out_of_rotation(world: World, fault: int, caller: Caller, target: Target) -> Order:
    """What one caller is told of one of its targets: keep out, and later, go back."""

    def obey(out: bool) -> None:
        before = target.in_rotation
        if out:
            target.drained.begin(fault, None)
        else:
            target.drained.end(fault)
        if target.in_rotation != before:
            caller.note_rotation(target, back=not out)
        else:
            caller.refresh()

    machine = target.station.node
    name = f"fault/{world.log.faults[fault]}/{world.kernel.now}/{machine.name}/{caller.name}"
    # The order goes out even where the machine itself is down: it is the operator's.
    return Order(world, name, End(machine.place, None), End(caller.place, caller.node), obey)
