"""The log of a copy in a Raft group: a journal whose reigns are terms, with an entry of no effect
at the begin of each (Ongaro and Ousterhout 2014, sections 5.3 and 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from game.engine.replication.journal import Entry, Journal

NO_OPERATION = -1
"""The operation of an entry that no client asked for."""


class RaftLog(Journal):
    """On the disk: survives a crash and goes with a wipe."""

    __slots__ = ()

    at_once = False

    @property
    def last_term(self) -> int:
        """Of the last entry; 0 if there is none."""
        return self.term_before(len(self.entries))

    def term_before(self, position: int) -> int:
        """Term of the entry before a position; 0 at the begin."""
        return self.entries[position - 1].reign if position else 0

    def begin_term(self, term: int) -> None:
        """Add the entry of no effect."""
        now, station = self.station.kernel.now, self.station.index
        self.append(Entry(NO_OPERATION, term, 0, now, station, term))

    def fits(self, first: int, term_before: int) -> bool:
        """The consistency check: the log has the entry before `first`, of that term.

        Two logs with the same term at the same position are the same up to there.
        """
        return first <= len(self.entries) and self.term_before(first) == term_before

    def may_fit(self, first: int) -> int:
        """Where to try next if it does not fit at `first`: before all entries of the term that is
        in the way, or at the end of a shorter log."""
        if first > len(self.entries):
            return len(self.entries)
        term = self.term_before(first)
        while first and self.entries[first - 1].reign == term:
            first -= 1
        return first

    def conflict(self, first: int, entries: Sequence[Entry]) -> int:
        """The first position at which the log has an entry of another term than `entries`, which
        begin at `first`; the end of the shorter one if they agree."""
        for position, entry in enumerate(entries, first):
            if position >= len(self.entries) or self.entries[position].reign != entry.reign:
                return position
        return first + len(entries)

    def discard(self, entries: Iterable[Entry], blame: int) -> None:
        """See `Journal`; what has no effect is not missed."""
        super().discard((one for one in entries if one.operation != NO_OPERATION), blame)
