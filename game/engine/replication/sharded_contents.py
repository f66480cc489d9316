"""What a copy of a shard has on its disk, how a new machine fetches it, and how it is put under the
copy there.

Copies with a journal share a beginning, and one of them, the furthest, has all that was
acknowledged: it is fetched from that one, and only what is missing. The replicas of a quorum have
newest versions, and no single one need have them all: these are fetched from every one, and joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.attempt import NO_FAULT
from game.engine.replication.journal import Entry, Journal
from game.engine.replication.quorum import Quorum, QuorumGroup
from game.engine.replication.quorum_siblings import Kept, joined, writes_in
from game.engine.replication.quorum_versions import NOTHING

if TYPE_CHECKING:
    from game.engine.replication.quorum_replica import QuorumReplica
    from game.engine.replication.sharded_group import ShardGroup
    from game.engine.replication.sharded_letters import Move, Rank
    from game.engine.station import Station

PIECE = 50
"""Writes in one letter of a snapshot."""
NO_KEYS = -1
"""The key before the first one."""


class Contents(Protocol):
    """What one copy has."""

    def rank(self) -> Rank:
        """How far it is, among the copies of its shard."""
        ...

    def after(self, known: Any) -> tuple[int, tuple[Any, ...], bool]:
        """What comes after what somebody has: where it belongs, the next items, and if there are
        more."""
        ...

    def writes(self) -> Iterator[tuple[int, int]]:
        """(operation, call) of all writes."""
        ...


class Staged(Protocol):
    """What a new machine has so far; on its disk."""

    def sources(self, move: Move, furthest: int) -> list[int]:
        """The machines that it must all be fetched from, once they have stopped."""
        ...

    def known(self) -> Any:
        """What the next source is told."""
        ...

    def take(self, first: int, items: Sequence[Any]) -> None:
        """Items that come from a source, and where they belong."""
        ...

    def next_source(self) -> None:
        """All of one source is here."""
        ...

    def fill(self, group: ShardGroup, machine: int, split_at: int) -> None:
        """Put what is of the keys from `split_at` on under the copy of a new group."""
        ...


def contents_of(group: ShardGroup, machine: int) -> Contents:
    """What a copy has."""
    if isinstance(group.replication, QuorumGroup):
        return Versions(replica_of(group, machine))
    return Written(journal_of(group, machine))


def staged_of(each: object, station: Station, held: ShardGroup | None, machine: int) -> Staged:
    """What a machine begins with that is to have a copy: with journals, what it has anyway."""
    if isinstance(each, Quorum):
        return StagedVersions()
    staged = StagedJournal(station)
    for entry in journal_of(held, machine).entries if held is not None else ():
        staged.append(entry)
    return staged


def size_of(items: Sequence[Any], split_at: int) -> int:
    """How many writes of items go along with the keys from `split_at` on."""
    return sum(
        _moves(one, split_at) if isinstance(one, Entry) else one[0] >= split_at for one in items
    )


def _moves(entry: Entry, split_at: int) -> bool:
    """Whether a client wrote it, to a key that is not left behind."""
    return entry.operation >= 0 and entry.key >= split_at


# Journals


def journal_of(group: ShardGroup, machine: int) -> Journal:
    """What a copy with a journal has."""
    journal: Any = getattr(group.copies[machine], "journal", None)
    assert isinstance(journal, Journal)
    return journal


class Written:
    """A journal."""

    __slots__ = ("journal",)

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    def rank(self) -> Rank:
        """The last reign first: who was elected in it had all that was acknowledged before."""
        entries = self.journal.entries
        return (entries[-1].reign if entries else 0, len(entries))

    def after(self, known: Any) -> tuple[int, tuple[Any, ...], bool]:
        """`known` are the reigns of the journal there."""
        first = self.journal.common(known)
        entries = tuple(self.journal.entries[first : first + PIECE])
        return first, entries, first + len(entries) < len(self.journal)

    def writes(self) -> Iterator[tuple[int, int]]:
        """See `Contents`."""
        return ((one.operation, one.call) for one in self.journal.entries if one.operation >= 0)


class StagedJournal(Journal):
    """A journal that nobody serves yet."""

    __slots__ = ()

    at_once = False

    def sources(self, move: Move, furthest: int) -> list[int]:
        """One has all."""
        return [furthest]

    def known(self) -> Any:
        """Enough to say how much two journals have in common."""
        return self.reigns()

    def take(self, first: int, items: Sequence[Any]) -> None:
        """What differs goes."""
        self.cut(first, NO_FAULT)
        for entry in items:
            self.append(entry)

    def next_source(self) -> None:
        """There is one only."""

    def fill(self, group: ShardGroup, machine: int, split_at: int) -> None:
        """It is of no reign: all copies begin with the same."""
        journal = journal_of(group, machine)
        for entry in self.entries:
            if _moves(entry, split_at):
                journal.append(replace(entry, reign=0))

    def discard(self, entries: Iterable[Entry], blame: int) -> None:
        """The machine that they came from takes note."""


# Versions


def replica_of(group: ShardGroup, machine: int) -> QuorumReplica:
    """The replica of a quorum on a machine."""
    quorum = group.replication
    assert isinstance(quorum, QuorumGroup)
    return quorum.replicas[list(group.copies).index(machine)]


class Versions:
    """The newest versions, and those that are kept for others."""

    __slots__ = ("replica",)

    def __init__(self, replica: QuorumReplica) -> None:
        self.replica = replica

    def rank(self) -> Rank:
        """None is further than another one."""
        return 0, 0

    def after(self, known: Any) -> tuple[int, tuple[Any, ...], bool]:
        """`known` is the key up to which all was fetched."""
        kept = self._kept()
        keys = sorted(key for key in kept if key > known)
        items = tuple((key, kept[key]) for key in keys[:PIECE])
        return 0, items, len(keys) > PIECE

    def writes(self) -> Iterator[tuple[int, int]]:
        """See `Contents`."""
        for kept in self._kept().values():
            for version in writes_in(kept):
                yield version.operation, version.call

    def _kept(self) -> dict[int, Kept]:
        found = dict(self.replica.newest)
        for (_, key), version in self.replica.hints.items():
            found[key] = joined(found.get(key, NOTHING), version)
        return found


class StagedVersions:
    """The newest of what was fetched."""

    __slots__ = ("cursor", "newest")

    def __init__(self) -> None:
        self.newest: dict[int, Kept] = {}
        self.cursor = NO_KEYS

    def sources(self, move: Move, furthest: int) -> list[int]:
        """All: each write is at some of them."""
        self.cursor = NO_KEYS
        return list(move.old)

    def known(self) -> Any:
        """Up to which key."""
        return self.cursor

    def take(self, first: int, items: Sequence[Any]) -> None:
        """The newer one stays."""
        for key, kept in items:
            self.newest[key] = joined(self.newest.get(key, NOTHING), kept)
            self.cursor = key

    def next_source(self) -> None:
        """Begin at the first key again."""
        self.cursor = NO_KEYS

    def fill(self, group: ShardGroup, machine: int, split_at: int) -> None:
        """As if the replica had been told."""
        replica = replica_of(group, machine)
        for key, kept in self.newest.items():
            if key >= split_at:
                replica.take(key, kept)


def inherit(group: ShardGroup, source: ShardGroup) -> None:
    """What only the engine knows of the writes of a quorum goes along, too."""
    new, old = group.replication, source.replication
    if isinstance(new, QuorumGroup) and isinstance(old, QuorumGroup):
        new.appeared.update(old.appeared)
        new.clock_faults.update(old.clock_faults)
