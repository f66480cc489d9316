"""Events of shards, and of the map that says where they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.changes import CODEX, OfCopy
from game.engine.log import Change
from game.engine.registry import REGISTRY


@REGISTRY.register("event", "shard-moved", says="The map names other machines.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShardMoved(OfCopy):
    """About the machine that is the shard's home from now on."""

    change: ClassVar[Change] = Change.SHARD_MOVED


@REGISTRY.register("event", "shard-served", says="A machine serves a shard.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShardServed(OfCopy):
    """At the begin, after a move, and after one that was given up."""

    change: ClassVar[Change] = Change.SHARD_SERVED


@REGISTRY.register("event", "shard-stopped", says="A machine stops to serve one.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class ShardStopped(OfCopy):
    """It was told to, for a move."""

    change: ClassVar[Change] = Change.SHARD_STOPPED


@REGISTRY.register("event", "map-learned", says="A machine learns of a shard map.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class MapLearned(OfCopy):
    """About the machine."""

    change: ClassVar[Change] = Change.MAP_LEARNED
