"""The log of a copy in a Raft group: a journal whose reigns are terms, with an entry of no effect
at the begin of each (Ongaro and Ousterhout 2014, sections 5.3 and 8), and the configurations of the
group (Ongaro's thesis, 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT
from game.engine.replication.epochs import NOBODY
from game.engine.replication.journal import Entry, Journal

if TYPE_CHECKING:
    from game.engine.station import Station

NO_OPERATION = -1
"""The operation of an entry that no client asked for."""

Members = tuple[int, ...]
"""The servers that have a vote, in order. A server is a disk: a copy that lost its own is another
server."""


@dataclass(frozen=True, slots=True)
class Configuration(Entry):
    """An entry that says who has a vote from here on."""

    members: Members = ()
    server: int = NOBODY
    """Who comes or goes."""
    fault: int = NO_FAULT
    """The order that asked for it."""


class RaftLog(Journal):
    """On the disk: survives a crash and goes with a wipe."""

    __slots__ = ("configurations",)

    at_once = False

    def __init__(self, station: Station, members: Members) -> None:
        super().__init__(station)
        self.configurations: list[tuple[int, Members]] = [(0, members)]
        """Each configuration in the log, and how long the log was with it; oldest first. What holds
        before the first entry is none of them."""

    @property
    def members(self) -> Members:
        """Those of the newest configuration, committed or not (Ongaro's thesis, 4.1)."""
        return self.configurations[-1][1]

    @property
    def configured(self) -> int:
        """How long the log was with the newest configuration in it."""
        return self.configurations[-1][0]

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

    def configure(self, term: int, members: Members, server: int, fault: int) -> None:
        """Add a configuration."""
        now, station = self.station.kernel.now, self.station.index
        entry = Configuration(NO_OPERATION, term, 0, now, station, term, members, server, fault)
        self.append(entry)

    def append(self, entry: Entry) -> None:
        """See `Journal`; a configuration holds as soon as it is there."""
        super().append(entry)
        if entry.operation == NO_OPERATION and isinstance(entry, Configuration):
            self.configurations.append((len(self.entries), entry.members))

    def cut(self, length: int, blame: int) -> None:
        """See `Journal`; the configuration before holds again."""
        super().cut(length, blame)
        while self.configured > length:
            self.configurations.pop()

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
