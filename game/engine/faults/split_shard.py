"""Split a shard: an operator cuts a range of keys in two, and the upper part moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar

from game.engine.faults.move_shards import give_order, sharded_stores
from game.engine.registry import REGISTRY
from game.level.annotations import WholeNumber
from game.level.model import MOST_KEYS

if TYPE_CHECKING:
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "split-shard",
    says="an operator cuts a range of keys in two; the upper part moves to other machines",
    codex="move-shards",
    causes=("no-leader", "no-quorum"),
    targets=("service",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class SplitShard:
    """Only of a store that is sharded by = "range"; it is never undone."""

    key: Annotated[int, WholeNumber(1, MOST_KEYS)]
    """The first key of the new shard; keys are counted from 0."""

    over_after_us: ClassVar[int] = 1
    """It is an order, and given in no time."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Tell the coordinator."""
        for store in sharded_stores(world):
            if store.stations[0].name in target and store.record.by == "range":
                give_order(store, partial(store.keeper.split, self.key, fault))
        return lambda: None
