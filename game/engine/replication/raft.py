"""Raft: the copies elect a leader, which takes all writes and commits what a majority has.

After Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, USENIX ATC 2014,
figure 2, and Ongaro, Consensus: Bridging Theory and Practice, Stanford 2014 (the thesis):
leadership transfer of section 3.10, membership change by one server at a time (4.1 to 4.2.3, with
what Ongaro added in "bug in single-server membership changes", raft-dev, July 2015), reads of
section 6.4, a leader without a majority steps down (6.2), pre-vote (9.6). Logs are never compacted,
since a night is short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from game.engine.attempt import NO_FAULT
from game.engine.laws import Uniform
from game.engine.log import Change
from game.engine.network import CONTROL_BYTES
from game.engine.registry import REGISTRY
from game.engine.replication.epochs import NOBODY
from game.engine.replication.raft_copy import RaftCopy
from game.engine.replication.raft_letters import Addressed
from game.engine.replication.raft_log import NO_OPERATION
from game.level.annotations import PositiveCount, PositiveDurationUs, Share
from game.level.model import LawField

if TYPE_CHECKING:
    from game.engine.log import MessageKind
    from game.engine.replication.journal import Entry
    from game.engine.replication.raft_election import Elector
    from game.engine.replication.raft_log import Configuration, Members
    from game.engine.station import Station
    from game.engine.world import World


USUAL = Uniform(low=150_000, high=300_000)
"""The election timeout of the paper's section 9.3, where nothing else is said."""


