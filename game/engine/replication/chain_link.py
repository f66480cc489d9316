"""How writes go down a chain, and acknowledgements up.

Van Renesse and Schneider 2004, section 3: each copy keeps what it sent on and the tail has not
acknowledged yet; when the copy behind dies, the next one says how far it is, and gets the rest (the
Update Propagation Invariant: nobody has a write that a copy before it does not have).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from game.engine.attempt import NEVER
from game.engine.log import Change
from game.engine.priorities import TIMER
from game.engine.replication.chain_letters import Forward, Held
from game.engine.replication.committed import Committed
from game.engine.replication.epochs import NO_EPOCH, NOBODY, Epoch, Granted
from game.engine.replication.journal import Entry, Journal
from game.engine.replication.letters import Post
from game.engine.replication.shipping import (
    MOST_AT_ONCE,
    RESEND_US,
    STALLED,
    Stream,
    take_in_order,
)

if TYPE_CHECKING:
    from game.engine.replication.chain import Chain
    from game.engine.station import Station


class ChainJournal(Journal):
    """The application gets to know what is committed, and nothing else."""

    __slots__ = ()

    at_once = False


class Link:
    """One copy, as far as it passes on what it is given."""

    __slots__ = (
        "asked_us",
        "attached",
        "behind",
        "committed",
        "confirmed",
        "early",
        "epoch",
        "group",
        "index",
        "journal",
        "kernel",
        "known",
        "linked",
        "log",
        "lost_us",
        "node",
        "post",
        "question",
        "record",
        "resending",
        "sent",
        "station",
        "stream",
    )

    def __init__(self, group: Chain, service: str, index: int, station: Station) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.log = station.world.log
        self.post = Post(station.world, station.node, service)
        self.journal = ChainJournal(station)
        self.epoch: Epoch = NO_EPOCH
        self.linked = True
        """The copy before it knows that this one is behind it, so that no other one takes itself
        for the tail any more; on disk."""
        self.committed = Committed(self.journal)
        """As far as this copy knows."""
        self.confirmed = True
        """The coordinator answered since the last crash."""
        self.lost_us = NEVER
        """When that was, by this copy's clock."""
        self.early: dict[int, Entry] = {}
        """Writes that came before an earlier one, by position."""
        self.behind = NOBODY
        """The copy that it sends to: the next one of the chain, or one that joins at the tail."""
        self.stream = Stream(0, 0)
        """What is known of that one."""
        self.known = False
        """It said how far it is."""
        self.sent = 0
        """Writes that were sent to it."""
        self.resending = 0
        """Number of the timer that is set, or 0."""
        self.attached = False
        """No member, but its journal is the tail's, as far as it goes."""
        self.question = 0
        """Number of the last question; counts on through crashes."""
        self.asked_us = NEVER - RESEND_US

    # Places

    def is_member(self) -> bool:
        """Whether it is a part of the chain."""
        return self.index in self.epoch.members

    def is_head(self) -> bool:
        """Whether it is the first."""
        return self.epoch.primary == self.index

    def is_tail(self) -> bool:
        """Whether it is the last."""
        return self.tail() == self.index

    def is_working_tail(self) -> bool:
        """Whether it may act as one: since a crash, or since it joined, it heard of those who might
        know better."""
        return self.is_tail() and self.confirmed and self.linked

    def tail(self) -> int:
        """The last copy."""
        return self.epoch.members[-1] if self.epoch.members else NOBODY

    def successor(self) -> int:
        """The copy behind this one."""
        members = self.epoch.members
        place = members.index(self.index) + 1
        return members[place] if place < len(members) else NOBODY

    def predecessor(self) -> int:
        """Who sends to this copy: the one before it, or the tail, where it is no member."""
        if not self.is_member():
            return self.tail()
        place = self.epoch.members.index(self.index)
        return self.epoch.members[place - 1] if place else NOBODY

    # Down the chain

    def turn_to(self, behind: int) -> None:
        """Send to that copy from now on; ask it how far it is."""
        self.forget()
        self.behind = behind
        self.stream = Stream(self.epoch.number, len(self.journal))
        if behind != NOBODY:
            self._send_from(len(self.journal), 0)
            self.plan_resend()

    def forget(self) -> None:
        """Send to nobody."""
        self.behind = NOBODY
        self.known = False
        self.resending = 0

    def send_on(self) -> None:
        """There are new writes: pass them on, or acknowledge them, where nobody is behind."""
        self._send_new()
        self.advance()

    def _send_new(self) -> None:
        if self.behind == NOBODY or not self.known:
            return
        length = len(self.journal)
        while self.sent < length:
            count = min(MOST_AT_ONCE, length - self.sent)
            self._send_from(self.sent, count)
            self.sent += count
        self.plan_resend()

    def _send_from(self, first: int, count: int) -> None:
        entries = tuple(self.journal.entries[first : first + count])
        forward = Forward(self.epoch, self.index, first, entries)
        self.send(self.behind, "forwarded", forward, count)

    def forwarded(self, forward: Forward) -> None:
        """The copy before sends writes, or asks how far this one is."""
        if not self.meet(forward.epoch, forward.sender):
            return
        if not (self.is_member() or self.attached):
            self.ask()
            return
        self.linked |= self.is_member()
        before = len(self.journal), self.committed.length
        take_in_order(self.journal, self.early, forward.first, forward.entries)
        grown = len(self.journal) > before[0]
        if grown:
            self._send_new()
        advanced = self._advance()
        if advanced or not grown or not self.is_member():
            self.tell_before()

    def plan_resend(self) -> None:
        """Look after a while whether something has to be sent again."""
        open_ = not self.known or self.committed.length < len(self.journal)
        if self.behind != NOBODY and open_ and not self.resending:
            self.group.timers += 1
            self.resending = self.group.timers
            self.kernel.at(self.kernel.now + RESEND_US, self._resend, self.resending, TIMER)

    def _resend(self, number: int) -> None:
        """Ask again, or repeat what made no progress since the last look."""
        if number != self.resending or self.node.is_asleep(self._resend, number):
            return
        self.resending = 0
        stream = self.stream
        stalled = stream.held <= stream.mark
        stream.stalls = stream.stalls + 1 if stalled else 0
        stream.mark = stream.held
        if not self.known:
            self._send_from(len(self.journal), 0)
        elif stalled:
            self._send_from(stream.held, min(MOST_AT_ONCE, self.sent - stream.held))
        if stream.stalls >= STALLED and self.behind not in self.epoch.members:
            self.withdraw()
        self.plan_resend()

    # Up the chain

    def tell_before(self) -> None:
        """Say how far this copy and the tail are."""
        before = self.predecessor()
        if before != NOBODY:
            held = Held(self.epoch, self.index, len(self.journal), self.committed.length)
            self.send(before, "heard", held)

    def heard(self, held: Held) -> None:
        """The copy behind says how far it is, and the tail."""
        if not self.meet(held.epoch, held.sender) or held.sender != self.behind:
            return
        stream = self.stream
        stream.held = max(stream.held, min(held.length, len(self.journal)))
        if not self.known:
            self.known = True
            self.sent = stream.held
        stream.caught_up |= stream.held >= stream.goal
        self._send_new()
        if self.behind in self.epoch.members:
            self._commit(held.committed)
        else:
            self.advance()

    def advance(self) -> None:
        """At the tail: commit what it has, and what one that joins has; tell those before."""
        if self._advance():
            self.tell_before()

    def _advance(self) -> bool:
        if not self.is_working_tail():
            return False
        length = len(self.journal)
        if self.behind != NOBODY and self.stream.caught_up:
            length = min(length, self.stream.held)
        return self._grow(length)

    def _commit(self, length: int) -> None:
        if self._grow(min(length, len(self.journal))):
            self.tell_before()

    def _grow(self, length: int) -> bool:
        if length <= self.committed.length:
            return False
        self.committed.grow(length)
        self.has_committed()
        return True

    # Letters

    def has_committed(self) -> None:
        """More is committed than before."""
        raise NotImplementedError

    def ask(self) -> None:
        """It does not know how its journal fits."""
        raise NotImplementedError

    def withdraw(self) -> None:
        """The copy behind is no member, and silent."""
        raise NotImplementedError

    def learn(self, epoch: Epoch) -> None:
        """There may be a newer epoch."""
        raise NotImplementedError

    def note(self, change: Change, value: int) -> None:
        """A fact of this copy, if it is another one than before."""
        raise NotImplementedError

    def meet(self, epoch: Epoch, sender: int) -> bool:
        """Whether the sender of a letter lives in this epoch; if it is behind, it is told."""
        if self.epoch is NO_EPOCH:
            return False
        self.learn(epoch)
        if epoch.number == self.epoch.number:
            return True
        self.send(sender, "told", Granted(self.epoch))
        return False

    def send(self, other: int, read: str, content: Any, writes: int = 0) -> None:
        """A letter to another copy, with so many writes in it."""
        self.group.send(self.post, other, read, content, writes)

    def note_lag(self) -> None:
        """How many writes the copy behind has not confirmed."""
        if self.behind != NOBODY and self.known:
            lag = len(self.journal) - self.stream.held
            self.group.copies[self.behind].note(Change.LAG, lag)
