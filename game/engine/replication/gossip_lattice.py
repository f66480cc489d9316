"""What a copy that gossips has on its disk: entries that only grow, so that two copies can always
be joined.

A state-based CRDT is a join semilattice (Shapiro, Preguica, Baquero and Zawirski, Conflict-free
Replicated Data Types, SSS 2011, section 2.3). All of those here are maps whose entries have totally
ordered values: two maps are joined by taking the larger value of each entry, which commutes,
associates, is idempotent, and never takes anything back. Any part of such a map is a delta of it
(Almeida, Shoker and Baquero, Delta State Replicated Data Types, JPDC 111, 2018, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Atom = tuple[Any, ...]
"""Names an entry under its key."""
Value = Any
"""What an entry holds; those of one entry can be compared."""
Entries = Mapping[Atom, Value]
NO_ENTRIES: Entries = {}


class Item(NamedTuple):
    """An entry, on its way or about to be."""

    key: int
    atom: Atom
    value: Value


def joined(one: Value, other: Value) -> Value:
    """What an entry holds of which two copies know."""
    return max(one, other)


class Lattice:
    """The entries of all keys, and in which order they changed."""

    __slots__ = ("_last", "changes", "keys")

    def __init__(self) -> None:
        self.keys: dict[int, dict[Atom, Value]] = {}
        self.changes = 0
        """How often an entry was changed."""
        self._last: dict[tuple[int, Atom], tuple[int, Item]] = {}
        """By entry: which change was its last one, and to what; the newest is at the end."""

    def under(self, key: int) -> Entries:
        """The entries of a key."""
        return self.keys.get(key, NO_ENTRIES)

    def has(self, item: Item) -> bool:
        """Whether it is here, or what is larger."""
        before = self.under(item.key).get(item.atom)
        return before is not None and bool(before >= item.value)

    def join(self, items: Iterable[Item]) -> list[Item]:
        """Take over all that is new, and say what that was."""
        fresh: list[Item] = []
        for item in items:
            key, atom, value = item
            entries = self.keys.setdefault(key, {})
            before = entries.get(atom)
            after = value if before is None else joined(before, value)
            if after != before:
                entries[atom] = after
                self.changes += 1
                self._last.pop((key, atom), None)
                now = item if after is value else Item(key, atom, after)
                self._last[key, atom] = self.changes, now
                fresh.append(item)
        return fresh

    def since(self, changes: int) -> tuple[Item, ...]:
        """All entries that changed later than that, the newest first; of 0: all there are."""
        found: list[Item] = []
        for change, item in reversed(self._last.values()):
            if change <= changes:
                break
            found.append(item)
        return tuple(found)
