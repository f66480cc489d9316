"""Chain replication: writes go in at the head, from copy to copy, and are done at the tail.

After van Renesse and Schneider, Chain Replication for Supporting High Throughput and Availability,
OSDI 2004. Epochs are a coordinator's (`epochs.py`), the paper's master; what a copy does is in
`chain_copy.py` and the two files that it is built on. Different from the paper: whoever was asked
answers, not always the tail, and a tail makes sure that it is still the tail before it answers a
read, since here a living copy may be taken for dead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from game.engine.attempt import NO_FAULT
from game.engine.log import MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.registry import REGISTRY
from game.engine.replication.chain_copy import ChainCopy
from game.engine.replication.epochs import NOBODY, Coordinator, Epoch, first_epoch
from game.level.annotations import PositiveDurationUs, ServiceName, Share

if TYPE_CHECKING:
    from game.engine.replication.journal import Entry
    from game.engine.replication.letters import Post
    from game.engine.station import Station
    from game.engine.world import World


@REGISTRY.register(
    "protocol",
    "chain",
    says="writes go from machine to machine, and are done when the last one has them",
    codex="chain",
    causes=("no-leader", "no-quorum"),
    facts=("role", "epoch", "lag"),
    parts=lambda record: 3 + (record.reads == "lease"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReplication:
    """Linearizable with `reads = "confirmed"`, whatever crashes, pauses, and does to the network
    and to clocks; with "lease" while clocks run alike as far as `guard` says; with "any" reads may
    be stale. With idempotency keys no write is applied twice. A wiped disk is another matter."""

    compares: ClassVar[bool] = True
    """It can tell whether a key was written since it was read."""

    coordinator: ServiceName
    """A service on one machine, which needs no steps: it says who is in the chain."""
    heartbeat: PositiveDurationUs = 500_000
    """How often each copy tells the coordinator that it lives."""
    failover_after: PositiveDurationUs = 2_000_000
    """How long the coordinator waits for a silent copy before it takes it out of the chain."""
    reads: Literal["confirmed", "lease", "any"] = "confirmed"
    """How reads are answered: by the tail, once the coordinator said that it is still the tail; by
    the tail, as long as no other one can have been made the tail; by any copy, which may be
    behind. Whoever else is asked asks the tail."""
    guard: Share = 0.1
    """The share of `failover_after` that a lease leaves for clocks that differ."""

    def __post_init__(self) -> None:
        if self.failover_after <= self.heartbeat:
            raise ValueError("must have a failover_after that is longer than the heartbeat")
        if self.reads == "lease" and self.lease_us <= self.heartbeat:
            raise ValueError(
                "must have a failover_after that leaves more than a heartbeat when the guard is "
                'taken off: reads = "lease" is built on it'
            )

    @property
    def lease_us(self) -> int:
        """How long after a heartbeat that was answered a tail answers reads by itself."""
        return self.failover_after - int(self.failover_after * self.guard)

    def build(self, world: World, service: str, stations: list[Station]) -> Chain:
        """The copies of one service."""
        return Chain(self, world, service, stations)


class Master(Coordinator):
    """Copies leave a chain anywhere, and join it at the tail."""

    __slots__ = ()

    def _successor(self, fit: list[int]) -> int:
        """The first one that lives has all writes that those behind it have."""
        return fit[0]

    def _arranged(self, members: set[int]) -> tuple[int, ...]:
        stay = [index for index in self.epoch.members if index in members]
        return (*stay, *sorted(members - set(stay)))

    def _newcomers(self) -> list[int]:
        """The one that the tail waits for although it is no member."""
        report = self.reports.get(self.epoch.members[-1])
        if report is None or report.epoch.number != self.epoch.number:
            return []
        return [
            index
            for index in report.ready
            if self._lives(index) and index not in self.epoch.members
        ]


class Chain:
    """All copies of one service, and their coordinator."""

    __slots__ = ("coordinator", "copies", "record", "request_bytes", "timers")

    def __init__(
        self, record: ChainReplication, world: World, service: str, stations: list[Station]
    ) -> None:
        self.record = record
        self.request_bytes = world.services[service].request
        self.timers = 0
        """Tells timers apart that were set anew."""
        self.copies = [
            ChainCopy(self, service, index, station) for index, station in enumerate(stations)
        ]
        self.coordinator: Coordinator | None = None
        court = world.stations_of[record.coordinator]
        if court and stations:
            self.coordinator = Master(
                world, court[0].node, service, self.copies, record.heartbeat, record.failover_after
            )

    def start(self) -> None:
        """The copies form a chain in the order of their machines."""
        if self.coordinator is not None:
            self.coordinator.start()
        for copy in self.copies:
            copy.start(len(self.copies))

    @property
    def epoch(self) -> Epoch:
        """The newest epoch, as only the engine knows it."""
        return first_epoch(len(self.copies)) if self.coordinator is None else self.coordinator.epoch

    def send(self, post: Post, other: int, read: str, content: Any, writes: int) -> None:
        """A letter to a copy, with so many writes in it."""
        copy = self.copies[other]
        size_bytes = CONTROL_BYTES + writes * self.request_bytes
        post.send(copy.node, getattr(copy, read), content, MessageKind.REPLICATE, size_bytes)

    def close(self) -> list[Entry]:
        """What the newest head has took effect; what others have beyond that did not."""
        if not self.copies:
            return []
        epoch = self.epoch
        truth = self.copies[max(0, epoch.primary)].journal
        reigns = truth.reigns()
        for copy in self.copies:
            copy.journal.discard(copy.journal.entries[copy.journal.common(reigns) :], epoch.blame)
        return truth.entries

    # Blame, as only the engine knows it

    def blame(self, write: int) -> int:
        """The fault for which the head, or for a read the tail, is not to be had."""
        epoch = self.epoch
        if self.coordinator is None or not epoch.members:
            return NO_FAULT
        fault = self.coordinator.blame_for(epoch.primary if write else epoch.members[-1])
        return epoch.blame if fault == NO_FAULT else fault

    def trouble_of_writes(self) -> int:
        """What keeps writes from getting to the tail, or acknowledgements back."""
        members = self.epoch.members
        for before, behind in pairwise(members):
            one, other = self.copies[before], self.copies[behind]
            waits = len(other.journal) < len(one.journal)
            if waits or one.committed.length < other.committed.length:
                fault = one.post.trouble_with(other.node)
                if fault != NO_FAULT:
                    return fault
        return NO_FAULT

    def trouble_of_reads(self, asked: ChainCopy) -> int:
        """What keeps a copy from the tail, or the tail from the coordinator."""
        tail = self.epoch.members[-1] if self.epoch.members else NOBODY
        if tail == NOBODY or self.coordinator is None:
            return NO_FAULT
        fault = asked.post.trouble_with(self.copies[tail].node) if tail != asked.index else NO_FAULT
        return self.coordinator.blame_for(tail) if fault == NO_FAULT else fault
