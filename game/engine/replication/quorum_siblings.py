"""Version vectors with siblings: writes that did not know of each other stay side by side.

DeCandia and others, Dynamo, SOSP 2007, section 4.4. Each write has a dot of its own beside the
vector of what its writer had seen: Preguica and others, Dotted Version Vectors: Logical Clocks for
Optimistic Replication, 2010 (arXiv 1011.5808), section 4. Without the dot, two clients that write
through one coordinator would seem to know of each other. No entry of a vector is ever dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from game.engine.replication.journal import Key
from game.engine.replication.quorum_versions import NOTHING, Version

Vector = tuple[tuple[int, int], ...]
"""By writer, in order: how many of its writes are known; those that are not named are 0."""
ENTRY_BYTES = 16


class Sibling(NamedTuple):
    """One write, and all that it replaces."""

    version: Version
    """Its dot: `coordinator` is the writer's name, and `stamp` the number of its write."""
    context: Vector
    """What whoever wrote it had seen."""


@dataclass(frozen=True, slots=True)
class Siblings:
    """Writes of one key of which none had seen another, at least one, in order.

    Whatever a vector in it counts is in it, or was replaced by what is in it.
    """

    all: tuple[Sibling, ...]

    def joined(self, other: Siblings) -> Siblings:
        """What of both is not replaced by what is in the other."""
        if self == other:
            return self
        both = {*self.all, *other.all}
        known = _known(both)
        left = (one for one in both if known.get(one.version.coordinator, 0) < one.version.stamp)
        return Siblings(tuple(sorted(left)))

    def context(self) -> Vector:
        """What somebody has seen who read it."""
        known = _known(self.all)
        for (stamp, writer, *_), _ in self.all:
            known[writer] = max(stamp, known.get(writer, 0))
        return tuple(sorted(known.items()))


Kept = Version | Siblings
"""What is under a key: the newest write, or with vectors several; `NOTHING` for both."""


def joined(one: Kept, other: Kept) -> Kept:
    """What a copy has that had one and got the other."""
    if isinstance(one, Siblings):
        return one.joined(other) if isinstance(other, Siblings) else one
    if isinstance(other, Siblings):
        return other
    return other if other > one else one


def writes_in(kept: Kept) -> Sequence[Version]:
    """The writes that are there; none for `NOTHING`."""
    if isinstance(kept, Siblings):
        return [version for version, _ in kept.all]
    return () if kept == NOTHING else (kept,)


def numbers_in(kept: Kept) -> Sequence[int]:
    """All that tells it from others, for a hash: a dot has one context."""
    if isinstance(kept, Siblings):
        return [number for version, _ in kept.all for number in version]
    return kept


def size_bytes(kept: Kept, value_bytes: int) -> int:
    """What it takes in a message."""
    if isinstance(kept, Siblings):
        return sum(value_bytes + ENTRY_BYTES * len(context) for _, context in kept.all)
    return 0 if kept is NOTHING else value_bytes


class Writer:
    """Who gives dots: one coordinator, as it is on its disk.

    It sends with each write all of its own that this one does not replace. So whoever knows of its
    write number k knows of those before, which is what an entry of a vector means.
    """

    __slots__ = ("count", "latest", "name", "others")

    def __init__(self, name: int, writers: int) -> None:
        self.name = name
        self.others = writers
        self.count = 0
        self.latest: dict[int, Siblings] = {}
        """By key."""

    def add(self, key: int, write: Key, seen: Kept) -> Siblings:
        """A write by somebody who has seen that much of the key, beside what he has not."""
        self.count += 1
        context = seen.context() if isinstance(seen, Siblings) else ()
        new = Siblings((Sibling(Version(self.count, self.name, *write), context),))
        before = joined(self.latest.get(key, NOTHING), seen)
        self.latest[key] = new.joined(before) if isinstance(before, Siblings) else new
        return self.latest[key]

    def wiped(self) -> None:
        """The disk is empty: a name that was never used, since dots under the old one are known."""
        self.name += self.others
        self.count = 0
        self.latest.clear()


def _known(siblings: Iterable[Sibling]) -> dict[int, int]:
    known: dict[int, int] = {}
    for _, context in siblings:
        for writer, count in context:
            if count > known.get(writer, 0):
                known[writer] = count
    return known
