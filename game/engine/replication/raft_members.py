"""How servers come to a Raft group and go, one at a time (Ongaro's thesis, sections 4.1 to 4.2.2).

A configuration is an entry of the log, and holds as soon as it is there. A server catches up before
it has a vote, so that no majority waits for it. A leader that goes leads until that is committed,
without its own vote; but where leadership can be handed on, it does that first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.replication.raft_log import Configuration

if TYPE_CHECKING:
    from game.engine.replication.raft_leader import Leadership, Progress
    from game.engine.replication.raft_letters import MemberChange

MOST_ROUNDS = 10


class Newcomer:
    """Who is to have a vote. It is sent the log in rounds: each is all that there is at its begin.
    Once one takes less than an election timeout, the server has a vote; after ten it is left out.
    """

    __slots__ = ("began_us", "fault", "goal", "heard", "heard_us", "round", "server")

    def __init__(self, server: int, fault: int, goal: int, began_us: int) -> None:
        self.server = server
        self.fault = fault
        """Whose order it is."""
        self.goal = goal
        """How much of the log this round is."""
        self.began_us = began_us
        self.round = 1
        self.heard = (0, 0)
        """The newest that was heard of it: a round of heartbeats, and how much of the log it has;
        and when."""
        self.heard_us = began_us


class Membership:
    """Whose votes a leader counts, and whom it brings in. In memory, as long as it leads."""

    __slots__ = ("copy", "counts", "journal", "lead", "needed", "newcomer", "orders", "voters")

    def __init__(self, lead: Leadership) -> None:
        self.lead = lead
        self.copy = lead.copy
        self.journal = lead.copy.journal
        self.newcomer: Newcomer | None = None
        self.orders: list[MemberChange] = []
        """What is to be changed next, one at a time."""
        self.voters: list[Progress] = []
        """Of all others that have a vote."""
        self.counts = True
        """The leader has a vote itself."""
        self.needed = 0
        """How many votes are a majority."""
        self.settle()

    def settle(self) -> None:
        """Send to all of the newest configuration, and count their votes."""
        own, members = self.copy.server, self.journal.members
        others = [server for server in members if server != own]
        followers = self.lead.followers
        for gone in [server for server in followers if server not in others]:
            del followers[gone]
        for server in others:
            if server not in followers:
                self.lead.follow(server)
        self.voters = [followers[server] for server in others]
        self.counts = own in members
        self.needed = len(members) // 2 + 1

    def reached(self, values: list[int], own: int) -> int:
        """What a majority has reached, of the voters' values and the leader's own."""
        if self.counts:
            values.append(own)
        values.sort(reverse=True)
        return values[self.needed - 1]

    # Changes

    def change(self, change: MemberChange) -> None:
        """What an operator wants, as soon as it may be."""
        if change not in self.orders:
            self.orders.append(change)
        self._change_next()

    def _change_next(self) -> None:
        while self.orders and self.copy.lead is self.lead and self.may_change():
            change = self.orders.pop(0)
            server = change.server
            if (server in self.journal.members) == change.joins:
                continue
            if change.joins:
                self._bring_in(change)
            elif server != self.copy.server or self._may_go(change.fault):
                self.configure(server, change.fault)

    def _bring_in(self, change: MemberChange) -> None:
        goal = len(self.journal)
        self.lead.follow(change.server)
        self.newcomer = Newcomer(change.server, change.fault, goal, self.copy.clock_us())
        self.lead.send(change.server, goal, 0)

    def _may_go(self, fault: int) -> bool:
        """The leader itself: not as the last one, and not while it can hand leadership on; then the
        next leader will get the order."""
        alone = len(self.journal.members) == 1
        return not alone and not (self.copy.record.transfer and self.lead.hand_on(fault))

    def may_change(self) -> bool:
        """One server at a time, and only once an entry of the own term is committed: without that,
        two leaders in turn could each change an older configuration, and their majorities need not
        meet (Ongaro, raft-dev, July 2015)."""
        return (
            self.lead.is_ready()
            and self.is_settled()
            and self.newcomer is None
            and self.lead.transfer is None
        )

    def is_settled(self) -> bool:
        """Whether the newest configuration is committed."""
        return self.journal.configured <= self.copy.committed

    def configure(self, server: int, fault: int) -> None:
        """A server comes, or goes if it is there; that holds from now on."""
        before = len(self.journal)
        members = tuple(sorted({server}.symmetric_difference(self.journal.members)))
        self.journal.configure(self.lead.term, members, server, fault)
        self.settle()
        self.lead.ship(before)

    def look(self) -> None:
        """Something was heard, or time went by: see what can be changed now."""
        if self.newcomer is not None:
            self._look_at(self.newcomer)
        if self.orders:
            self._change_next()

    def _look_at(self, new: Newcomer) -> None:
        """Whether it caught up, or is not heard for an election timeout."""
        clock_us = self.copy.clock_us()
        timeout_us = self.copy.group.shortest_us
        progress = self.lead.followers[new.server]
        if (progress.round, progress.match) != new.heard:
            new.heard = progress.round, progress.match
            new.heard_us = clock_us
        if progress.match < new.goal:
            if clock_us - new.heard_us > timeout_us:
                self._drop(new)
        elif clock_us - new.began_us < timeout_us:
            self.newcomer = None
            self.configure(new.server, new.fault)
        elif new.round < MOST_ROUNDS:
            new.round += 1
            new.goal = len(self.journal)
            new.began_us = clock_us
        else:
            self._drop(new)

    def _drop(self, newcomer: Newcomer) -> None:
        self.newcomer = None
        del self.lead.followers[newcomer.server]

    def leave(self) -> None:
        """A leader that has no vote any more steps down once that is committed."""
        if self.counts or not self.is_settled():
            return
        entry = self.journal.entries[self.journal.configured - 1]
        if isinstance(entry, Configuration):
            self.copy.group.ended_by = entry.fault
        self.copy.retire()
