"""One copy of a chain: what operations meet, and which link of the chain it is.

Van Renesse and Schneider, Chain Replication for Supporting High Throughput and Availability, OSDI
2004, sections 3 and 3.1; what it sends to the copy behind is in `chain_link.py`, and how it comes
back in `chain_joining.py`. Whoever is asked for a read asks the tail for the answer, as a copy of
CRAQ does for what may not be committed yet (Terrace and Freedman, Object Storage on CRAQ, USENIX
ATC 2009, section 2.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED, NEVER, NO_FAULT
from game.engine.causes import Cause
from game.engine.log import Change, MessageKind, Role
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.chain_joining import Joining
from game.engine.replication.chain_letters import Query, Reply
from game.engine.replication.confirmation import Confirmation
from game.engine.replication.copies import go_on, note_read
from game.engine.replication.epochs import NO_EPOCH, NOBODY, Epoch, Granted, Heartbeat, first_epoch
from game.engine.replication.shipping import RESEND_US
from game.engine.workload.application import note_output

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.chain import Chain
    from game.engine.station import Station


class ChainCopy(Joining):
    """Its journal and its epoch are on the disk; all else goes with a crash."""

    __slots__ = ("beats", "confirmation", "noted", "queries", "questions", "waiting")

    def __init__(self, group: Chain, service: str, index: int, station: Station) -> None:
        super().__init__(group, service, index, station)
        self.confirmation: Confirmation[Attempt | Query] = Confirmation(
            station.node, group.record.lease_us, self._send_heartbeat, self._answer
        )
        self.waiting: dict[int, list[Attempt]] = {}
        """At the head: writes that wait until so many are committed."""
        self.questions = 0
        """Of reads that the tail is asked for; counts on through crashes."""
        self.queries: dict[int, Attempt] = {}
        """Those reads, by the number of the question."""
        self.beats = 0
        self.noted: dict[Change, int] = {}
        station.copy = self
        self.node.on_crash.append(self._crashed)
        self.node.on_wipe.append(self._wiped)

    def start(self, copies: int) -> None:
        """Take a place, and begin to beat at a random moment of the first interval."""
        self.epoch = first_epoch(copies)
        self.confirmation.start()
        self.note(Change.EPOCH, self.epoch.number)
        self.arrange()
        self._plan_beat(int(self.post.luck() * self.record.heartbeat))

    def clock_us(self) -> int:
        """Not before its last heartbeat."""
        return max(self.confirmation.clock_us(), self.confirmation.last_us)

    # Operations

    def write(self, attempt: Attempt) -> None:
        """The head puts it into its journal and sends it down the chain."""
        if not (self.is_head() and self.confirmed):
            self._refuse(attempt, self.epoch.primary)
            return
        if self.journal.conflicts(attempt):
            self.station.fail(attempt, Cause.REFUSED)
            return
        before = len(self.journal)
        length = self.journal.write(attempt, self.epoch.reign)
        if length <= self.committed.length:
            self._acknowledge(attempt)
        else:
            attempt.phase = BLOCKED
            self.waiting.setdefault(length, []).append(attempt)
        if length > before:
            self.send_on()

    def read(self, attempt: Attempt) -> None:
        """From the tail, once it is sure to be the tail; or from anybody if the level says so."""
        if self.record.reads == "any":
            self.committed.answer_read(attempt)
            go_on(attempt)
        elif not (self.is_member() and self.confirmed):
            self._refuse(attempt, self.tail())
        elif not self.is_tail():
            attempt.phase = BLOCKED
            self._ask_tail(attempt)
        elif self.is_working_tail():
            self._make_sure(attempt)
        else:
            self._refuse(attempt, NOBODY)

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for it any more; a write stays."""
        for attempts in self.waiting.values():
            if attempt in attempts:
                attempts.remove(attempt)
        for question in [one for one, asked in self.queries.items() if asked is attempt]:
            del self.queries[question]
        self.confirmation.drop(attempt)

    def held_by(self) -> int:
        """What is wrong here, or where the chain is held up, or a read."""
        if self.node.blame != NO_FAULT:
            return self.node.blame
        fault = self.group.trouble_of_writes() if any(self.waiting.values()) else NO_FAULT
        return self.group.trouble_of_reads(self) if fault == NO_FAULT else fault

    def _acknowledge(self, attempt: Attempt) -> None:
        self.committed.answer_write(attempt)
        go_on(attempt)

    def _refuse(self, attempt: Attempt, leader: int) -> None:
        """Not me: and whom it takes for the one to ask."""
        known = leader not in (self.index, NOBODY)
        attempt.leader = self.group.copies[leader].node.place if known else NOBODY
        if attempt.blame == NO_FAULT:
            attempt.blame = self.group.blame(attempt.call.operation.write)
        self.station.fail(attempt, Cause.NO_LEADER)

    def has_committed(self) -> None:
        """More is committed than before: acknowledge it."""
        due = [need for need in self.waiting if need <= self.committed.length]
        for attempt in [one for need in due for one in self.waiting.pop(need)]:
            self._acknowledge(attempt)

    # Reads at the tail

    def _make_sure(self, read: Attempt | Query) -> None:
        """Answer at once under a lease, else when the coordinator says that this is the tail."""
        if self.record.reads == "lease" and self.confirmation.is_leased():
            self._answer(read)
            return
        if not isinstance(read, Query):
            read.phase = BLOCKED
        self.confirmation.ask(read)

    def _answer(self, read: Attempt | Query) -> None:
        committed = self.committed
        if isinstance(read, Query):
            reply = Reply(read.question, committed.writer(read.key), committed.output(read.command))
            self.send(read.sender, "replied", reply)
        else:
            committed.answer_read(read)
            go_on(read)

    def queried(self, query: Query) -> None:
        """Another copy passes a read on. A tail that does not know enough yet is asked again."""
        if self.meet(query.epoch, query.sender) and self.is_working_tail():
            self._make_sure(query)

    # Reads elsewhere

    def _ask_tail(self, attempt: Attempt) -> None:
        self.questions += 1
        self.queries[self.questions] = attempt
        self._put(self.questions)

    def _put(self, question: int) -> None:
        """Ask the tail, and again if it says nothing."""
        attempt = self.queries.get(question)
        if attempt is None or self.node.is_asleep(self._put, question):
            return
        if self.is_tail() or not (self.is_member() and self.confirmed):
            del self.queries[question]
            self.read(attempt)
            return
        operation = attempt.call.operation
        commands = self.station.world.commands.get(self.station.name)
        command = None if commands is None else commands.of(operation)
        query = Query(self.epoch, self.index, question, operation.data_key, command)
        self.send(self.tail(), "queried", query)
        self.kernel.at(self.kernel.now + RESEND_US, self._put, question, TIMER)

    def replied(self, reply: Reply) -> None:
        """The tail knows."""
        attempt = self.queries.pop(reply.question, None)
        if attempt is None:
            return
        note_read(attempt, reply.writer)
        if self.committed.applied is not None:
            note_output(self.station, attempt, reply.output)
        go_on(attempt)

    # Epochs

    def told(self, granted: Granted) -> None:
        """A letter of the coordinator."""
        self.learn(granted.epoch)
        heartbeat_us = granted.heartbeat_us
        if heartbeat_us <= self.lost_us or self.epoch is NO_EPOCH:
            return
        self.confirmation.extend(heartbeat_us)
        if not self.confirmed:
            self.confirmed = True
            self.arrange()
        self.let_go_if_known(heartbeat_us)
        if granted.epoch.number == self.epoch.number:
            self.confirmation.confirm(heartbeat_us)

    def learn(self, epoch: Epoch) -> None:
        """A newer epoch holds from now on: take the place that it gives."""
        before = self.epoch
        if epoch.number <= before.number:
            return
        self.epoch = epoch
        self.note(Change.EPOCH, epoch.number)
        self.early.clear()
        self.asked_us = NEVER - RESEND_US
        if not self.is_member():
            self.attached = self.linked = False
        elif self.index not in before.members:
            self.linked = False
        self.arrange()
        if not self.is_head():
            waiting, self.waiting = self.waiting, {}
            for attempt in [one for attempts in waiting.values() for one in attempts]:
                self._refuse(attempt, self.epoch.primary)
        if not self.is_tail():
            for read in self.confirmation.give_up():
                if not isinstance(read, Query):
                    self.read(read)

    def arrange(self) -> None:
        """Turn to whoever is behind now, once the coordinator was heard."""
        self._note_role()
        if not self.confirmed:
            return
        if not self.is_member():
            self.turn_to(NOBODY)
            self.ask()
            return
        self.linked |= self.is_head()
        self.turn_to(self.successor())
        self.advance()

    # Heartbeats

    def _plan_beat(self, after_us: int) -> None:
        self.beats += 1
        self.kernel.at(self.kernel.now + after_us, self._beat, self.beats, TIMER)

    def _beat(self, number: int) -> None:
        """Time for a heartbeat. While its node is down it only keeps the beat."""
        if number != self.beats or self.node.puts_off(self._beat, number):
            return
        if self.node.state == State.UP:
            self._send_heartbeat()
            self._note_role()
            if self.confirmed and not self.is_member():
                self.ask()
            self.note_lag()
        self._plan_beat(self.record.heartbeat)

    def _send_heartbeat(self) -> None:
        coordinator = self.group.coordinator
        if coordinator is None:
            return
        entries = self.journal.entries
        heartbeat = Heartbeat(
            self.index,
            self.confirmation.stamp(),
            self.epoch,
            entries[-1].reign if entries else 0,
            len(entries),
            self.ready() if self.is_working_tail() else (),
        )
        self.post.send(coordinator.node, coordinator.hear, heartbeat, MessageKind.HEARTBEAT)

    # The node

    def _crashed(self) -> None:
        self.lost_us = self.clock_us()
        self.confirmation.crashed()
        self.confirmed = self.attached = False
        self.asked_us = NEVER - RESEND_US
        self.early.clear()
        self.waiting.clear()
        self.queries.clear()
        self.committed.forget()
        self.forget()
        self._plan_beat(self.record.heartbeat)

    def _wiped(self) -> None:
        self.journal.cut(0, self.node.blame)
        self.committed.forget()
        self.forget()
        self.epoch = NO_EPOCH

    # Facts

    def _note_role(self) -> None:
        if not (self.confirmed and self.is_member()):
            role = Role.RETURNING
        elif self.is_head():
            role = Role.HEAD
        else:
            role = Role.TAIL if self.is_tail() else Role.MIDDLE
        self.note(Change.ROLE, role)

    def note(self, change: Change, value: int) -> None:
        """A fact of this copy, if it is another one than before."""
        if self.noted.get(change) != value:
            self.noted[change] = value
            self.log.changes.append((self.kernel.now, change, self.station.index, value))
