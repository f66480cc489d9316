"""Leaderless quorums: any machine takes a request, and enough of the copies answer it.

After DeCandia and others, Dynamo: Amazon's Highly Available Key-value Store, SOSP 2007, sections
4.3 to 4.7, and Attiya, Bar-Noy and Dolev, Sharing Memory Robustly in Message-Passing Systems, JACM
1995. Who asks is in `quorum_coordinator.py`, who answers in `quorum_replica.py`; what is newer in
`quorum_versions.py` and `quorum_siblings.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from game.engine.attempt import NO_FAULT
from game.engine.events.event import counter_key
from game.engine.network import CONTROL_BYTES
from game.engine.registry import REGISTRY
from game.engine.replication.hinted_handoff import HintedHandoff
from game.engine.replication.journal import Entry, Key
from game.engine.replication.quorum_coordinator import QuorumCoordinator
from game.engine.replication.quorum_effects import overshadowed, remaining
from game.engine.replication.quorum_events import (
    ANTI_ENTROPY,
    HINT_DELIVERED,
    HINT_STORED,
    READ_REPAIR,
    SIBLINGS,
)
from game.engine.replication.quorum_replica import QuorumReplica
from game.engine.replication.quorum_siblings import Kept, Writer, joined, writes_in
from game.engine.replication.quorum_versions import NOTHING, Version
from game.engine.streams import mix
from game.level.annotations import DurationUs, PositiveCount, PositiveDurationUs, ServiceName

if TYPE_CHECKING:
    from game.engine.node import Node
    from game.engine.station import Station
    from game.engine.world import World


@REGISTRY.register(
    "protocol",
    "quorum",
    says="no machine leads: a write is done when w copies have it, and a read asks r of them",
    codex="quorum",
    causes=("no-quorum", "lost-write"),
    parts=lambda quorum: (
        2
        + (quorum.repair != "none")
        + quorum.sloppy
        + (quorum.anti_entropy is not None)
        + (quorum.commit_wait is not None)
        + (quorum.versions == "vectors")
    ),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """With r + w > n, `logical` versions, `write-back` and without `sloppy`, a key is linearizable
    whatever crashes, pauses, and does to the network, for clients that send idempotency keys; a
    wiped disk is another matter. Who sends a write again to another machine writes twice, though:
    two machines that do not know of each other give it two versions. With `background` repair
    it is regular while nothing fails: a read sees the last write that was over, or one that was
    not; two reads may see these the wrong way round. With r + w <= n a read may miss what was
    acknowledged. With `last-writer-wins` and a `commit_wait` that no clock's error exceeds, all
    of that holds as with `logical` versions; without it, acknowledged writes are lost where clocks
    differ (Corbett and others, Spanner, OSDI 2012, section 4.1.2).

    With `vectors` a key is no register, since a read may return several values. But whatever r and
    w are, no acknowledged write goes, unless a write that had seen it takes its place, or all disks
    that have it are wiped; and with r + w > n, without `sloppy`, a read returns each write that was
    over, or one that had seen it."""

    unordered: ClassVar[bool] = True
    """Its copies agree on no order of writes, so that it keeps plain values alone."""

    n: PositiveCount | None = None
    """Copies of each key, on the machines that follow each other from the key's place on; default:
    one on each machine."""
    r: PositiveCount = 2
    """Answers that a read needs."""
    w: PositiveCount = 2
    """Copies that must have a write before it is acknowledged."""
    versions: Literal["logical", "last-writer-wins", "vectors"] = "logical"
    """What makes a write newer than another one: a counter, for which it first asks r copies; the
    clock of the machine that took the request; or that its writer had seen the other one: those
    that did not know of each other are kept side by side."""
    context: Literal["read", "blind"] = "read"
    """With `vectors`, what a write has seen and replaces: what r copies have, or nothing."""
    commit_wait: DurationUs | None = None
    """How far any clock may be from the true time. Each write gets the latest stamp that its moment
    may have, and is acknowledged, or read, only when that is surely over: about twice so long.
    Needs `last-writer-wins`; default: no such wait."""
    repair: Literal["none", "background", "write-back"] = "write-back"
    """What a read does with copies that are behind: nothing; it updates them after its answer; it
    answers only when w copies have what it saw."""
    ask: Literal["all", "random"] = "all"
    """Send to all n copies and take the fastest answers, or to just as many as are needed."""
    sloppy: bool = False
    """Other machines may stand in for copies that do not answer: they keep a hint, and hand it
    over later. Needs more machines than n."""
    ask_again: PositiveDurationUs = 50_000
    """A copy that has not answered for so long is asked again, and stood in for if `sloppy`."""
    hand_over: PositiveDurationUs = 1_000_000
    """How often a machine tries to hand its hints over."""
    anti_entropy: PositiveDurationUs | None = None
    """How often each machine compares one range of its keys with another copy, and both take over
    what is newer; default: never."""
    gives_up: PositiveDurationUs = 500_000
    """After so long without enough answers it says `no-quorum`."""
    copies_on: ServiceName | None = None
    """A service, which needs no steps, on whose machines the copies are; those of this service then
    keep nothing, and only ask. Default: this service."""

    def __post_init__(self) -> None:
        if self.n is not None and max(self.r, self.w) > self.n:
            raise ValueError("must have an r and a w that are no more than n")
        if self.sloppy and self.n is None:
            raise ValueError("must have an n if sloppy, so that machines are left to stand in")
        if self.sloppy and self.ask == "random":
            raise ValueError('must have ask = "all" if sloppy')
        if self.context == "blind" and self.versions != "vectors":
            raise ValueError('must have versions = "vectors" if the context is blind')
        if self.gives_up <= self.ask_again:
            raise ValueError("must have a gives_up that is longer than ask_again")
        if self.commit_wait is not None and self.versions != "last-writer-wins":
            raise ValueError('must have versions = "last-writer-wins" for a commit_wait')
        if self.commit_wait is not None and self.gives_up <= 2 * self.commit_wait:
            raise ValueError("must have a gives_up that is longer than twice the commit_wait")

    @property
    def machines_needed(self) -> int:
        """Machines with copies, at least."""
        return max(self.n or 0, self.r, self.w) + self.sloppy

    @property
    def asks_first(self) -> bool:
        """Whether a write begins by asking what is there."""
        if self.versions == "vectors":
            return self.context == "read"
        return self.versions == "logical"

    def build(self, world: World, service: str, stations: list[Station]) -> QuorumGroup:
        """The copies of one service."""
        return QuorumGroup(self, world, service, stations)


class QuorumGroup:
    """All that takes part: who asks, who answers, and which copies a key has."""

    __slots__ = (
        "_holders",
        "appeared",
        "clock_faults",
        "coordinators",
        "handoffs",
        "log",
        "record",
        "replaced",
        "replicas",
        "service",
        "value_bytes",
        "world",
    )

    def __init__(self, record: Quorum, world: World, service: str, stations: list[Station]) -> None:
        self.record = record
        self.world = world
        self.log = world.log
        self.service = service
        self.value_bytes = CONTROL_BYTES + world.services[service].request
        self.appeared: dict[tuple[int, Version], tuple[int, int]] = {}
        """By key and version: when and where a write arrived first, as only the engine knows."""
        self.clock_faults: dict[Version, int] = {}
        """Writes whose version is by a clock that a fault had made wrong, and which."""
        self.replaced: dict[Version, tuple[Version, ...]] = {}
        """With vectors: what each write had really seen, as only the engine knows."""
        self._holders: dict[int, tuple[int, ...]] = {}
        on = world.stations_of[record.copies_on or service]
        self.replicas = [QuorumReplica(self, index, station) for index, station in enumerate(on)]
        self.coordinators = [
            QuorumCoordinator(self, index, station) for index, station in enumerate(stations)
        ]
        machines = {replica.node.place: replica.index for replica in self.replicas}
        for coordinator in self.coordinators:
            coordinator.local = machines.get(coordinator.node.place, -1)
        self.handoffs = [HintedHandoff(replica) for replica in self.replicas if record.sloppy]
        counted = [READ_REPAIR]
        counted += [HINT_STORED, HINT_DELIVERED] if record.sloppy else []
        counted += [ANTI_ENTROPY] if record.anti_entropy is not None else []
        counted += [SIBLINGS] if record.versions == "vectors" else []
        for name in counted:
            self.log.totals.setdefault(counter_key(name, service), 0)

    def start(self) -> None:
        """Copies look after each other from now on."""
        for handoff in self.handoffs:
            handoff.start()
        for replica in self.replicas:
            if replica.anti_entropy is not None:
                replica.anti_entropy.start()

    def close(self) -> list[Entry]:
        """A write took effect if it arrived at some machine, and some machine has it or a newer one
        in the end. One that began after the end of a write with a newer version did not: it is
        lost, whoever may have seen it for a while. With vectors, newer is what had seen it."""
        newest = self._newest()
        if self.record.versions == "vectors":
            there = (version for kept in newest.values() for version in writes_in(kept))
            left = remaining(there, self.replaced)
            return [_entry(at, where) for at, where in self.appeared.items() if at[1] in left]
        lost = overshadowed(self.log, self.appeared)
        for (key, version), winner in lost.items():
            time_us, station = self.appeared[key, version]
            fault = self.clock_faults.get(winner, self.clock_faults.get(version, NO_FAULT))
            self.log.discarded.append((version.operation, time_us, station, fault))
        return [
            _entry((key, version), where)
            for (key, version), where in self.appeared.items()
            if joined(kept := newest.get(key, NOTHING), version) == kept
            and (key, version) not in lost
        ]

    def _newest(self) -> dict[int, Kept]:
        """What all copies, and those that stand in for them, have together."""
        newest: dict[int, Kept] = {}
        for replica in self.replicas:
            for key, kept in replica.newest.items():
                newest[key] = joined(newest.get(key, NOTHING), kept)
            for (_, key), kept in replica.hints.items():
                newest[key] = joined(newest.get(key, NOTHING), kept)
        return newest

    # Places

    def range_of(self, key: int) -> int:
        """The place of a key on the ring, from which on its copies are; 0 where all machines have
        all keys."""
        size = len(self.replicas)
        return mix(key) % size if size and self.record.n is not None else 0

    def holders(self, number: int) -> tuple[int, ...]:
        """The replicas of a range, in the order of the ring."""
        if number not in self._holders:
            self._holders[number] = tuple(self._ring(number)[: self.record.n])
        return self._holders[number]

    def homes(self, key: int) -> tuple[int, ...]:
        """The replicas of a key."""
        return self.holders(self.range_of(key))

    def stand_ins(self, key: int) -> Sequence[int]:
        """The replicas that follow them."""
        return self._ring(self.range_of(key))[self.record.n :]

    def ranges_on(self, replica: int) -> list[int]:
        """The ranges that a replica has a copy of."""
        if self.record.n is None:
            return [0]
        size = len(self.replicas)
        return [number for number in range(size) if replica in self.holders(number)]

    def _ring(self, first: int) -> list[int]:
        return [*range(first, len(self.replicas)), *range(first)]

    # Facts

    def arrived(self, key: int, kept: Kept, station: Station) -> None:
        """A replica was sent a version, or several."""
        for version in writes_in(kept):
            self.appeared.setdefault((key, version), (station.kernel.now, station.index))

    def note_replaced(self, writer: Writer, write: Key, seen: Kept) -> None:
        """A coordinator gave a write its dot."""
        self.replaced[Version(writer.count, writer.name, *write)] = tuple(writes_in(seen))

    def note_clock(self, version: Version, node: Node) -> None:
        """A coordinator gave a write its version."""
        if node.clock is not None and node.clock.blame != NO_FAULT:
            self.clock_faults[version] = node.clock.blame

    def discard(self, versions: Sequence[Version], station: Station) -> None:
        """A disk was wiped with these on it."""
        row = self.log.discarded.append
        for version in versions:
            row((version.operation, station.kernel.now, station.index, station.node.blame))

    def count(self, total: str) -> None:
        """Something that is only counted happened once more."""
        self.log.totals[counter_key(total, self.service)] += 1


def _entry(at: tuple[int, Version], where: tuple[int, int]) -> Entry:
    key, version = at
    return Entry(version.operation, version.call, key, *where)
