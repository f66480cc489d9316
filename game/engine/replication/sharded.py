"""Sharding: the keys of a store are cut into shards, and each shard has copies of its own.

Karger and others, Consistent Hashing and Random Trees, STOC 1997; DeCandia and others, Dynamo, SOSP
2007, section 6.2 (a fixed number of shards that are laid on machines by a ring); Chang and others,
Bigtable, OSDI 2006, section 5.2 (ranges, split and moved while they are served); Cidon and others,
Copysets, USENIX ATC 2013. How a shard moves is in `sharded_keeper.py`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from game.engine.attempt import NO_FAULT
from game.engine.registry import REGISTRY
from game.engine.replication.sharded_contents import contents_of
from game.engine.replication.sharded_group import ShardGroup
from game.engine.replication.sharded_holder import Holder
from game.engine.replication.sharded_keeper import Keeper
from game.engine.replication.sharded_map import Cut, Place, ShardMap, cut_by_hash, cut_by_range
from game.engine.replication.sharded_placement import By, Layout, Machine, Placement, holders
from game.engine.routing.consistent_hash import MOST_POINTS
from game.level.annotations import KindOf, PositiveCount, ServiceName, WholeNumber
from game.level.model import MOST_KEYS, MOST_MACHINES

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from game.engine.replication.journal import Entry
    from game.engine.station import Station
    from game.engine.world import World

MOST_SHARDS = 1000
MOVABLE = ("none", "primary-backup", "chain", "raft", "quorum")
"""Protocols whose copies it is known how to move (`sharded_contents.py`)."""


@REGISTRY.register(
    "protocol",
    "sharded",
    says="keys are cut into shards; each has copies of its own on some machines, and may move",
    codex="sharding",
    causes=("no-leader", "no-quorum"),
    parts=lambda record: 2 + record.parts_of_each,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Sharded:
    """Each key keeps the promise of `each`, also while shards move, whatever crashes, pauses, and
    does to the network: a shard that moves is served by its old machines or by its new ones, never
    by both. Where `each` may lose a write, so may this. A wiped disk of the coordinator breaks
    the promise in the middle of a move."""

    cuts_by_key: ClassVar[bool] = True

    each: Annotated[Any, KindOf("protocol", tag="kind", shorthand="name")]
    """The protocol of the copies of one shard."""
    coordinator: ServiceName
    """A service on one machine, which needs no steps: it keeps the shard map, and moves shards."""
    by: By = "consistent-hash"
    """How keys become shards, and how these find their home: by the hash of the key, and the number
    of the shard modulo the machines; by ranges of keys, and a ring; by hash, and a ring."""
    shards: Annotated[int, WholeNumber(1, MOST_SHARDS)] = 16
    """With "range", at the begin."""
    keys: Annotated[int, WholeNumber(1, MOST_KEYS)] | None = None
    """With "range": ranges are equal parts of so many keys, as the clients have."""
    copies: PositiveCount = 3
    """Machines that have each shard."""
    placement: Placement = "random"
    """Where the copies are beside the home: anywhere, in other zones as far as there are any, or on
    the machines of one of a few copysets."""
    scatter: PositiveCount = 4
    """With "copysets": how many others share a shard with a machine (it is rounded up)."""
    points: Annotated[int, WholeNumber(1, MOST_POINTS)] = 100
    """Of each machine on the ring."""
    machines: Annotated[int, WholeNumber(1, MOST_MACHINES)] | None = None
    """The first so many of the service's machines have shards at the begin. Default: all."""
    at_once: PositiveCount = 1
    """Shards that move at one time."""

    def __post_init__(self) -> None:
        name = REGISTRY.kind_of("protocol", self.each).name
        if name not in MOVABLE:
            allowed = ", ".join(f'"{kind}"' for kind in MOVABLE)
            raise ValueError(f'must have an each of {allowed}, not "{name}"')
        if getattr(self.each, "versions", "") == "vectors" or getattr(self.each, "copies_on", None):
            raise ValueError(
                "must have an each without vectors and without copies_on: its copies are numbered "
                "anew with each move"
            )
        needed = getattr(self.each, "machines_needed", 0)
        if needed > self.copies:
            raise ValueError(f"must have copies for its each, which needs {needed} machines")
        if name == "none" and self.copies > 1:
            raise ValueError('must have copies = 1 where each = "none": nothing keeps them alike')
        if self.by == "range" and self.keys is None:
            raise ValueError('must have keys if by = "range": it is what is cut into ranges')
        if self.by != "range" and self.keys is not None:
            raise ValueError('must have no keys unless by = "range"')
        if self.keys is not None and self.keys < self.shards:
            raise ValueError(f"must have no more shards ({self.shards}) than keys ({self.keys})")
        if self.machines is not None and self.machines < self.copies:
            raise ValueError(
                f"must have machines for all copies: {self.copies} copies, {self.machines} machines"
            )

    @property
    def machines_needed(self) -> int:
        """Machines with copies, at least."""
        return max(self.copies, self.machines or 0)

    @property
    def compares(self) -> bool:
        """Whether `each` can tell that a key was written since it was read."""
        return bool(getattr(self.each, "compares", False))

    @property
    def parts_of_each(self) -> int:
        """Moving parts of the protocol of one shard."""
        return REGISTRY.kind_of("protocol", self.each).parts(self.each)

    @property
    def cut(self) -> Cut:
        """How keys are cut at the begin; every caller may know that."""
        if self.keys is None:
            return cut_by_hash(self.shards)
        return cut_by_range(self.shards, self.keys)

    def build(self, world: World, service: str, stations: list[Station]) -> ShardedStore:
        """The copies of one service."""
        return ShardedStore(self, world, service, stations)


