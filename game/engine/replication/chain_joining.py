"""How a copy joins a chain at its tail.

Van Renesse and Schneider 2004, section 3.1: the tail sends it all writes; once it has caught up,
nothing is acknowledged that it does not have, and then the coordinator may make it the tail.
"""

from __future__ import annotations

from game.engine.attempt import NEVER
from game.engine.replication.chain_link import Link
from game.engine.replication.epochs import NOBODY
from game.engine.replication.shipping import RESEND_US, Ask, Missing, Stream, take_in_order


class Joining(Link):
    """One copy, as far as it joins, or lets another one join behind it."""

    __slots__ = ()

    def ask(self) -> None:
        """Ask the tail what is missing here, unless that was just asked."""
        now = self.kernel.now
        if self.tail() in (self.index, NOBODY) or now - self.asked_us < RESEND_US:
            return
        self.asked_us = now
        self.question += 1
        ask = Ask(self.epoch, self.index, self.question, self.journal.reigns())
        self.send(self.tail(), "asked", ask)

    def asked(self, ask: Ask) -> None:
        """A copy wants to join. One at a time: each must have what those before it have."""
        if not self.meet(ask.epoch, ask.sender) or not self.is_working_tail():
            return
        if self.behind not in (NOBODY, ask.sender):
            return
        first = self.journal.common(ask.reigns)
        if self.behind == NOBODY:
            self.behind = ask.sender
            self.stream = Stream(self.epoch.number, 0)
        stream = self.stream
        stream.goal = len(self.journal)
        stream.held, stream.mark, stream.stalls = first, NEVER, 0
        self.known = True
        self.sent = len(self.journal)
        entries = tuple(self.journal.entries[first:])
        missing = Missing(self.epoch, self.index, ask.question, first, entries)
        self.send(ask.sender, "caught_up", missing, len(entries))
        self.plan_resend()

    def caught_up(self, missing: Missing) -> None:
        """The answer: cut off what differs, and add what is missing."""
        if not self.meet(missing.epoch, missing.sender) or self.is_member():
            return
        if not self.attached:
            if missing.question != self.question:
                return
            if missing.first < self.committed.length:
                # Only a disk that was wiped somewhere can lead to this.
                self.committed.forget()
            self.journal.cut(missing.first, self.epoch.blame)
            self.attached = True
        take_in_order(self.journal, self.early, missing.first, missing.entries)
        self.tell_before()

    def ready(self) -> tuple[int, ...]:
        """At the tail: the copy that may be put behind it: it has all that is acknowledged."""
        stream = self.stream
        joins = self.behind != NOBODY and stream.caught_up and stream.withdrawn_us == NEVER
        return (self.behind,) if joins and stream.held >= self.committed.length else ()

    def withdraw(self) -> None:
        """Do not wait for a copy that wants to join and is silent; if it was put forward, not yet:
        it may have been made the tail."""
        if not self.stream.caught_up:
            self.forget()
        elif self.stream.withdrawn_us == NEVER:
            self.stream.withdrawn_us = self.clock_us()

    def let_go_if_known(self, heartbeat_us: int) -> None:
        """The coordinator answered a heartbeat of that time, so it knows who is not put forward."""
        withdrawn_us = self.stream.withdrawn_us
        if self.behind != NOBODY and NEVER < withdrawn_us < heartbeat_us:
            self.forget()
            self.advance()

    def clock_us(self) -> int:
        """What this copy measures time by."""
        raise NotImplementedError
