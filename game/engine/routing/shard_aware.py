"""Shard-aware: ask the machine that has the key's shard, as far as it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.engine.replication.sharded import Sharded
from game.engine.routing.leader_aware import BUSY
from game.engine.routing.round_robin import Turns

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.caller import Caller
    from game.engine.target import Target

WHOLE = 0
"""The shard of every key where nothing is sharded."""


@REGISTRY.register(
    "balancer",
    "shard-aware",
    says="the machine that has the shard of the key, as far as somebody said so; else each in turn",
    codex="sharding",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShardAware:
    """Each caller for itself remembers whom a `no-leader` answer named, for the key and its shard,
    and where a write went well, and forgets it when that machine is silent or refuses. It knows how
    keys are cut at the begin of the night, and nothing of where shards are; no parameters."""

    needs_luck: ClassVar[bool] = False
    returns: ClassVar[bool] = True
    """A call that was told where its shard is goes there, also if it was there before."""

    def build(self, caller: Caller) -> ShardFollower:
        """The balancer of one caller."""
        return ShardFollower(caller)


class ShardFollower:
    """Knows the machine of each shard, or asks around."""

    __slots__ = ("caller", "cut", "known", "named", "turns")

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.known: dict[int, Target] = {}
        """By shard, as keys are cut at the begin."""
        self.named: dict[int, Target] = {}
        """By key: whom the last answer named that turned an operation on it away. Shards that were
        split since are told apart by that."""
        self.turns = Turns()
        self.cut = None
        if caller.targets:
            service = caller.world.services[caller.targets[0].station.name]
            if isinstance(service.replication, Sharded):
                self.cut = service.replication.cut

    def pick_for(self, targets: Sequence[Target], data_key: int) -> Target:
        """The one that has the key, if it is known and in rotation."""
        target = self.named.get(data_key, self.known.get(self._shard_of(data_key)))
        if target is not None and target in targets:
            return target
        return self.turns.pick(targets, 0.0)

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """A caller asks by key: see `Caller.pick`."""
        raise AssertionError("a shard is found by the operation's key")

    def sent(self, attempt: Attempt) -> None:
        """Nothing is known from that."""

    def closed(self, attempt: Attempt, cause: int) -> None:
        """Learn from what came back, or did not."""
        target = attempt.target
        operation = attempt.call.operation
        key = operation.data_key
        shard = self._shard_of(key)
        if cause == Cause.NONE:
            if attempt.call.open and operation.write and target is not None:
                self.known[shard] = target
        elif cause == Cause.NO_LEADER and self.caller.hears:
            self._forget(shard, key)
            for one in self.caller.targets:
                if one.station.node.place == attempt.leader:
                    self.known[shard] = self.named[key] = one
        elif target is self.named.get(key, self.known.get(shard)) and cause not in BUSY:
            self._forget(shard, key)

    def _forget(self, shard: int, key: int) -> None:
        self.known.pop(shard, None)
        self.named.pop(key, None)

    def forget(self) -> None:
        """The caller lost its memory, and gets another balancer."""

    def _shard_of(self, data_key: int) -> int:
        return WHOLE if self.cut is None else self.cut.shard_of(data_key)
