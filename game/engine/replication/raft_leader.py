"""What a leader of a Raft group does in its term: it brings its log to the others, commits, and
answers reads (Ongaro and Ousterhout 2014, sections 5.3, 5.4.2 and 8; Ongaro's thesis, 6.2 and 6.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.attempt import BLOCKED, NEVER, NO_FAULT
from game.engine.causes import Cause
from game.engine.clocks.clock import timer_us
from game.engine.kernel import TIMER
from game.engine.log import Change, MessageKind
from game.engine.replication.raft_letters import Append, Appended

if TYPE_CHECKING:
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
        "journal",
        "leased_until_us",
        "reads",
        "round",
        "term",
        "waiting",
    )

    def __init__(self, copy: RaftCopy) -> None:
        self.copy = copy
        self.journal = copy.journal
        self.term = copy.term
        length = len(copy.journal)
        self.followers = {
            other: Progress(next=length)
            for other in range(len(copy.group.copies))
            if other != copy.index
        }
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

    # Operations

    def write(self, attempt: Attempt) -> None:
        """Append, send, and wait for a majority."""
        journal = self.journal
        before = len(journal)
        length = journal.write(attempt, self.term)
        if length <= self.copy.committed:
            self.copy.written(attempt)
            return
        attempt.phase = BLOCKED
        self.waiting.setdefault(length, []).append(attempt)
        if length > before:
            for other, progress in self.followers.items():
                if not progress.probing and progress.next == before:
                    self._send_from(other, before)
            self.advance()

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
                fault = self.copy.post.trouble_with(self.copy.group.copies[other].node)
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
                self._send(other, progress.next if progress.probing else progress.match, 0)
            self._confirm_rounds()

    def _begin_round(self) -> None:
        self.round += 1
        self.begun_us[self.round] = self.copy.clock_us()

    def _confirm_rounds(self) -> None:
        """Look whether a majority answered a newer round: it follows this leader still."""
        rounds = [progress.round for progress in self.followers.values()]
        confirmed = self.copy.group.majority_of([*rounds, self.round])
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
            copy.group.copies[other].note(Change.LAG, lag)
        self._confirm_rounds()
        self._plan_beat()

    def _repeat(self, other: int, progress: Progress) -> None:
        stalled = progress.match <= progress.match_mark and progress.match < progress.sent_mark
        progress.stalls = progress.stalls + 1 if stalled else 0
        if progress.stalls > STALLED:
            progress.probing = True
            progress.next = progress.match
        if progress.probing:
            self._send(other, progress.next, 0)
        elif stalled:
            self._send_from(other, progress.match)
        else:
            self._send(other, progress.match, 0)
        progress.match_mark, progress.sent_mark = progress.match, progress.next

    # The log

    def _send_from(self, other: int, first: int) -> None:
        """Send what comes from there on, as far as it goes into one letter."""
        count = min(len(self.journal) - first, MOST_AT_ONCE)
        self._send(other, first, count)
        self.followers[other].next = first + count

    def _send(self, other: int, first: int, count: int) -> None:
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
        progress = self.followers[answer.sender]
        if not answer.fits and answer.round < progress.round:
            return
        progress.round = max(progress.round, answer.round)
        if answer.fits:
            progress.probing = False
            progress.match = max(progress.match, answer.held)
            progress.next = max(progress.next, progress.match)
            self.advance()
        else:
            progress.probing = True
            progress.match = min(progress.match, answer.held)
            progress.next = answer.held
        if self.copy.lead is self:
            self._confirm_rounds()
        if self.copy.lead is self and progress.next < len(self.journal):
            self._send_from(answer.sender, progress.next)

    def advance(self) -> None:
        """Commit what a majority has, and acknowledge it."""
        matches = [progress.match for progress in self.followers.values()]
        length = self.copy.group.majority_of([*matches, len(self.journal)])
        if length <= self.copy.committed or not self.may_commit(length):
            return
        self.copy.commit(length)
        due = [need for need in self.waiting if need <= length]
        for attempt in [one for need in due for one in self.waiting.pop(need)]:
            self.copy.written(attempt)
        self._release_reads()

    def may_commit(self, length: int) -> bool:
        """Only entries of its own term are committed by counting; those before, along with them
        (section 5.4.2)."""
        return self.journal.term_before(length) == self.term