class ShardedStore:
    """All shards of one service, and the keeper of their map."""

    __slots__ = (
        "first",
        "goals",
        "groups",
        "holders",
        "keeper",
        "layout",
        "machines",
        "record",
        "request_bytes",
        "stations",
        "world",
    )

    def __init__(
        self, record: Sharded, world: World, service: str, stations: list[Station]
    ) -> None:
        self.record = record
        self.world = world
        self.stations = stations
        self.request_bytes = world.services[service].request
        self.layout = Layout(
            f"{world.seed}/{service}",
            record.by,
            record.copies,
            record.placement,
            record.scatter,
            record.points,
        )
        self.machines = [
            Machine(index, station.node.name, station.node.zone)
            for index, station in enumerate(stations)
        ]
        self.groups: dict[int, ShardGroup] = {}
        """All that ever were, by number."""
        self.goals: dict[tuple[int, tuple[int, ...], tuple[int, ...]], tuple[int, ...]] = {}
        self.holders = [Holder(self, index, station) for index, station in enumerate(stations)]
        court = world.stations_of[record.coordinator]
        wanted = range(min(record.machines or len(stations), len(stations)))
        self.first = ShardMap(
            1,
            record.cut,
            tuple(
                Place(shard, self.holders_of(shard, wanted) if stations else ())
                for shard in range(record.shards)
            ),
        )
        node = court[0].node if court else stations[0].node
        self.keeper = Keeper(world, node, service, self, self.first, wanted)

    def start(self) -> None:
        """Everybody knows the first map."""
        for shard, place in enumerate(self.first.places):
            self._build(place.group, shard, place.machines, running=True)
        for holder in self.holders:
            holder.begin(self.first)

    # Groups

    def holders_of(
        self, shard: int, wanted: Sequence[int], apart: Sequence[int] = ()
    ) -> tuple[int, ...]:
        """The machines that a shard should be on, of those that are to have shards."""
        question = shard, tuple(wanted), tuple(apart)
        if question not in self.goals:
            among = [self.machines[index] for index in wanted]
            self.goals[question] = holders(self.layout, shard, among, apart)
        return self.goals[question]

    def group_of(self, number: int, shard: int, machines: tuple[int, ...]) -> ShardGroup:
        """The copies of that number; none of a new one runs yet."""
        if number not in self.groups:
            self._build(number, shard, machines, running=False)
        return self.groups[number]

    def _build(self, number: int, shard: int, machines: tuple[int, ...], *, running: bool) -> None:
        group = ShardGroup(
            self.record.each, self.world, number, shard, self.stations, machines, running=running
        )
        self.groups[number] = group
        group.replication.start()

    def kept(self, entries: Sequence[Entry], group: ShardGroup) -> list[Entry]:
        """What of the writes of a group's copies is about keys that are still its own."""
        cut = self.keeper.map.cut
        return [entry for entry in entries if cut.shard_of(entry.key) == group.shard]

    # The end

    def close(self) -> list[Entry]:
        """What the copies have that the newest map names took effect; what others have beyond that
        did not."""
        found: list[Entry] = []
        groups = self.keeper.map.groups()
        for number, shard in groups.items():
            place = self.keeper.map.places[shard]
            group = self.group_of(number, shard, place.machines)
            for machine in place.machines:
                self.holders[machine].arrivals.fill(group)
            found += self.kept(group.replication.close(), group)
        kept = Counter((entry.operation, entry.call) for entry in found)
        for group in self.groups.values():
            if group.number not in groups:
                for machine in group.processes:
                    self._discard(group, machine, kept)
        return found

    def _discard(self, group: ShardGroup, machine: int, kept: Container[tuple[int, int]]) -> None:
        """Note the writes of a copy of a shard that is elsewhere now, and did not move along."""
        station = self.stations[machine]
        for write in contents_of(group, machine).writes():
            if write not in kept:
                row = (write[0], station.kernel.now, station.index, NO_FAULT)
                self.world.log.discarded.append(row)
