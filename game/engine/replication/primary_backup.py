"""Primary-backup: one copy takes all writes and hands them on; the others stand by.

After Alsberg and Day, A Principle for Resilient Sharing of Distributed Resources, ICSE 1976, and
Budhiraja, Marzullo, Schneider and Toueg, The Primary-Backup Approach, 1993. Epochs and membership
are a coordinator's (`epochs.py`), the way of the writes is in `shipping.py`, and what a copy does
is in `primary_backup_copy.py` and the two files that it is built on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from game.engine.attempt import NO_FAULT
from game.engine.registry import REGISTRY
from game.engine.replication.epochs import NOBODY, Coordinator, Epoch, first_epoch
from game.engine.replication.journal import Entry
from game.engine.replication.primary_backup_copy import Replica
from game.level.annotations import DurationUs, PositiveDurationUs, ServiceName, Share

if TYPE_CHECKING:
    from game.engine.station import Station
    from game.engine.world import World


@REGISTRY.register(
    "protocol",
    "primary-backup",
    says="one machine takes the writes and copies them to the others, which can take its place",
    codex="primary-backup",
    causes=("no-leader", "no-quorum", "lost-write"),
    facts=("role", "epoch", "lag"),
    parts=lambda record: 3 + record.reads_committed,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryBackup:
    """With `sync`, `fencing` and idempotency keys no acknowledged write is lost and none is applied
    twice, whatever crashes, pauses, and does to the network; a wiped disk is another matter. With
    `sync` and `confirmed` reads a key is linearizable, too, whatever clocks do; with `lease` reads
    while clocks run alike as far as `guard` says. With `async` a failover loses what was not copied
    yet. Without `fencing` a primary that was deposed goes on until it is told, unless its writes
    wait for others, who refuse them."""

    compares: ClassVar[bool] = True
    """It can tell whether a key was written since it was read."""

    coordinator: ServiceName
    """A service on one machine, which needs no steps: it grants epochs."""
    mode: Literal["async", "semi-sync", "sync"] = "sync"
    """Who must have a write before it is acknowledged: nobody else, one other, or all members."""
    heartbeat: PositiveDurationUs = 500_000
    """How often each copy tells the coordinator that it lives."""
    failover_after: PositiveDurationUs = 2_000_000
    """How long the coordinator waits for a silent copy before it goes on without."""
    fencing: bool = True
    """A primary serves only while it knows that it cannot have been deposed: for less than
    `failover_after` since it sent a heartbeat that was answered, by its own clock."""
    reads: Literal["primary", "confirmed", "lease", "any"] = "primary"
    """How reads are answered: by the primary, with all that it has; by the primary, with what is
    acknowledged, once the coordinator said that it is still the primary; so too, but without asking
    as long as nobody can have deposed it; by any copy, which may be behind."""
    guard: Share = 0.1
    """The share of `failover_after` that fencing and leases leave for clocks that differ."""
    gather: DurationUs = 100_000
    """How long an `async` primary gathers writes before it hands them on together."""
    lag: PositiveDurationUs | None = None
    """Instead of that: an `async` primary hands each write on by itself, so long after it took it.
    """

    def __post_init__(self) -> None:
        if self.failover_after <= self.heartbeat:
            raise ValueError("must have a failover_after that is longer than the heartbeat")
        if self.lag is not None and self.mode != "async":
            raise ValueError('must have mode = "async" for a lag')
        if self.reads == "lease" and self.lease_us <= self.heartbeat:
            raise ValueError(
                "must have a failover_after that leaves more than a heartbeat when the guard is "
                'taken off: reads = "lease" is built on it'
            )

    @property
    def lease_us(self) -> int:
        """How long after a heartbeat that was answered a primary need not ask."""
        return self.failover_after - int(self.failover_after * self.guard)

    @property
    def reads_committed(self) -> bool:
        """Whether reads return only what can never be taken back."""
        return self.reads in ("confirmed", "lease")

    def build(self, world: World, service: str, stations: list[Station]) -> Replicas:
        """The copies of one service."""
        return Replicas(self, world, service, stations)


class Replicas:
    """All copies of one service, and their coordinator."""

    __slots__ = ("coordinator", "copies", "record", "world")

    def __init__(
        self, record: PrimaryBackup, world: World, service: str, stations: list[Station]
    ) -> None:
        self.record = record
        self.world = world
        self.copies = [
            Replica(self, service, index, station) for index, station in enumerate(stations)
        ]
        self.coordinator: Coordinator | None = None
        court = world.stations_of[record.coordinator]
        if court and stations:
            self.coordinator = Coordinator(
                world, court[0].node, service, self.copies, record.heartbeat, record.failover_after
            )

    def start(self) -> None:
        """The first copy is the primary."""
        if self.coordinator is not None:
            self.coordinator.start()
        for copy in self.copies:
            copy.start(len(self.copies))

    @property
    def epoch(self) -> Epoch:
        """The newest epoch, as only the engine knows it."""
        return first_epoch(len(self.copies)) if self.coordinator is None else self.coordinator.epoch

    def close(self) -> list[Entry]:
        """What the newest primary has took effect; what others have beyond that did not."""
        if not self.copies:
            return []
        epoch = self.epoch
        truth = self.copies[max(0, epoch.primary)].journal
        reigns = truth.reigns()
        for copy in self.copies:
            copy.journal.discard(copy.journal.entries[copy.journal.common(reigns) :], epoch.blame)
        return truth.entries

    def blame(self) -> int:
        """The fault for which there is no primary to be had, or `NO_FAULT`."""
        epoch = self.epoch
        if self.coordinator is None or epoch.primary == NOBODY:
            return NO_FAULT
        fault = self.coordinator.blame_for(epoch.primary)
        if fault == NO_FAULT and not self.copies[epoch.primary].serves():
            fault = epoch.blame
        return fault
