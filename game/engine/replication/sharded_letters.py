"""What the keeper of the shard map and the machines say to each other. `move` is the number of a
move; numbers are never used twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from game.engine.replication.sharded_map import ShardMap

Rank = tuple[int, int]
"""The reign of the last write of a journal, and how many writes it has: the greatest of all copies
has all that was acknowledged."""


@dataclass(frozen=True, slots=True)
class News:
    """From the keeper: the map, and which moves are not over."""

    map: ShardMap | None
    """None from one that was wiped, and wants to know."""
    newest: int
    """Moves that have begun so far."""
    under_way: frozenset[int]


@dataclass(frozen=True, slots=True)
class Heard:
    """From a machine: that is the map it knows; none after a wipe. It may want news."""

    sender: int
    map: ShardMap | None
    newest: int
    """The greatest number of a group or a move that it knows."""
    asks: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A shard, or its upper part, goes from one group of copies to another one."""

    number: int
    """Also that of the new group."""
    shard: int
    """As it will be called: a new one if it is split off."""
    source: int
    """The group that has it."""
    old: tuple[int, ...]
    new: tuple[int, ...]
    split_at: int
    """The first key of what is split off, or `NO_KEY`."""
    fault: int
    """The order that it goes back to, for blame."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """To all that take part: the new ones fetch what there is from one of the old ones."""

    move: Move
    source: int
    """Which machine to fetch it from."""


@dataclass(frozen=True, slots=True)
class Stop:
    """To the old ones: do not serve the shard any more."""

    move: Move


@dataclass(frozen=True, slots=True)
class Finish:
    """To the new ones: fetch the rest from a machine that has stopped."""

    move: Move
    source: int


@dataclass(frozen=True, slots=True)
class Report:
    """To the keeper: how far a machine is."""

    move: int
    sender: int
    ready: bool = False
    """A new one: it has nearly all."""
    stopped: Rank | None = None
    """An old one: it serves the shard no more, and that is its journal."""
    staged: bool = False
    """A new one: it has all, on its disk."""


@dataclass(frozen=True, slots=True)
class Pull:
    """From a new machine: what comes after what I have?"""

    move: Move
    sender: int
    question: int
    known: Any


@dataclass(frozen=True, slots=True)
class Piece:
    """From an old machine: these come next, and they belong behind so many of what you have."""

    move: Move
    question: int
    first: int
    items: tuple[Any, ...]
    more: bool
    stopped: bool
    """It has stopped for this move, so nothing is added any more."""
