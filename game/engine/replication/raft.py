"""Raft: the copies elect a leader, which takes all writes and commits what a majority has.

After Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, USENIX ATC 2014,
figure 2, and Ongaro, Consensus: Bridging Theory and Practice, Stanford 2014 (the thesis): reads of
section 6.4, a leader without a majority steps down (6.2), pre-vote (9.6). Logs are never compacted,
since a night is short, and the members stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from game.engine.attempt import NO_FAULT
from game.engine.laws import Uniform
from game.engine.network import CONTROL_BYTES
from game.engine.registry import REGISTRY
from game.engine.replication.epochs import NOBODY
from game.engine.replication.raft_copy import RaftCopy
from game.engine.replication.raft_log import NO_OPERATION
from game.level.annotations import PositiveDurationUs, Share
from game.level.model import LawField

if TYPE_CHECKING:
    from game.engine.log import MessageKind
    from game.engine.replication.journal import Entry
    from game.engine.replication.raft_election import Elector
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
    parts=lambda record: 3 + record.pre_vote + (record.reads == "lease"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Raft:
    """Linearizable with `reads = "read-index"`, whatever crashes, pauses, and does to the network;
    with "lease" while clocks run alike as far as `guard` says; with "any" reads may be stale. With
    idempotency keys no write is applied twice. A wiped disk breaks the promise: it forgets a vote.
    """

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

    def __post_init__(self) -> None:
        sample = self.election.sampler()
        if sample(0.5) <= self.heartbeat:
            raise ValueError("must have an election timeout that is mostly longer than heartbeat")
        if self.reads == "lease" and sample(0.0) * (1 - self.guard) <= self.heartbeat:
            raise ValueError(
                "must have an election timeout that always leaves more than a heartbeat when the "
                'guard is taken off: reads = "lease" is built on it'
            )

    def build(self, world: World, service: str, stations: list[Station]) -> RaftGroup:
        """The copies of one service."""
        return RaftGroup(self, world, service, stations)


class RaftGroup:
    """All copies of one service; and what only the engine knows of them, for the blame."""

    __slots__ = (
        "copies",
        "ended_by",
        "leader",
        "lease_us",
        "majority",
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
        self.majority = len(stations) // 2 + 1
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

    def majority_of(self, values: Sequence[int]) -> int:
        """What a majority of the copies has reached."""
        return sorted(values, reverse=True)[self.majority - 1]

    def send(
        self, sender: Elector, other: int, read: str, content: Any, kind: MessageKind, writes: int
    ) -> None:
        """A letter from one copy to another, with so many writes in it."""
        copy = self.copies[other]
        size_bytes = CONTROL_BYTES + writes * self.request_bytes
        sender.post.send(copy.node, getattr(copy, read), content, kind, size_bytes)

    def close(self) -> list[Entry]:
        """What a majority has of the best log took effect; what others have beyond that did not.

        Nobody with another log could be elected with all that was ever committed (section 5.4.3).
        """
        if not self.copies:
            return []
        best = max(self.copies, key=lambda copy: (copy.journal.last_term, len(copy.journal)))
        terms = best.journal.reigns()
        common = [copy.journal.common(terms) for copy in self.copies]
        effective = self.majority_of(common)
        for copy, length in zip(self.copies, common, strict=True):
            kept = min(length, effective)
            copy.journal.discard(copy.journal.entries[kept:], self.ended_by)
        kept_entries = best.journal.entries[:effective]
        return [entry for entry in kept_entries if entry.operation != NO_OPERATION]

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
            if fault != NO_FAULT or leader.lead is not None:
                return fault
        return self.ended_by if self.ended_by != NO_FAULT else asked.trouble()
