"""What a leader of a Raft group does in its term: it brings its log to the others, commits, and
answers reads (Ongaro and Ousterhout 2014, sections 5.3, 5.4.2 and 8; Ongaro's thesis, 6.2 and 6.4).
How it hands leadership on is in `raft_transfer`, how servers come and go in `raft_members`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED, NEVER, NO_FAULT
from game.engine.causes import Cause
from game.engine.clocks.clock import timer_us
from game.engine.log import Change, MessageKind
from game.engine.priorities import TIMER
from game.engine.replication.epochs import NOBODY
from game.engine.replication.raft_letters import Append, Appended
from game.engine.replication.raft_members import Membership
from game.engine.replication.raft_transfer import Transfer

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.attempt import Attempt
    from game.engine.replication.raft_copy import RaftCopy

MOST_AT_ONCE = 200
"""Entries in one letter."""
STALLED = 3
"""So many heartbeats without progress, and a follower is only asked where it stands."""


@dataclass(slots=True, eq=False)
class Progress:
    """What a leader knows of one follower."""

    next: int
    """The first entry that was not sent yet."""
    match: int = 0
    """Entries that it has for certain."""
    round: int = 0
    """The newest round of heartbeats that it answered."""
    probing: bool = True
    """It is not known yet where its log fits: nothing more is sent until it answers."""
    sent_mark: int = 0
    """`next` at the last heartbeat; so too `match_mark`."""
    match_mark: int = 0
    stalls: int = 0


class Leadership:
    """One term of one leader. All of it is in memory."""

    __slots__ = (
        "asked",
        "begun_us",
        "confirmed",
        "copy",
        "followers",
        "handed",
        "journal",
        "leased_until_us",
        "membership",
        "reads",
        "round",
        "term",
        "transfer",
        "tried",
        "waiting",
    )

    def __init__(self, copy: RaftCopy) -> None:
        self.copy = copy
        self.journal = copy.journal
        self.term = copy.term
        self.followers: dict[int, Progress] = {}
        """Of all servers that it sends its log to."""
        self.transfer: Transfer | None = None
        """Leadership is being handed on; no writes are taken."""
        self.tried: set[int] = set()
        """To whom it was tried to hand on."""
        self.handed = False
        """Somebody was told to stand, so there are no leases in this term any more."""
        self.waiting: dict[int, list[Attempt]] = {}
        """Writes that wait until so many entries are committed."""
        self.reads: list[tuple[int, Attempt]] = []
        """Reads that wait for the answers to a round of heartbeats."""
        self.round = 0
        self.confirmed = 0
        """The newest round that a majority answered."""
        self.asked = 0
        """The newest round that was begun for a read."""
        self.begun_us: dict[int, int] = {}
        """When each round began that is not confirmed yet."""
        self.leased_until_us = NEVER
        self.membership = Membership(self)
        """Who has a vote, and who is to have one."""

    def begin(self) -> None:
        """Make the term known by an entry of no effect."""
        self.journal.begin_term(self.term)
        self._begin_round()
        for other, progress in self.followers.items():
            self._send_from(other, progress.next)
        self._confirm_rounds()
        self.advance()
        self._plan_beat()

    def end(self) -> None:
        """Another term, or no majority: who waits is told, and a write may still take effect."""
        waiting, self.waiting = self.waiting, {}
        reads, self.reads = self.reads, []
        for attempt in [one for attempts in waiting.values() for one in attempts]:
            self.copy.fail(attempt, Cause.NO_QUORUM)
        for _, attempt in reads:
            self.copy.refuse(attempt)
        self.vanish()

    def vanish(self) -> None:
        """It is over, and nobody is left to tell clients."""
        if self.transfer is not None:
            self.transfer.close()

    # Operations

    def write(self, attempt: Attempt) -> None:
        """Append, send, and wait for a majority."""
        journal = self.journal
        if self.transfer is not None or not self.membership.counts:
            self._turn_away(attempt)
            return
        if journal.conflicts(attempt):
            self.copy.station.fail(attempt, Cause.REFUSED)
            return
        before = len(journal)
        length = journal.write(attempt, self.term)
        if length <= self.copy.committed:
            self.copy.written(attempt)
            return
        attempt.phase = BLOCKED
        self.waiting.setdefault(length, []).append(attempt)
        if length > before:
            self.ship(before)

    def ship(self, before: int) -> None:
        """An entry was appended behind so many."""
        for other, progress in self.followers.items():
            if not progress.probing and progress.next == before:
                self._send_from(other, before)
        self.advance()

    def _turn_away(self, attempt: Attempt) -> None:
        """Another one is about to lead: that one, if it is known who."""
        attempt.leader = NOBODY
        if self.transfer is not None:
            attempt.blame = self.transfer.fault
            attempt.leader = self.copy.group.copy_of(self.transfer.target).node.place
        self.copy.fail(attempt, Cause.NO_LEADER)

    def read(self, attempt: Attempt) -> None:
        """At once under a lease; else when a majority answered heartbeats that were sent since."""
        copy = self.copy
        if copy.record.reads == "lease" and self.is_ready() and self.is_leased():
            copy.tell(attempt)
            return
        attempt.phase = BLOCKED
        self.reads.append((self.round + 1, attempt))
        self._ask_round()

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for it any more; what was appended stays."""
        for attempts in self.waiting.values():
            if attempt in attempts:
                attempts.remove(attempt)
        self.reads = [pair for pair in self.reads if pair[1] is not attempt]

    def held_by(self) -> int:
        """The fault between here and a follower that does not answer, or lags behind."""
        for other, progress in self.followers.items():
            if progress.match < len(self.journal) or progress.round < self.round:
                fault = self.copy.post.trouble_with(self.copy.group.copy_of(other).node)
                if fault != NO_FAULT:
                    return fault
        return NO_FAULT

    def is_ready(self) -> bool:
        """Whether an entry of this term is committed, and so all that was acknowledged before."""
        committed = self.copy.committed
        return self.journal.term_before(committed) == self.term

    def is_leased(self) -> bool:
        """Whether no other can have been elected yet."""
        return self.copy.clock_us() < self.leased_until_us

    # Rounds of heartbeats

    def _ask_round(self) -> None:
        """Begin a round for the reads, unless one is under way: they wait for the next."""
        if self.asked <= self.confirmed and self.reads and self.reads[-1][0] > self.round:
            self._begin_round()
            self.asked = self.round
            for other, progress in self.followers.items():
                self.send(other, progress.next if progress.probing else progress.match, 0)
            self._confirm_rounds()

    def _begin_round(self) -> None:
        self.round += 1
        self.begun_us[self.round] = self.copy.clock_us()

    def _confirm_rounds(self) -> None:
        """Look whether a majority answered a newer round: it follows this leader still."""
        confirmed = self.confirmed
        if confirmed < self.round:
            confirmed = self.membership.reached(
                [progress.round for progress in self.membership.voters], self.round
            )
        if confirmed > self.confirmed:
            self.confirmed = confirmed
            self.copy.reset_timer()
            self._extend_lease(confirmed)
            for number in [number for number in self.begun_us if number <= confirmed]:
                del self.begun_us[number]
        self._release_reads()

    def _extend_lease(self, confirmed: int) -> None:
        """Who answered the round refuses its vote to others for the shortest election timeout,
        since a moment that was not before the round began (Ongaro's thesis, 6.4.1)."""
        if not self.handed:
            self.leased_until_us = self.begun_us[confirmed] + self.copy.group.lease_us

    def _release_reads(self) -> None:
        if not self.reads or not self.is_ready():
            return
        due = [attempt for number, attempt in self.reads if number <= self.confirmed]
        self.reads = [pair for pair in self.reads if pair[0] > self.confirmed]
        for attempt in due:
            self.copy.tell(attempt)
        self._ask_round()

    def _plan_beat(self) -> None:
        copy, now = self.copy, self.copy.kernel.now
        after_us = timer_us(copy.node, copy.record.heartbeat, now)
        copy.kernel.at(now + after_us, self._beat, None, TIMER)

    def _beat(self, _: None) -> None:
        """Time for heartbeats, which also repeat what seems to be lost."""
        copy = self.copy
        if copy.lead is not self or copy.node.is_asleep(self._beat, None):
            return
        self._begin_round()
        for other, progress in self.followers.items():
            self._repeat(other, progress)
            lag = copy.committed - min(progress.match, copy.committed)
            copy.group.copy_of(other).note(Change.LAG, lag)
        self._confirm_rounds()
        self._plan_beat()
        self.membership.look()
        if self.transfer is not None:
            self.transfer.offer()
        elif copy.record.transfer and copy.node.drains and self.is_ready():
            self.hand_on(next(iter(copy.node.drains)))

    def _repeat(self, other: int, progress: Progress) -> None:
        stalled = progress.match <= progress.match_mark and progress.match < progress.sent_mark
        progress.stalls = progress.stalls + 1 if stalled else 0
        if progress.stalls > STALLED:
            progress.probing = True
            progress.next = progress.match
        if progress.probing:
            self.send(other, progress.next, 0)
        elif stalled:
            self._send_from(other, progress.match)
        else:
            self.send(other, progress.match, 0)
        progress.match_mark, progress.sent_mark = progress.match, progress.next

    # The log

    def _send_from(self, other: int, first: int) -> None:
        """Send what comes from there on, as far as it goes into one letter."""
        count = min(len(self.journal) - first, MOST_AT_ONCE)
        self.send(other, first, count)
        self.followers[other].next = first + count

    def send(self, other: int, first: int, count: int) -> None:
        """Send so many entries; without any, a heartbeat that asks whether the log fits there."""
        copy, journal = self.copy, self.journal
        append = Append(
            self.term,
            copy.index,
            first,
            journal.term_before(first),
            tuple(journal.entries[first : first + count]),
            copy.committed,
            self.round,
            not self.followers[other].probing,
        )
        kind = MessageKind.REPLICATE if count else MessageKind.HEARTBEAT
        copy.send(other, "appended", append, kind, count)

    def answered(self, answer: Appended) -> None:
        """A follower has the entries, or they do not fit there."""
        progress = self.followers.get(answer.sender)
        if progress is None:
            return
        if not answer.fits and answer.round < progress.round:
            return
        progress.round = max(progress.round, answer.round)
        if answer.fits:
            progress.probing = False
            progress.match = max(progress.match, answer.held)
            progress.next = max(progress.next, progress.match)
            self.advance()
            self.membership.look()
            if self.transfer is not None and not self.transfer.told:
                self.transfer.offer()
        else:
            progress.probing = True
            progress.match = min(progress.match, answer.held)
            progress.next = answer.held
        if self.copy.lead is self:
            self._confirm_rounds()
        if (
            self.copy.lead is self
            and progress.next < len(self.journal)
            and answer.sender in self.followers
        ):
            self._send_from(answer.sender, progress.next)

    def advance(self) -> None:
        """Commit what a majority has, and acknowledge it."""
        if self.copy.committed == len(self.journal):
            return
        length = self.membership.reached(
            [progress.match for progress in self.membership.voters], len(self.journal)
        )
        if length <= self.copy.committed or not self.may_commit(length):
            return
        self.copy.commit(length)
        due = [need for need in self.waiting if need <= length]
        for attempt in [one for need in due for one in self.waiting.pop(need)]:
            self.copy.written(attempt)
        self._release_reads()
        self.membership.leave()

    def may_commit(self, length: int) -> bool:
        """Only entries of its own term are committed by counting; those before, along with them
        (section 5.4.2)."""
        return self.journal.term_before(length) == self.term

    def follow(self, server: int) -> None:
        """Send it the log from now on."""
        self.followers[server] = Progress(next=len(self.journal))

    # Handing leadership on

    def hand_on(self, fault: int, then: Callable[[], None] | None = None) -> bool:
        """Begin to, and call back when it is done or given up; False where nobody is left to try
        it with."""
        if self.transfer is None:
            others = [
                server
                for server in self.journal.members
                if server != self.copy.server and server not in self.tried
            ]
            if not others:
                return False
            target = max(others, key=self._fitness)
            self.tried.add(target)
            self.transfer = Transfer(self, target, fault)
            self.transfer.begin()
        if then is not None:
            self.transfer.after.append(then)
        return True

    def _fitness(self, server: int) -> tuple[int, int, int]:
        """Who has most of the log, and answered last."""
        progress = self.followers[server]
        return progress.match, progress.round, -server
