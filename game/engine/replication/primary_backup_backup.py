"""What a copy of a primary-backup group knows, and does while another one is the primary.

It takes the writes of the primary in order, and confirms them. While it does not know how its own
journal fits, it asks first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from game.engine.attempt import NEVER
from game.engine.log import Change, MessageKind, Role
from game.engine.network import CONTROL_BYTES
from game.engine.priorities import TIMER
from game.engine.replication.confirmation import Confirmation
from game.engine.replication.epochs import NO_EPOCH, NOBODY, Epoch, Granted
from game.engine.replication.journal import Entry, Journal
from game.engine.replication.letters import Post
from game.engine.replication.shipping import (
    RESEND_US,
    Append,
    Ask,
    Confirm,
    Missing,
    take_in_order,
)

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.primary_backup import Replicas
    from game.engine.station import Station


class AsBackup:
    """One copy, as far as it follows. Its journal and its epoch are on the disk."""

    __slots__ = (
        "asked_us",
        "attached",
        "confirmation",
        "confirmed",
        "early",
        "epoch",
        "group",
        "index",
        "journal",
        "kernel",
        "log",
        "lost_us",
        "node",
        "noted",
        "post",
        "question",
        "record",
        "station",
    )

    def __init__(self, group: Replicas, service: str, index: int, station: Station) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.log = station.world.log
        self.post = Post(station.world, station.node, service)
        self.journal = Journal(station)
        self.epoch = NO_EPOCH
        self.attached = True
        """Its journal is the primary's, as far as it goes."""
        self.confirmed = True
        """The coordinator answered since the last crash."""
        self.confirmation: Confirmation[Attempt] = Confirmation(
            station.node, self.record.lease_us, self.send_heartbeat, self.answer
        )
        self.lost_us = NEVER
        """When that crash was, by this copy's clock."""
        self.early: dict[int, Entry] = {}
        """Writes that came before an earlier one, by position."""
        self.question = 0
        """Number of the last question; counts on through crashes."""
        self.asked_us = NEVER
        self.noted: dict[Change, int] = {}

    def clock_us(self) -> int:
        """What this copy measures time by; not before its last heartbeat."""
        return max(self.confirmation.clock_us(), self.confirmation.last_us)

    # The primary's writes

    def appended(self, append: Append) -> None:
        """Writes of the primary."""
        if not self._meet(append.epoch, append.sender):
            return
        if self.attached:
            take_in_order(self.journal, self.early, append.first, append.entries)
            self._confirm()
        else:
            self._ask()

    def caught_up(self, missing: Missing) -> None:
        """The answer to a question: cut off what differs, and add what is missing."""
        if not self._meet(missing.epoch, missing.sender):
            return
        if not self.attached:
            if missing.question != self.question:
                return
            self.journal.cut(missing.first, self.epoch.blame)
            self.attached = True
        take_in_order(self.journal, self.early, missing.first, missing.entries)
        self._confirm()
        self._note_role()

    def _confirm(self) -> None:
        confirm = Confirm(self.epoch, self.index, len(self.journal))
        self._send(self.epoch.primary, "confirmed_by", confirm)

    def _ask(self) -> None:
        """Ask the primary what is missing here, unless that was just asked."""
        now = self.kernel.now
        if self.epoch.primary in (self.index, NOBODY) or now - self.asked_us < RESEND_US:
            return
        self.asked_us = now
        self.question += 1
        ask = Ask(self.epoch, self.index, self.question, self.journal.reigns())
        self._send(self.epoch.primary, "asked", ask)
        self.kernel.at(now + RESEND_US, self._ask_again, self.question, TIMER)

    def _ask_again(self, question: int) -> None:
        if (
            question != self.question
            or self.attached
            or self.node.is_asleep(self._ask_again, question)
        ):
            return
        self._ask()

    # What the other parts do

    def send_heartbeat(self) -> None:
        """Tell the coordinator that this copy lives."""
        raise NotImplementedError

    def answer(self, attempt: Attempt) -> None:
        """A read may be answered now."""
        raise NotImplementedError

    def _learn(self, epoch: Epoch) -> None:
        """There may be a newer epoch."""
        raise NotImplementedError

    # Letters

    def _meet(self, epoch: Epoch, sender: int) -> bool:
        """Whether the sender of a letter lives in this reign; if it is behind, it is told."""
        if self.epoch is NO_EPOCH:
            return False
        self._learn(epoch)
        if epoch.reign == self.epoch.reign:
            return True
        self._send(sender, "told", Granted(self.epoch))
        return False

    def _send(self, other: int, read: str, content: Any, writes: int = 0) -> None:
        """A letter to another copy, with so many writes in it."""
        copy = self.group.copies[other]
        request_bytes = self.station.world.services[self.station.name].request
        size_bytes = CONTROL_BYTES + writes * request_bytes
        self.post.send(copy.node, getattr(copy, read), content, MessageKind.REPLICATE, size_bytes)

    # Facts

    def _note_role(self) -> None:
        if not self.confirmed or self.epoch is NO_EPOCH:
            role = Role.RETURNING
        elif self.epoch.primary == self.index:
            role = Role.PRIMARY
        else:
            member = self.attached and self.index in self.epoch.members
            role = Role.BACKUP if member else Role.RETURNING
        self.note(Change.ROLE, role)

    def note(self, change: Change, value: int) -> None:
        """A fact of this copy, if it is another one than before."""
        if self.noted.get(change) != value:
            self.noted[change] = value
            self.log.changes.append((self.kernel.now, change, self.station.index, value))
