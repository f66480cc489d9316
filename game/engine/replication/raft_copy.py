"""One copy of a Raft group: what operations meet, what the leader sends, and what is applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT
from game.engine.causes import Cause
from game.engine.log import MessageKind
from game.engine.replication.copies import go_on, note_read
from game.engine.replication.epochs import NOBODY
from game.engine.replication.raft_election import Elector
from game.engine.replication.raft_letters import Append, Appended, MemberChange
from game.engine.replication.raft_log import NO_OPERATION, Configuration
from game.engine.workload.application import applied_of

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.raft import RaftGroup
    from game.engine.station import Station

NOTHING = -1
"""What a read saw where nothing was written."""


class RaftCopy(Elector):
    """Term, vote and log are on the disk; all else goes with a crash, and what was applied is
    applied again when it is known to be committed (figure 2)."""

    __slots__ = ("applied", "early", "values")

    def __init__(self, group: RaftGroup, service: str, index: int, station: Station) -> None:
        super().__init__(group, service, index, station)
        self.values: dict[int, int] = {}
        """The applied writes: the operation that wrote each key last."""
        self.applied = applied_of(station)
        """What the service's application makes of them, if it is a state machine."""
        self.early: dict[int, Append] = {}
        """Entries of this term that came before earlier ones, by their position."""
        station.copy = self
        if self.record.transfer:
            self.node.on_drain.append(self._drained)

    # Operations

    def write(self, attempt: Attempt) -> None:
        """The leader's business."""
        if self.lead is None:
            self.refuse(attempt)
        else:
            self.lead.write(attempt)

    def read(self, attempt: Attempt) -> None:
        """The leader's business, too, unless the level takes what anybody has."""
        if self.record.reads == "any":
            self.tell(attempt)
        elif self.lead is None:
            self.refuse(attempt)
        else:
            self.lead.read(attempt)

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for it any more."""
        if self.lead is not None:
            self.lead.stop(attempt)

    def held_by(self) -> int:
        """What is wrong here, or between here and a follower that does not answer."""
        if self.node.blame != NO_FAULT:
            return self.node.blame
        return NO_FAULT if self.lead is None else self.lead.held_by()

    def written(self, attempt: Attempt) -> None:
        """A write is committed."""
        if self.applied is not None:
            self.applied.answer_write(attempt)
        go_on(attempt)

    def tell(self, attempt: Attempt) -> None:
        """A read goes on with what is applied here."""
        note_read(attempt, self.values.get(attempt.call.operation.data_key, NOTHING))
        if self.applied is not None:
            self.applied.answer_read(attempt)
        go_on(attempt)

    def refuse(self, attempt: Attempt) -> None:
        """Not done here, and whom it takes for the leader."""
        known = self.leader not in (self.server, NOBODY)
        attempt.leader = self.group.copy_of(self.leader).node.place if known else NOBODY
        self.fail(attempt, Cause.NO_LEADER)

    def fail(self, attempt: Attempt, cause: Cause) -> None:
        """Answer with a cause, and blame what is to blame."""
        if attempt.blame == NO_FAULT:
            attempt.blame = self.group.blame(self)
        self.station.fail(attempt, cause)

    # The log

    def appended(self, append: Append) -> None:
        """The leader sends entries, or a heartbeat."""
        if append.term < self.term:
            self._reply(append, fits=False, held=len(self.journal))
            return
        if append.term > self.term:
            self.learn(append.term)
        elif self.lead is not None:
            # Two leaders in one term: somebody's vote was lost with a disk.
            return
        if self.leader != append.sender:
            self.early.clear()
        self.hear(append.sender)
        if self.journal.fits(append.first, append.term_before):
            held = self._merge(append)
            while self.early and min(self.early) <= held:
                held = max(held, self._merge(self.early.pop(min(self.early))))
            self._learn_committed(min(append.committed, held))
            self._reply(append, fits=True, held=held)
        elif append.pipelined and append.first > len(self.journal):
            self.early[append.first] = append
        else:
            self._reply(append, fits=False, held=self.journal.may_fit(append.first))

    def _merge(self, append: Append) -> int:
        """Add entries that fit; what differs goes, and all behind it. Returns where they end."""
        first, entries = append.first, append.entries
        place = self.journal.conflict(first, entries)
        if place < first + len(entries):
            self._cut(place)
            for entry in entries[place - first :]:
                self.journal.append(entry)
            if self.group.changes_members:
                self.note_role()
        return first + len(entries)

    def _cut(self, length: int) -> None:
        if length >= len(self.journal):
            return
        self.journal.cut(length, self.group.ended_by)
        if length < self.committed:
            # Only a disk that was wiped somewhere can lead to this.
            self._forget()

    def _reply(self, append: Append, *, fits: bool, held: int) -> None:
        answer = Appended(self.term, self.server, append.term, append.round, fits, held)
        kind = MessageKind.REPLICATE if append.entries else MessageKind.HEARTBEAT
        self.send(append.sender, "answered", answer, kind)

    def answered(self, answer: Appended) -> None:
        """A follower answers."""
        if answer.term > self.term:
            self.learn(answer.term)
        elif self.lead is not None and answer.asked_term == self.term:
            self.lead.answered(answer)

    def _learn_committed(self, committed: int) -> None:
        if committed > self.committed:
            self.commit(committed)

    def commit(self, length: int) -> None:
        """Apply what was not applied yet."""
        for place, entry in enumerate(self.journal.entries[self.committed : length], 1):
            if entry.operation != NO_OPERATION:
                self.values[entry.key] = entry.operation
                if self.applied is not None:
                    self.applied.apply(entry)
            elif isinstance(entry, Configuration):
                self.group.note_member(self.committed + place, entry, self.kernel.now)
        self.committed = length

    def _forget(self) -> None:
        """Nothing is known to be committed."""
        self.committed = 0
        self.values.clear()
        if self.applied is not None:
            self.applied.forget()

    # What operators want

    def ordered(self, change: MemberChange) -> None:
        """A leader makes the change if it may; others pass it on once."""
        if self.lead is not None:
            self.lead.membership.change(change)
        elif self.leader != NOBODY and not change.passed_on:
            passed_on = replace(change, passed_on=True)
            self.send(self.leader, "ordered", passed_on, MessageKind.ORDER)

    def has_made(self, change: MemberChange) -> bool:
        """Whether it knows that the change is committed."""
        log = self.journal
        return log.configured <= self.committed and (change.server in log.members) == change.joins

    def _drained(self, fault: int, then: Callable[[], None]) -> bool:
        lead = self.lead
        if lead is None or self.node.state:
            return False
        lead.tried.clear()
        return lead.hand_on(fault, then)

    # The node

    def _crashed(self) -> None:
        super()._crashed()
        self._forget()
        self.early.clear()

    def _wiped(self) -> None:
        super()._wiped()
        self._forget()
