"""Gossip: every copy takes reads and writes at once, and copies tell each other at intervals.

Shapiro, Preguica, Baquero and Zawirski, Conflict-free Replicated Data Types, SSS 2011; Demers and
others, Epidemic Algorithms for Replicated Database Maintenance, PODC 1987. What is kept is in
`gossip_lattice.py` and `gossip_contents.py`, who tells whom in `gossip_copy.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from game.engine.attempt import NO_FAULT
from game.engine.events.event import Counter, counter_key
from game.engine.log import FinalRead
from game.engine.node import State
from game.engine.registry import REGISTRY
from game.engine.replication.gossip_contents import KEPT_AS, Context, Newest, Posted
from game.engine.replication.gossip_copy import GossipCopy
from game.engine.replication.gossip_lattice import Item, Lattice
from game.engine.replication.journal import Entry, Key
from game.engine.replication.quorum_effects import overshadowed
from game.engine.replication.quorum_versions import Version
from game.level.annotations import PositiveCount, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.station import Station
    from game.engine.workload.application import Output
    from game.engine.world import World

ON_THE_WAY_US = 1_000_000
"""No message is on its way for longer, as far as the time to settle is concerned."""
GOSSIP = "gossip"


@REGISTRY.register(
    "event", GOSSIP, says="A copy learns from another one what is new.", codex="crdt"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedByGossip(Counter):
    """Entries that copies learned from each other."""

    total: ClassVar[str] = GOSSIP


@REGISTRY.register(
    "protocol",
    "gossip",
    says="every copy takes reads and writes at once, and tells the others at intervals",
    codex="crdt",
    causes=("lost-write", "duplicate", "stale"),
    facts=("untold",),
    parts=lambda gossip: 1 + (gossip.sends == "delta") + gossip.causal,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Gossip:
    """Strong eventual consistency, whatever crashes, pauses, and does to the network: copies that
    have received the same updates say the same, and all that are connected receive them. A copy
    that is up and can be reached answers, whatever becomes of the others. Nothing acknowledged is
    lost while disks live; a wiped disk takes with it what it has not told anybody. An add counts
    once, however often gossip is lost, doubled or reordered.

    Reads may be as old as a partition is long. A write that its client sends again to another
    machine counts twice in a counter, since nobody there knows of the first; sets and feeds take
    it for one. A register keeps of two writes the one with the larger stamp: acknowledged writes
    are lost where clocks differ by more than the time between them; with `hybrid` stamps not those
    that came to a copy which knew of the other one. With `causal` no read shows a reply without the
    post to which it replies."""

    promises: ClassVar[tuple[str, ...]] = ("convergence",)
    """The checkers that its stores are held to, beside those of the application."""

    period: PositiveDurationUs = 200_000
    """How often each copy tells others."""
    fanout: PositiveCount = 1
    """How many of them it tells each time."""
    sends: Literal["delta", "state"] = "delta"
    """What the other one has not confirmed yet, or all there is."""
    clock: Literal["hybrid", "local"] = "hybrid"
    """What gives stamps: a hybrid logical clock, or the machine's time of day alone."""
    causal: bool = False
    """Posts are held back until what their authors had seen, when they looked last, is there."""

    def __post_init__(self) -> None:
        if self.causal and self.clock == "local":
            raise ValueError('must have clock = "hybrid" if causal: posts show in order of stamps')

    def cannot_keep(self, store: Any) -> str:
        """Why not, in a sentence; "" if it can."""
        name = REGISTRY.kind_of("application", store).name
        if name not in KEPT_AS:
            return (
                f'copies that gossip cannot keep "{name}", whose writes need an order that all '
                f"agree on: only {', '.join(KEPT_AS)}"
            )
        if self.causal and name != "feed":
            return f'"causal" is for store = "feed": of "{name}" nothing refers to anything'
        return ""

    def settles_us(self, machines: int) -> int:
        """After so long without trouble, and without writes, all copies say the same, if letters
        need no more than a second and half of the rounds arrive."""
        others = max(1, machines - 1)
        rounds = -(-2 * others // min(self.fanout, others)) + 2
        return rounds * self.period + ON_THE_WAY_US

    def build(self, world: World, service: str, stations: list[Station]) -> GossipGroup:
        """The copies of one service."""
        return GossipGroup(self, world, service, stations)


class Written(NamedTuple):
    """A write that some copy took, as only the engine knows."""

    entry: Entry
    items: tuple[Item, ...]


class GossipGroup:
    """All copies of one service."""

    __slots__ = (
        "clock_faults",
        "commands",
        "contents",
        "contexts",
        "copies",
        "log",
        "record",
        "service",
        "value_bytes",
        "wiped_by",
        "world",
        "written",
    )

    def __init__(self, record: Gossip, world: World, service: str, stations: list[Station]) -> None:
        self.record = record
        self.world = world
        self.log = world.log
        self.service = service
        kind = REGISTRY.kind_of("application", world.services[service].store)
        self.contents = KEPT_AS[kind.name]
        self.commands = world.commands.get(service)
        """None for registers, whose values nobody needs to know."""
        self.value_bytes = world.services[service].request
        self.contexts: dict[tuple[int, Output], Context] = {}
        """By feed and what a read of it returned: what goes with that to the client, who brings it
        along when it writes."""
        self.written: list[Written] = []
        self.clock_faults: dict[int, int] = {}
        """Writes with a stamp by a clock that a fault had made wrong, and which."""
        self.wiped_by = NO_FAULT
        self.copies = [GossipCopy(self, index, station) for index, station in enumerate(stations)]
        self.log.totals.setdefault(counter_key(GOSSIP, service), 0)

    def start(self) -> None:
        """Copies tell each other from now on."""
        for copy in self.copies:
            copy.start()

    # Facts

    def note_write(self, copy: GossipCopy, key: int, write: Key, items: tuple[Item, ...]) -> None:
        """A copy took a write."""
        entry = Entry(*write, key, copy.station.kernel.now, copy.station.index)
        self.written.append(Written(entry, items))
        clock = copy.node.clock
        if self.contents.stamped and clock is not None and clock.blame != NO_FAULT:
            self.clock_faults[entry.operation] = clock.blame

    def count_learned(self, entries: int) -> None:
        """A copy learned so many entries from another one."""
        self.log.totals[counter_key(GOSSIP, self.service)] += entries

    def discard(self, copy: GossipCopy) -> None:
        """A disk is wiped; what is on others, too, is not lost by that."""
        self.wiped_by = copy.node.blame
        for entry, items in self.written:
            if items and all(map(copy.lattice.has, items)):
                self._note_discarded(entry, copy.node.blame)

    def _note_discarded(self, entry: Entry, blame: int) -> None:
        now_us = self.world.kernel.now
        self.log.discarded.append((entry.operation, now_us, entry.station, blame))

    # The end

    def close(self) -> list[Entry]:
        """A write took effect if it is on some disk in the end, or what took its place; a post if
        it shows where all of that is; a value of a register not if a write has a larger stamp that
        was over when its own began. To take the same post or element twice has but one effect."""
        self._look_at_all()
        everything = Lattice()
        for copy in self.copies:
            everything.join(copy.lattice.since(0))
        kept = [entry for entry, items in self.written if all(map(everything.has, items))]
        if isinstance(self.contents, Newest):
            return self._not_overshadowed(kept)
        if isinstance(self.contents, Posted):
            kept = self._showing(kept, everything)
        if self.contents.once:
            return list({(entry.operation, entry.call): entry for entry in reversed(kept)}.values())
        return kept

    def _showing(self, kept: list[Entry], everything: Lattice) -> list[Entry]:
        """Posts that are held back for what a wiped disk took with it are gone, too."""
        assert isinstance(self.contents, Posted)
        showing = {
            operation
            for entries in everything.keys.values()
            for operation in self.contents.look(entries)
        }
        for entry in kept:
            if entry.operation not in showing:
                self._note_discarded(entry, self.wiped_by)
        return [entry for entry in kept if entry.operation in showing]

    def _not_overshadowed(self, kept: list[Entry]) -> list[Entry]:
        versions: dict[Entry, tuple[int, Version]] = {
            entry: (entry.key, items[0].value) for entry, items in self.written
        }
        lost = overshadowed(self.log, versions.values())
        for entry in kept:
            winner = lost.get(versions[entry])
            if winner is not None:
                own = self.clock_faults.get(entry.operation, NO_FAULT)
                blame = self.clock_faults.get(winner.operation, own)
                self._note_discarded(entry, blame)
        return [entry for entry in kept if versions[entry] not in lost]

    def _look_at_all(self) -> None:
        """Write down what each copy says that is up, by islands: copies that can all talk to each
        other. Where that is not so for all who are connected somehow, nobody is asked."""
        last = {entry.key: entry for entry, _ in self.written}
        for number, island in enumerate(self._islands()):
            for copy in island:
                for key, entry in last.items():
                    value = self.contents.look(copy.lattice.under(key))
                    self.log.final_reads.append(
                        FinalRead(
                            number, copy.station.index, key, value, entry.time_us, entry.operation
                        )
                    )

    def _islands(self) -> list[list[GossipCopy]]:
        left = [copy for copy in self.copies if copy.node.state == State.UP]
        found: list[list[GossipCopy]] = []
        while left:
            island = [left.pop(0)]
            for one in island:
                near = [copy for copy in left if _are_connected(one, copy)]
                left = [copy for copy in left if copy not in near]
                island += near
            if all(_are_connected(one, other) for one in island for other in island):
                found.append(island)
        return found


def _are_connected(one: GossipCopy, other: GossipCopy) -> bool:
    return one is other or one.post.trouble_with(other.node) == NO_FAULT
