"""What a copy of a primary-backup group does as the primary: it hands writes on, and acknowledges
those that enough others have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import NEVER
from game.engine.log import Change
from game.engine.priorities import TIMER
from game.engine.replication.committed import Committed
from game.engine.replication.copies import go_on
from game.engine.replication.journal import Entry
from game.engine.replication.primary_backup_backup import AsBackup
from game.engine.replication.shipping import (
    MOST_AT_ONCE,
    RESEND_US,
    STALLED,
    Append,
    Ask,
    Confirm,
    Missing,
    Stream,
)

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.primary_backup import Replicas
    from game.engine.station import Station


class AsPrimary(AsBackup):
    """One copy, as far as it leads. All of this goes with a crash."""

    __slots__ = (
        "base",
        "committed",
        "gathering",
        "resending",
        "shipped",
        "state",
        "streams",
        "unready",
        "waiting",
    )

    def __init__(self, group: Replicas, service: str, index: int, station: Station) -> None:
        super().__init__(group, service, index, station)
        self.streams: dict[int, Stream] = {}
        """The other copies, as far as they are known."""
        self.committed = 0
        """Writes that may be acknowledged."""
        self.waiting: dict[int, list[Attempt]] = {}
        """Attempts that wait until so many writes are committed."""
        self.state = Committed(self.journal) if self.record.reads_committed else None
        """What those lead to, where reads return nothing else."""
        self.base = 0
        """Writes that it had when it began to lead, some of which others acknowledged."""
        self.unready: list[Attempt] = []
        """Reads that wait until these are committed."""
        self.shipped = 0
        """Writes that were handed on."""
        self.gathering = False
        self.resending = False

    def serves(self) -> bool:
        """Whether it acts as the primary now."""
        if self.epoch.primary != self.index or not self.confirmed:
            return False
        return not self.record.fencing or self.confirmation.is_leased()

    def _needed(self) -> list[int]:
        """The other copies that writes may have to wait for."""
        newcomers = [
            other
            for other, stream in self.streams.items()
            if stream.caught_up and other not in self.epoch.members
        ]
        members = [other for other in self.epoch.members if other != self.index]
        return members + newcomers if self.record.mode == "sync" else members

    def _held(self, other: int) -> int:
        stream = self.streams.get(other)
        return 0 if stream is None else stream.held

    def _advance(self) -> None:
        """Acknowledge what enough others have."""
        held = [self._held(other) for other in self._needed()]
        committed = len(self.journal)
        if self.record.mode != "async" and held:
            committed = min(held) if self.record.mode == "sync" else max(held)
        if committed <= self.committed:
            return
        self.committed = committed
        if self.state is not None:
            self.state.grow(committed)
        due = [length for length in self.waiting if length <= committed]
        for attempt in [one for length in due for one in self.waiting.pop(length)]:
            if self.serves():
                go_on(attempt)
            else:
                self._refuse(attempt)
        if self.unready and self.is_ready():
            unready, self.unready = self.unready, []
            for attempt in unready:
                self.answer(attempt)

    def is_ready(self) -> bool:
        """Whether all that was acknowledged in earlier reigns is known to be committed."""
        return self.committed >= self.base

    def forget_committed(self) -> None:
        """A reign begins, or memory is lost."""
        self.committed = 0
        self.base = len(self.journal)
        if self.state is not None:
            self.state.forget()

    def _hand_on(self) -> None:
        """Send new writes to the others: at once, or soon, together with those to come."""
        if self.record.lag is not None:
            due = self.lost_us, len(self.journal)
            self.kernel.at(self.kernel.now + self.record.lag, self._ship_late, due, TIMER)
        elif self.record.mode != "async" or not self.record.gather:
            self._ship_new(self.lost_us)
        elif not self.gathering:
            self.gathering = True
            due_us = self.kernel.now + self.record.gather
            self.kernel.at(due_us, self._ship_new, self.lost_us, TIMER)

    def _ship_new(self, lost_us: int) -> None:
        if lost_us != self.lost_us or self.node.is_asleep(self._ship_new, lost_us):
            return
        self.gathering = False
        self._ship_up_to(len(self.journal))

    def _ship_late(self, due: tuple[int, int]) -> None:
        lost_us, length = due
        if lost_us == self.lost_us and not self.node.is_asleep(self._ship_late, due):
            self._ship_up_to(min(length, len(self.journal)))

    def _ship_up_to(self, length: int) -> None:
        if self.epoch.primary != self.index or length <= self.shipped:
            return
        first, self.shipped = self.shipped, length
        for other in self.streams:
            self._ship(other, first, self.journal.entries[first:length])
        self._plan_resend()

    def _ship(self, other: int, first: int, entries: list[Entry]) -> None:
        append = Append(self.epoch, self.index, first, tuple(entries))
        self._send(other, "appended", append, len(entries))

    def _announce(self) -> None:
        """Ask everybody how far they are."""
        for other in range(len(self.group.copies)):
            if other != self.index:
                self._ship(other, len(self.journal), [])
        self.shipped = len(self.journal)
        self._advance()
        self._plan_resend()

    def confirmed_by(self, confirm: Confirm) -> None:
        """A copy says how much it has."""
        if not self._meet(confirm.epoch, confirm.sender) or self.epoch.primary != self.index:
            return
        stream = self.streams.get(confirm.sender)
        if stream is None:
            stream = Stream(confirm.epoch.number, len(self.journal))
            self.streams[confirm.sender] = stream
        elif confirm.epoch.number < stream.epoch:
            return
        stream.held = max(stream.held, confirm.length)
        stream.caught_up |= stream.held >= stream.goal
        self._advance()
        self._plan_resend()

    def asked(self, ask: Ask) -> None:
        """A copy wants to know what it is missing."""
        if not self._meet(ask.epoch, ask.sender) or self.epoch.primary != self.index:
            return
        first = self.journal.common(ask.reigns)
        stream = self.streams.setdefault(ask.sender, Stream(self.epoch.number, 0))
        stream.epoch = self.epoch.number
        stream.goal = len(self.journal)
        stream.held, stream.mark, stream.stalls = first, -1, 0
        entries = tuple(self.journal.entries[first:])
        missing = Missing(self.epoch, self.index, ask.question, first, entries)
        self._send(ask.sender, "caught_up", missing, len(entries))
        self._plan_resend()

    def _plan_resend(self) -> None:
        behind = any(stream.held < self.shipped for stream in self.streams.values())
        unknown = any(
            other not in self.streams for other in self.epoch.members if other != self.index
        )
        if (behind or unknown) and not self.resending and self.epoch.primary == self.index:
            self.resending = True
            self.kernel.at(self.kernel.now + RESEND_US, self._resend, self.lost_us, TIMER)

    def _resend(self, lost_us: int) -> None:
        """Repeat what has been unconfirmed since the last look."""
        if lost_us != self.lost_us or self.node.is_asleep(self._resend, lost_us):
            return
        self.resending = False
        if self.epoch.primary != self.index:
            return
        for other in self.epoch.members:
            if other != self.index and other not in self.streams:
                self._ship(other, len(self.journal), [])
        for other, stream in list(self.streams.items()):
            behind = stream.held < self.shipped
            stream.stalls = stream.stalls + 1 if behind and stream.held <= stream.mark else 0
            stream.mark = stream.held
            if stream.stalls:
                last = min(self.shipped, stream.held + MOST_AT_ONCE)
                repeated = self.journal.entries[stream.held : last]
                self._ship(other, stream.held, repeated)
            if stream.stalls >= STALLED and other not in self.epoch.members:
                self._withdraw(other, stream)
        self._plan_resend()

    def _withdraw(self, other: int, stream: Stream) -> None:
        """Do not wait for a copy that is no member; if it was put forward as one, not yet."""
        if not stream.caught_up:
            del self.streams[other]
        elif stream.withdrawn_us == NEVER:
            stream.withdrawn_us = self.clock_us()

    def _ready(self) -> tuple[int, ...]:
        """Copies that may become members: they have all that was ever acknowledged."""
        return tuple(
            other
            for other, stream in self.streams.items()
            if other not in self.epoch.members
            and stream.caught_up
            and stream.withdrawn_us == NEVER
            and stream.held >= self.committed
        )

    def _note_lags(self) -> None:
        for other, stream in self.streams.items():
            self.group.copies[other].note(Change.LAG, len(self.journal) - stream.held)

    def _refuse(self, attempt: Attempt) -> None:
        """It is not the primary."""
        raise NotImplementedError