@REGISTRY.register(
    "protocol",
    "raft",
    says="the machines elect a leader, and a majority must have each write",
    codex="raft",
    causes=("no-leader", "no-quorum"),
    facts=("role", "term", "lag"),
    parts=lambda record: (
        3
        + record.pre_vote
        + (record.reads == "lease")
        + record.transfer
        + (record.members is not None)
    ),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Raft:
    """Linearizable with `reads = "read-index"`, whatever crashes, pauses, and does to the network;
    with "lease" while clocks run alike as far as `guard` says; with "any" reads may be stale. With
    idempotency keys no write is applied twice. A wiped disk breaks the promise, for it forgets a
    vote; not so with `members`, where a machine with an empty disk is a server that nobody knows.
    """

    compares: ClassVar[bool] = True
    """It can tell whether a key was written since it was read."""

    election: LawField = USUAL
    """How long a copy waits for a leader before it stands for election; drawn anew each time."""
    heartbeat: PositiveDurationUs = 50_000
    """How often a leader says that it is there."""
    pre_vote: bool = False
    """Ask first who would vote, so that a copy that was away deposes nobody when it comes back."""
    reads: Literal["read-index", "lease", "any"] = "read-index"
    """How reads are answered: by the leader, once a majority confirmed that it leads; by the
    leader, as long as nobody else can have been elected; by any copy, which may be behind."""
    guard: Share = 0.1
    """The share of the shortest election timeout that a lease leaves for clocks that differ."""

    transfer: bool = False
    """A leader whose machine an operator drains hands leadership on before callers are told."""
    members: PositiveCount | None = None
    """How many of the machines have a vote at first, in order; the others wait until an operator
    adds them (fault kind "membership"). Default: all have, and for good."""

    def __post_init__(self) -> None:
        sample = self.election.sampler()
        if sample(0.5) <= self.heartbeat:
            raise ValueError("must have an election timeout that is mostly longer than heartbeat")
        if self.reads == "lease" and sample(0.0) * (1 - self.guard) <= self.heartbeat:
            raise ValueError(
                "must have an election timeout that always leaves more than a heartbeat when the "
                'guard is taken off: reads = "lease" is built on it'
            )

    @property
    def machines_needed(self) -> int:
        """Each member is a machine."""
        return self.members or 0

    def build(self, world: World, service: str, stations: list[Station]) -> RaftGroup:
        """The copies of one service."""
        return RaftGroup(self, world, service, stations)


def majority_of(values: Sequence[int]) -> int:
    """What a majority has reached of those whose values these are."""
    return sorted(values, reverse=True)[len(values) // 2]


class RaftGroup:
    """All copies of one service; and what only the engine knows of them, for the blame."""

    __slots__ = (
        "changes_members",
        "copies",
        "ended_by",
        "first_members",
        "is_loyal",
        "leader",
        "lease_us",
        "noted",
        "record",
        "request_bytes",
        "shortest_us",
        "timeout_us",
    )

    def __init__(self, record: Raft, world: World, service: str, stations: list[Station]) -> None:
        self.record = record
        self.timeout_us = record.election.sampler()
        self.shortest_us = self.timeout_us(0.0)
        """The shortest election timeout."""
        self.lease_us = int(self.shortest_us * (1 - record.guard))
        self.changes_members = record.members is not None
        self.first_members: Members = tuple(range(record.members or len(stations)))
        self.is_loyal = record.reads == "lease" or self.changes_members
        """Who hears a leader votes for nobody: leases need it, and servers that were removed and
        do not know it cannot disturb (Ongaro's thesis, 4.2.3 and 6.4.1)."""
        self.noted: set[int] = set()
        """How long the log was with each configuration of which all know by the Log."""
        self.leader = NOBODY
        """The copy that was elected last."""
        self.ended_by = NO_FAULT
        """The fault for which its followers lost it, or it lost them."""
        self.request_bytes = world.services[service].request
        self.copies = [
            RaftCopy(self, service, index, station) for index, station in enumerate(stations)
        ]

    def start(self) -> None:
        """All follow, and wait for a leader."""
        for copy in self.copies:
            copy.start()

    def first_members_of(self, index: int) -> Members:
        """What a copy knows of them when the night begins: who is none does not know any."""
        return self.first_members if index in self.first_members else ()

    def copy_of(self, server: int) -> RaftCopy:
        """The copy that is, or was, a server."""
        return self.copies[server % len(self.copies)]

    def send(
        self, sender: Elector, other: int, read: str, content: Any, kind: MessageKind, writes: int
    ) -> None:
        """A letter from one copy to a server, with so many writes in it."""
        size_bytes = CONTROL_BYTES + writes * self.request_bytes
        copy = self.copy_of(other)
        if self.changes_members:
            content = Addressed(other, read, content)
            sender.post.send(copy.node, copy.take, content, kind, size_bytes)
        else:
            sender.post.send(copy.node, getattr(copy, read), content, kind, size_bytes)

    def close(self) -> list[Entry]:
        """What a majority has of the best log took effect; what others have beyond that did not.

        Nobody with another log could be elected with all that was ever committed (section 5.4.3).
        """
        if not self.copies:
            return []
        best = self.best()
        terms = best.journal.reigns()
        common = [copy.journal.common(terms) for copy in self.copies]
        effective = self._reached(best, common)
        for copy, length in zip(self.copies, common, strict=True):
            kept = min(length, effective)
            copy.journal.discard(copy.journal.entries[kept:], self.ended_by)
        kept_entries = best.journal.entries[:effective]
        return [entry for entry in kept_entries if entry.operation != NO_OPERATION]

    def best(self) -> RaftCopy:
        """The copy with the newest and longest log: it has all that was ever committed."""
        return max(self.copies, key=lambda copy: (copy.journal.last_term, len(copy.journal)))

    def _reached(self, best: RaftCopy, common: Sequence[int]) -> int:
        """What a majority has of a log, where copies share so much of it: each configuration counts
        for what lies before the next one."""
        configurations = best.journal.configurations
        ends = [length - 1 for length, _ in configurations[1:]]
        reached = 0
        for (_, members), end in zip(configurations, (*ends, len(best.journal)), strict=True):
            held = [
                common[self.copy_of(server).index] if self.copy_of(server).server == server else 0
                for server in members or self.first_members
            ]
            reached = max(reached, min(end, majority_of(held)))
        return reached

    # Members

    def server_for(self, index: int, *, joins: bool) -> int:
        """Which server an operator means by a machine: to add, the one that it is now; to remove,
        the oldest one that is a member."""
        servers = self.best().journal.members or self.first_members
        known = [server for server in servers if self.copy_of(server).index == index]
        return self.copies[index].server if joins or not known else min(known)

    def note_member(self, length: int, entry: Configuration, now_us: int) -> None:
        """Somebody is the first to know that a configuration is committed."""
        if length not in self.noted:
            self.noted.add(length)
            copy = self.copy_of(entry.server)
            votes = int(entry.server in entry.members)
            copy.log.changes.append((now_us, Change.MEMBERSHIP, copy.station.index, votes))

    # Blame

    def lost_leader(self, copy: Elector) -> None:
        """A copy does not hear the leader any more, or the leader no majority."""
        if self.ended_by == NO_FAULT:
            self.ended_by = copy.trouble()

    def found_leader(self, copy: Elector) -> None:
        """A copy was elected."""
        self.leader = copy.index
        self.ended_by = NO_FAULT

    def blame(self, asked: Elector) -> int:
        """The fault for which a copy that was asked knows no leader, or `NO_FAULT`."""
        if self.leader != NOBODY:
            leader = self.copies[self.leader]
            fault = asked.post.trouble_with(leader.node)
            if fault == NO_FAULT and leader.node.drains:
                fault = next(reversed(leader.node.drains))
            if fault != NO_FAULT or leader.lead is not None:
                return fault
        return self.ended_by if self.ended_by != NO_FAULT else asked.trouble()
