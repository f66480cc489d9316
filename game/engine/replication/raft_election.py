"""How a copy of a Raft group comes to follow, stand for election or lead (Ongaro and Ousterhout
2014, section 5.2; Ongaro's thesis, 3.10, 4.2, 6.2 and 9.6).

Term and vote are on the disk. The election timer is drawn anew when it runs out, when a vote is
given, and when the leader is heard; a refused vote and a step-down leave it as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from game.engine.attempt import NEVER, NO_FAULT
from game.engine.clocks.clock import steady_us, timer_us
from game.engine.log import Change, MessageKind, Role
from game.engine.priorities import TIMER
from game.engine.replication.epochs import NOBODY
from game.engine.replication.letters import Post
from game.engine.replication.raft_leader import Leadership
from game.engine.replication.raft_letters import Addressed, Ballot, TimeoutNow, Vote
from game.engine.replication.raft_log import RaftLog
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.replication.raft import RaftGroup
    from game.engine.station import Station


class Elector:
    """One copy, as far as elections go."""

    __slots__ = (
        "committed",
        "due_us",
        "group",
        "heard_us",
        "index",
        "journal",
        "kernel",
        "lead",
        "leader",
        "log",
        "luck",
        "node",
        "noted",
        "planned_us",
        "post",
        "record",
        "rehearsing",
        "role",
        "server",
        "station",
        "term",
        "timers",
        "vote",
        "votes",
    )

    def __init__(self, group: RaftGroup, service: str, index: int, station: Station) -> None:
        self.group = group
        self.record = group.record
        self.index = index
        self.server = index
        """Which server it is; see `Members`."""
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.log = station.world.log
        self.post = Post(station.world, station.node, service)
        name = f"election/{service}/{station.node.name}"
        self.luck = stream(station.world.seed, name).random
        self.journal = RaftLog(station, group.first_members_of(index))
        self.committed = 0
        """Entries that it knows to be committed, and has applied."""
        self.term = 0
        """The newest that it knows; on the disk."""
        self.vote = NOBODY
        """Whom it voted for in this term; on the disk."""
        self.role = Role.FOLLOWER
        self.leader = NOBODY
        """Whom it takes for the leader of this term."""
        self.lead: Leadership | None = None
        """Set on a leader."""
        self.votes: set[int] = set()
        self.rehearsing = 0
        """The term that it would stand in if a majority said so, or 0."""
        self.heard_us = NEVER - self.group.shortest_us
        """When it heard the leader last."""
        self.due_us = NEVER
        """When the election timer runs out, by this copy's clock."""
        self.planned_us = NEVER
        """When the kernel will look at the timer; -1: never."""
        self.timers = 0
        self.noted: dict[Change, int] = {}
        self.node.on_crash.append(self._crashed)
        self.node.on_start.append(self._started)
        self.node.on_wipe.append(self._wiped)

    def start(self) -> None:
        """The run begins: everybody follows nobody."""
        self.note_role()
        self.reset_timer()

    def clock_us(self) -> int:
        """What this copy measures time by."""
        return steady_us(self.node, self.kernel.now)

    # The election timer

    def reset_timer(self) -> None:
        """Draw it anew."""
        clock_us = self.clock_us()
        timeout_us = self.group.timeout_us(self.luck())
        self.due_us = clock_us + timeout_us
        self._plan_look(timeout_us)

    def _plan_look(self, after_us: int) -> None:
        """Look at the timer then, unless that is planned for an earlier moment already."""
        now = self.kernel.now
        look_us = now + timer_us(self.node, after_us, now)
        if self.planned_us == NEVER or look_us < self.planned_us:
            self.timers += 1
            self.planned_us = look_us
            self.kernel.at(look_us, self._look, self.timers, TIMER)

    def _look(self, number: int) -> None:
        if number != self.timers or self.node.is_asleep(self._look, number):
            return
        self.planned_us = NEVER
        left_us = self.due_us - self.clock_us()
        if left_us > 0:
            self._plan_look(left_us)
        else:
            self._run_out()

    def _run_out(self) -> None:
        """Nothing was heard of a leader; of a leader: no majority answered."""
        if self.lead is not None:
            self.group.lost_leader(self)
            self.retire()
        elif not self._may_stand():
            self.leader = NOBODY
            self.reset_timer()
        elif self.record.pre_vote:
            self._rehearse()
        else:
            self._stand()

    def retire(self) -> None:
        """A leader leads no more, in its own term."""
        self.leader = NOBODY
        self._follow()
        self.reset_timer()

    # Asking for votes

    def _may_stand(self) -> bool:
        """Who has a vote, or had one until a configuration of which it does not know whether it is
        committed: it may be needed for that (Ongaro's thesis, 4.2.2)."""
        log = self.journal
        if self.server in log.members:
            return True
        return log.configured > self.committed and self.server in log.configurations[-2][1]

    def hasten(self, told: TimeoutNow) -> None:
        """The leader hands on to this copy, which stands without asking who would vote for it; not
        while an operator takes it out."""
        if told.term == self.term and self.role == Role.FOLLOWER and not self.node.drains:
            self._stand(handed=True)

    def _rehearse(self) -> None:
        """Ask who would vote for this copy, before it disturbs anybody with a new term."""
        self.group.lost_leader(self)
        self._follow()
        self.leader = NOBODY
        self.rehearsing = self.term + 1
        self.votes = {self.server}
        self.reset_timer()
        if self._is_chosen():
            self._stand()
        else:
            self._ask_for_votes(self.rehearsing, rehearsal=True)

    def _stand(self, *, handed: bool = False) -> None:
        """Begin a term, and ask everybody for a vote."""
        self.group.lost_leader(self)
        self.rehearsing = 0
        self.term += 1
        self.vote = self.server
        self.leader = NOBODY
        self.votes = {self.server}
        self._take_role(Role.CANDIDATE)
        self.note(Change.TERM, self.term)
        self._write_down(Change.CANDIDACY, self.term)
        self.reset_timer()
        self._ask_for_votes(self.term, handed=handed)
        if self._is_chosen():
            self._win()

    def _ask_for_votes(self, term: int, *, rehearsal: bool = False, handed: bool = False) -> None:
        log = self.journal
        ballot = Ballot(term, self.server, len(log), log.last_term, rehearsal, handed)
        for other in log.members:
            if other != self.server:
                self.send(other, "asked", ballot, MessageKind.VOTE)

    def _is_chosen(self) -> bool:
        """By a majority of those who have a vote as far as this copy knows, which it may lack."""
        members = self.journal.members
        return len(self.votes.intersection(members)) > len(members) // 2

    def voted(self, vote: Vote) -> None:
        """The answer to a ballot."""
        if vote.rehearsal and vote.granted:
            if vote.term == self.rehearsing == self.term + 1:
                self.votes.add(vote.sender)
                if self._is_chosen():
                    self._stand()
        elif vote.term > self.term:
            self.learn(vote.term)
        elif vote.granted and vote.term == self.term and self.role == Role.CANDIDATE:
            self.votes.add(vote.sender)
            if self._is_chosen():
                self._win()

    def _win(self) -> None:
        self.leader = self.server
        self._take_role(Role.LEADER)
        self.group.found_leader(self)
        self.reset_timer()
        self.lead = Leadership(self.group.copies[self.index])
        self.lead.begin()

    # Giving votes

    def asked(self, ballot: Ballot) -> None:
        """Another copy asks for a vote."""
        if ballot.rehearsal:
            granted = (
                ballot.term > self.term and self._is_up_to_date(ballot) and not self._hears_leader()
            )
            self._answer(ballot, granted, ballot.term if granted else self.term)
            return
        if ballot.term > self.term:
            if self.group.is_loyal and not ballot.handed and self._hears_leader():
                return
            self.learn(ballot.term)
        granted = self._may_vote(ballot) and self._is_up_to_date(ballot)
        if granted:
            self.vote = ballot.sender
            self.reset_timer()
        self._answer(ballot, granted, self.term)

    def _may_vote(self, ballot: Ballot) -> bool:
        """One vote a term."""
        return ballot.term == self.term and self.vote in (NOBODY, ballot.sender)

    def _is_up_to_date(self, ballot: Ballot) -> bool:
        """Whoever has all that is committed has a last entry that is not behind (section 5.4.1)."""
        own = self.journal.last_term, len(self.journal)
        return (ballot.last_term, ballot.length) >= own

    def _hears_leader(self) -> bool:
        """Within the shortest election timeout, so that nobody can be elected against it yet."""
        if self.lead is not None:
            return True
        return self.clock_us() - self.heard_us < self.group.shortest_us

    def _answer(self, ballot: Ballot, granted: bool, term: int) -> None:
        vote = Vote(term, self.server, granted, ballot.rehearsal)
        self.send(ballot.sender, "voted", vote, MessageKind.VOTE)

    # Terms and roles

    def learn(self, term: int) -> None:
        """Somebody lives in a newer term: follow, and forget the vote of the old one."""
        self.term = term
        self.vote = NOBODY
        self.leader = NOBODY
        self.rehearsing = 0
        self.note(Change.TERM, term)
        self._follow()

    def _follow(self) -> None:
        """Step down, if there is a step."""
        lead, self.lead = self.lead, None
        self._take_role(Role.FOLLOWER)
        if lead is not None:
            lead.end()

    def hear(self, leader: int) -> None:
        """A leader of this term is heard."""
        self._follow()
        self.rehearsing = 0
        self.leader = leader
        self.heard_us = self.clock_us()
        self.reset_timer()

    def _take_role(self, role: Role) -> None:
        self.role = role
        self.note_role()

    # The node

    def send(self, other: int, read: str, content: Any, kind: MessageKind, writes: int = 0) -> None:
        """A letter to another copy, with so many writes in it."""
        self.group.send(self, other, read, content, kind, writes)

    def take(self, letter: Addressed) -> None:
        """A letter to a server, which this copy may be no more."""
        if letter.server == self.server:
            getattr(self, letter.read)(letter.content)

    def _crashed(self) -> None:
        lead, self.lead = self.lead, None
        if lead is not None:
            self.group.ended_by = next(reversed(self.node.crashes))
            lead.vanish()
        self.leader = NOBODY
        self.role = Role.FOLLOWER
        self.votes.clear()
        self.rehearsing = 0
        self.timers += 1
        self.planned_us = NEVER

    def _started(self) -> None:
        """After a crash it does not know whom it heard, and when."""
        self.heard_us = self.clock_us()
        self.note_role()
        self.reset_timer()

    def _wiped(self) -> None:
        self.term = 0
        self.vote = NOBODY
        self.note(Change.TERM, 0)
        self.journal.cut(0, self.node.blame)
        if self.group.changes_members:
            self._follow()
            self.leader = NOBODY
            self.server += len(self.group.copies)
            self.journal.configurations = [(0, ())]

    # Facts

    def note_role(self) -> None:
        """What it is, or that it has no vote."""
        role = self.role
        if role == Role.FOLLOWER and self.server not in self.journal.members:
            role = Role.LEARNER
        self.note(Change.ROLE, role)

    def note(self, change: Change, value: int) -> None:
        """A fact of this copy, if it is another one than before."""
        if self.noted.get(change) != value:
            self.noted[change] = value
            self._write_down(change, value)

    def _write_down(self, change: Change, value: int) -> None:
        self.log.changes.append((self.kernel.now, change, self.station.index, value))

    def trouble(self) -> int:
        """A fault that keeps this copy from another one, the leader first; or `NO_FAULT`."""
        others = [other for other in self.group.copies if other.index != self.index]
        others.sort(key=lambda other: other.index != self.group.leader)
        for other in others:
            fault = self.post.trouble_with(other.node)
            if fault != NO_FAULT:
                return fault
        return NO_FAULT
