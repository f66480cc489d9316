"""Drain: an operator takes machines out of rotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.faults.crash import MACHINES
from game.engine.faults.orders import End, Order
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.caller import Caller
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

    The order takes the way from the machine to each of its callers; no parameters.
    """

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Tell everybody who sends to the machines."""
        nodes = {node.place for node in world.nodes_named(target)}
        orders = [
            out_of_rotation(world, fault, caller, each)
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
