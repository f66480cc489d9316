"""Move shards: an operator takes machines out of a shard map, or puts them into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from game.engine.faults.crash import MACHINES
from game.engine.node import State
from game.engine.registry import REGISTRY
from game.engine.replication.sharded import ShardedStore

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.world import World

REPEAT_US = 1_000_000
"""An order that found the coordinator away is given again after this time."""


@REGISTRY.register(
    "fault",
    "move-shards",
    says="an operator takes the machine out of the shard map, or puts it in; shards move",
    codex="move-shards",
    causes=("no-leader", "no-quorum"),
    targets=MACHINES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MoveShards:
    """The order is the opposite one when the fault is over. The last machine stays."""

    to: Literal["out", "in"] = "out"
    """Take the machines' shards away, or let them have some."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Tell the coordinator of each store with shards on the machines."""
        orders = [
            (store, index)
            for store in sharded_stores(world)
            for index, station in enumerate(store.stations)
            if station.node in world.nodes_named(target)
        ]

        def give(out: bool) -> None:
            for store, index in orders:
                give_order(store, partial(store.keeper.order, index, fault, out=out))

        give(self.to == "out")
        return lambda: give(self.to == "in")


def sharded_stores(world: World) -> list[ShardedStore]:
    """The stores that are cut into shards."""
    return [store for store in world.replications if isinstance(store, ShardedStore)]


def give_order(store: ShardedStore, order: Callable[[], None]) -> None:
    """The operator types it in at the coordinator, as soon as that is there."""
    node: Node = store.keeper.node
    if node.state == State.UP:
        order()
    else:
        kernel = node.kernel
        kernel.at(kernel.now + REPEAT_US, partial(give_order, store), order)
