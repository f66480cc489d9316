"""How a leader of a Raft group hands leadership on (Ongaro's thesis, section 3.10).

It takes no writes meanwhile, brings the other one up to date, and tells it to stand for election at
once. If it still leads an election timeout later, it takes writes again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from game.engine.attempt import NEVER, NO_FAULT
from game.engine.clocks.clock import timer_us
from game.engine.log import Change, MessageKind
from game.engine.priorities import TIMER
from game.engine.replication.raft_letters import TimeoutNow

if TYPE_CHECKING:
    from game.engine.replication.raft_leader import Leadership


class Transfer:
    """One try with one follower. In memory."""

    __slots__ = ("after", "fault", "lead", "target", "told")

    def __init__(self, lead: Leadership, target: int, fault: int) -> None:
        self.lead = lead
        self.target = target
        self.fault = fault
        """Whose order it is."""
        self.told = False
        """The other one was told to stand; it may do so at any time from now on."""
        self.after: list[Callable[[], None]] = []
        """Who waits until it is done or given up."""

    def begin(self) -> None:
        """Give it an election timeout."""
        copy = self.lead.copy
        now = copy.kernel.now
        give_up_us = now + timer_us(copy.node, copy.group.shortest_us, now)
        copy.kernel.at(give_up_us, self._give_up, None, TIMER)
        self.offer()

    def offer(self) -> None:
        """Tell the other one to stand if it has all, and all that is committed; at each heartbeat
        again, since the letter may be lost."""
        lead = self.lead
        copy, length = lead.copy, len(lead.journal)
        if lead.followers[self.target].match < length or copy.committed < length:
            return
        if not self.told:
            self.told = True
            lead.handed = True
            lead.leased_until_us = NEVER
            copy.group.ended_by = self.fault
            station = copy.group.copy_of(self.target).station.index
            row = (copy.kernel.now, Change.LEADERSHIP_TRANSFER, copy.station.index, station)
            copy.log.changes.append(row)
        copy.send(self.target, "hasten", TimeoutNow(lead.term), MessageKind.VOTE)

    def _give_up(self, _: None) -> None:
        copy = self.lead.copy
        if self.lead.transfer is not self or copy.lead is not self.lead:
            return
        if copy.node.is_asleep(self._give_up, None):
            return
        if copy.group.ended_by == self.fault:
            copy.group.ended_by = NO_FAULT
        self.close()

    def close(self) -> None:
        """It is over, one way or the other."""
        self.lead.transfer = None
        for go_on in self.after:
            go_on()
