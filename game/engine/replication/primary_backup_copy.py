"""One copy of a primary-backup group: what operations meet, and how it comes to lead or follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED, NEVER, NO_FAULT
from game.engine.causes import Cause
from game.engine.log import Change, MessageKind
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.copies import go_on
from game.engine.replication.epochs import NO_EPOCH, NOBODY, Epoch, Granted, Heartbeat, first_epoch
from game.engine.replication.primary_backup_primary import AsPrimary
from game.engine.replication.shipping import RESEND_US, Stream

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.primary_backup import Replicas
    from game.engine.station import Station


class Replica(AsPrimary):
    """Its journal and its epoch are on the disk; all else goes with a crash."""

    __slots__ = ("beats",)

    def __init__(self, group: Replicas, service: str, index: int, station: Station) -> None:
        super().__init__(group, service, index, station)
        self.beats = 0
        station.copy = self
        self.node.on_crash.append(self._crashed)
        self.node.on_wipe.append(self._wiped)

    def start(self, copies: int) -> None:
        """Begin to beat, at a random moment of the first interval."""
        self.epoch = first_epoch(copies)
        self.confirmation.start()
        if self.epoch.primary == self.index:
            self.streams = {
                other: Stream(self.epoch.number, 0)
                for other in range(copies)
                if other != self.index
            }
        self.note(Change.EPOCH, self.epoch.number)
        self._note_role()
        self._plan_beat(int(self.post.luck() * self.record.heartbeat))

    # Operations

    def write(self, attempt: Attempt) -> None:
        """Apply it, hand it on, and wait for as many others as the mode says."""
        if not self.serves():
            self._refuse(attempt)
            return
        if self.journal.conflicts(attempt):
            self.station.fail(attempt, Cause.REFUSED)
            return
        before = len(self.journal)
        length = self.journal.write(attempt, self.epoch.reign)
        if length > before:
            self._hand_on()
        if self.record.mode == "async" or length <= self.committed:
            go_on(attempt)
        else:
            attempt.phase = BLOCKED
            self.waiting.setdefault(length, []).append(attempt)
        self._advance()

    def read(self, attempt: Attempt) -> None:
        """From the primary, or from anybody if the level says so."""
        reads = self.record.reads
        if reads != "any" and not self.serves():
            self._refuse(attempt)
        elif self.state is None:
            self.journal.answer_read(attempt)
            go_on(attempt)
        elif reads == "lease" and self.confirmation.is_leased():
            self.answer(attempt)
        else:
            attempt.phase = BLOCKED
            self.confirmation.ask(attempt)

    def answer(self, attempt: Attempt) -> None:
        """With what is committed. A new primary does not know yet what that is."""
        assert self.state is not None
        if self.is_ready():
            self.state.answer_read(attempt)
            go_on(attempt)
        else:
            attempt.phase = BLOCKED
            self.unready.append(attempt)

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for the acknowledgement any more; the write stays."""
        for attempts in self.waiting.values():
            if attempt in attempts:
                attempts.remove(attempt)
        self.confirmation.drop(attempt)
        if attempt in self.unready:
            self.unready.remove(attempt)

    def held_by(self) -> int:
        """What is wrong here, or between here and a copy whose confirmation is missing."""
        if self.node.blame != NO_FAULT:
            return self.node.blame
        length = len(self.journal)
        for other in self._needed():
            if self._held(other) < length:
                fault = self.post.trouble_with(self.group.copies[other].node)
                if fault != NO_FAULT:
                    return fault
        coordinator = self.group.coordinator
        if self.confirmation.asked and coordinator is not None:
            return self.post.trouble_with(coordinator.node)
        return NO_FAULT

    def _refuse(self, attempt: Attempt) -> None:
        """Not me: and whom it takes for the primary."""
        primary = self.epoch.primary
        known = primary not in (self.index, NOBODY)
        attempt.leader = self.group.copies[primary].node.place if known else NOBODY
        if attempt.blame == NO_FAULT:
            attempt.blame = self.group.blame()
        self.station.fail(attempt, Cause.NO_LEADER)

    # Epochs

    def told(self, granted: Granted) -> None:
        """A letter of the coordinator."""
        self._learn(granted.epoch)
        if granted.heartbeat_us <= self.lost_us:
            return
        self.confirmation.extend(granted.heartbeat_us)
        if not self.confirmed:
            self.confirmed = True
            self.base = len(self.journal)
            self._note_role()
            if self.epoch.primary == self.index:
                self._announce()
            else:
                self._ask()
        for other, stream in list(self.streams.items()):
            if other in self.epoch.members:
                stream.withdrawn_us = NEVER
            elif NEVER < stream.withdrawn_us < granted.heartbeat_us:
                del self.streams[other]
                self._advance()
        if self.epoch.primary == self.index and granted.epoch.number == self.epoch.number:
            self.confirmation.confirm(granted.heartbeat_us)

    def _learn(self, epoch: Epoch) -> None:
        before = self.epoch
        if epoch.number <= before.number:
            return
        self.epoch = epoch
        self.note(Change.EPOCH, epoch.number)
        if epoch.reign != before.reign:
            self._begin_reign()
        elif epoch.primary == self.index:
            self._advance()
        elif self.index not in epoch.members:
            self._ask()
        self._note_role()

    def _begin_reign(self) -> None:
        """Another copy is the primary, or this one is: nothing that was known of others holds."""
        self.early.clear()
        self.streams.clear()
        self.forget_committed()
        self.asked_us = NEVER - RESEND_US
        self.attached = self.epoch.primary == self.index
        waiting, self.waiting = self.waiting, {}
        reads = [*self.unready, *self.confirmation.give_up()]
        self.unready = []
        if not self.confirmed:
            return
        if self.attached:
            self.note(Change.LAG, 0)
            self._announce()
        else:
            self._ask()
        for attempt in [*(one for attempts in waiting.values() for one in attempts), *reads]:
            self._refuse(attempt)

    # Heartbeats

    def _plan_beat(self, after_us: int) -> None:
        self.beats += 1
        self.kernel.at(self.kernel.now + after_us, self._beat, self.beats, TIMER)

    def _beat(self, number: int) -> None:
        """Time for a heartbeat. While its node is down it only keeps the beat."""
        if number != self.beats or self.node.puts_off(self._beat, number):
            return
        if self.node.state == State.UP:
            self.send_heartbeat()
            self._note_role()
            if self.confirmed and not (self.attached and self.index in self.epoch.members):
                self._ask()
            if self.epoch.primary == self.index:
                self._note_lags()
        self._plan_beat(self.record.heartbeat)

    def send_heartbeat(self) -> None:
        coordinator = self.group.coordinator
        if coordinator is None:
            return
        entries = self.journal.entries
        primary = self.epoch.primary == self.index and self.confirmed
        heartbeat = Heartbeat(
            self.index,
            self.confirmation.stamp(),
            self.epoch,
            entries[-1].reign if entries else 0,
            len(entries),
            self._ready() if primary else (),
        )
        self.post.send(coordinator.node, coordinator.hear, heartbeat, MessageKind.HEARTBEAT)

    # The node

    def _crashed(self) -> None:
        self.attached = self.confirmed = self.resending = self.gathering = False
        self.lost_us = self.clock_us()
        self.confirmation.crashed()
        self.asked_us = NEVER - RESEND_US
        self.early.clear()
        self.streams.clear()
        self.waiting.clear()
        self.unready.clear()
        self.forget_committed()
        self._plan_beat(self.record.heartbeat)

    def _wiped(self) -> None:
        self.journal.cut(0, self.node.blame)
        self.epoch = NO_EPOCH
