"""The journal of a copy: the writes that it has applied, in order, on its disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.replication.copies import note_read
from game.engine.workload.application import applied_of

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station

Reigns = tuple[tuple[int, int], ...]
"""Each reign with writes in a journal, and how long the journal was at its end; oldest first."""

Key = tuple[int, int]
"""Number of the operation and place of the call in it: what an idempotency key says."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One applied write."""

    operation: int
    call: int
    """Which of the operation's writes it is: the place of the call and of the step in it."""
    key: int
    time_us: int
    """When the first copy applied it."""
    station: int
    """Which one that was."""
    reign: int = 0
    """In which reign that was, where there are reigns."""


class Journal:
    """Survives a crash and goes with a wipe.

    What its writes lead to (`applied`) is known again as soon as the node is up: to read the
    journal again takes no time here.
    """

    __slots__ = ("_newest", "_places", "applied", "entries", "station")

    at_once: ClassVar[bool] = True
    """A write is applied as soon as it is in the journal, and not only when it is committed."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.entries: list[Entry] = []
        self._places: dict[Key, int] = {}
        """Position of the first entry of each write."""
        self._newest: dict[int, int] = {}
        """Of each key, the operation that wrote it last; entries of no operation have no key."""
        self.applied = applied_of(station) if self.at_once else None
        """The state machine of the service's application, if it has one."""

    def __len__(self) -> int:
        return len(self.entries)

    def write(self, attempt: Attempt, reign: int = 0) -> int:
        """Apply the write of an attempt; returns how long the journal must be to hold it.

        One that carries an idempotency key, and is here already, has no second effect.
        """
        operation = attempt.call.operation
        call = attempt.path.id << 16 | attempt.step.position
        commands = self.station.world.commands.get(self.station.name)
        if commands is not None:
            commands.of(operation)
        place = self._places.get((operation.number, call)) if attempt.caller.keyed else None
        if place is None:
            now = self.station.kernel.now
            key = operation.data_key
            place = len(self.entries)
            self.append(Entry(operation.number, call, key, now, self.station.index, reign))
        if self.applied is not None:
            self.applied.answer_write(attempt)
        return place + 1

    def conflicts(self, attempt: Attempt) -> bool:
        """Whether a write that compares is not to take effect: its key was written since the
        request that it is for has read it. One that is here already took effect itself.

        The journal is the order of all writes, so what holds at its end holds for good (optimistic
        concurrency control: Kung and Robinson, ACM TODS 6(2), 1981).
        """
        if not attempt.path.compares:
            return False
        call = attempt.call
        assert call.parent is not None
        if attempt.caller.keyed:
            own = (call.operation.number, attempt.path.id << 16 | attempt.step.position)
            if own in self._places:
                return False
        return call.parent.expects != self.writer(call.operation.data_key)

    def answer_read(self, attempt: Attempt) -> None:
        """Write down what a read is answered here and now."""
        note_read(attempt, self.writer(attempt.call.operation.data_key))
        if self.applied is not None:
            self.applied.answer_read(attempt)

    def append(self, entry: Entry) -> None:
        """Apply a write."""
        self._places.setdefault((entry.operation, entry.call), len(self.entries))
        self.entries.append(entry)
        if entry.operation >= 0:
            self._newest[entry.key] = entry.operation
        if self.applied is not None:
            self.applied.apply(entry)

    def writer(self, key: int) -> int:
        """The operation whose write a read of the key returns, or -1 if it was never written."""
        return self._newest.get(key, -1)

    def cut(self, length: int, blame: int) -> None:
        """Throw away all that lies behind the first `length` entries, and note each."""
        dropped = self.entries[length:]
        del self.entries[length:]
        self.discard(dropped, blame)
        for place in range(len(dropped) - 1, -1, -1):
            entry = dropped[place]
            if self._places.get((entry.operation, entry.call)) == length + place:
                del self._places[entry.operation, entry.call]
        self._newest = {one.key: one.operation for one in self.entries if one.operation >= 0}
        if self.applied is not None:
            self.applied.forget()
            for entry in self.entries:
                self.applied.apply(entry)

    def reigns(self) -> Reigns:
        """What another copy needs to know in order to say how much the two have in common."""
        ends: dict[int, int] = {}
        for position in range(len(self.entries), 0, -1):
            ends.setdefault(self.entries[position - 1].reign, position)
        return tuple(reversed(ends.items()))

    def common(self, reigns: Reigns) -> int:
        """How many entries are the same in a journal with those reigns.

        One primary writes in one order, so journals that share an entry share all before it (the
        log matching property of Ongaro and Ousterhout, Raft, ATC 2014, section 5.3).
        """
        own = dict(self.reigns())
        for reign, end in reversed(reigns):
            if reign in own:
                return min(end, own[reign])
        return 0

    def discard(self, entries: Iterable[Entry], blame: int) -> None:
        """Note entries that this copy had, and the service does not keep."""
        station = self.station
        row = station.world.log.discarded.append
        for entry in entries:
            row((entry.operation, station.kernel.now, station.index, blame))
