"""The keeper of the shard map: one machine that says which shard is where, and moves shards.

A move goes like this. The new machines fetch a snapshot in pieces while the old ones serve. When
they have nearly all, and every old machine answers, these are told to stop; each says how far its
journal is. The new machines fetch the rest from the one that is furthest, and when all of them have
it on disk, the keeper writes down the next version of the map and tells everybody. If that does not
happen in time, the move is given up, the old machines serve on, and it is tried again later.

So a directory moves between groups in Corbett and others, Spanner, OSDI 2012, section 2.2: in the
background, and the last bit in one step. That all must answer is as in two-phase commit (Gray,
Notes on Data Base Operating Systems, 1978): a shard leaves only machines that answer, and nobody
serves it who does not know that it is his.

Map and moves are on the disk of the keeper. One that was wiped learns the newest map from machines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from game.engine.attempt import NEVER, NO_FAULT
from game.engine.log import Change, MessageKind
from game.engine.priorities import TIMER
from game.engine.replication.letters import Post
from game.engine.replication.sharded_letters import (
    Finish,
    Heard,
    Move,
    News,
    Prepare,
    Rank,
    Report,
    Stop,
)
from game.engine.replication.sharded_map import NO_KEY, Place, ShardMap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from game.engine.node import Node
    from game.engine.replication.sharded import ShardedStore
    from game.engine.world import World

TICK_US = 100_000
"""How often what is not answered is said again."""
FRESH_US = 3 * TICK_US
"""A machine that answered within this time is taken to be there."""
PATIENCE_US = 1_000_000
"""How long a shard stands still for a move, at most, before the move is given up."""
REST_US = 1_000_000
"""How long nothing is moved after that."""


@dataclass(slots=True, eq=False)
class Running:
    """How far a move is."""

    move: Move
    heard_us: dict[int, int] = field(default_factory=dict)
    """When each machine that takes part answered last."""
    ready: set[int] = field(default_factory=set)
    stopping_us: int = NEVER
    """Since when the old ones are told to stop."""
    stopped: dict[int, Rank] = field(default_factory=dict)
    staged: set[int] = field(default_factory=set)
    source: int = 0
    """Which of the old machines the new ones fetch from, by its place among them."""

    def furthest(self) -> int:
        """The old machine whose journal has all that was acknowledged."""
        return max(self.move.old, key=lambda machine: (self.stopped[machine], -machine))


class Keeper:
    """Keeps the map of one service."""

    __slots__ = (
        "kernel",
        "known",
        "log",
        "map",
        "newest",
        "node",
        "orders",
        "post",
        "rest_until_us",
        "running",
        "splits",
        "store",
        "ticking",
        "ticks",
        "unheard",
        "wanted",
    )

    def __init__(
        self,
        world: World,
        node: Node,
        service: str,
        store: ShardedStore,
        first: ShardMap,
        wanted: Sequence[int],
    ) -> None:
        self.kernel = world.kernel
        self.log = world.log
        self.node = node
        self.store = store
        self.post = Post(world, node, f"{service}/shard-map")
        self.map = first
        self.newest = len(first.places) - 1
        """Numbers that were given away, to groups and to moves."""
        self.wanted = list(wanted)
        """Machines that are to have shards, in order of the level."""
        self.orders: dict[int, int] = {}
        """The fault behind the newest order about each machine."""
        self.splits: list[tuple[int, int]] = []
        """(first key, fault) of what is to be split off."""
        self.running: dict[int, Running] = {}
        self.known: dict[int, int] = {}
        """The version that each machine is known to have; in memory."""
        self.unheard: set[int] = set()
        """Machines that a keeper that was wiped has yet to hear of."""
        self.rest_until_us = 0
        self.ticking = False
        self.ticks = 0
        node.on_crash.append(self._crashed)
        node.on_start.append(self._started)
        node.on_wipe.append(self._wiped)

    # Orders

    def order(self, machine: int, fault: int, *, out: bool) -> None:
        """The operator wants a machine to have shards, or to have none."""
        self.orders[machine] = fault
        wanted = set(self.wanted) - {machine} if out else {*self.wanted, machine}
        if wanted:
            self.wanted = sorted(wanted)
        self._plan_tick()

    def split(self, key: int, fault: int) -> None:
        """The operator wants a range to be cut at a key."""
        self.splits.append((key, fault))
        self._plan_tick()

    def _begin_moves(self) -> None:
        """As many as may go on at once."""
        if self.kernel.now < self.rest_until_us or self.unheard:
            return
        busy = {one.move.source for one in self.running.values()}
        while self.splits and len(self.running) < self.store.record.at_once:
            key, fault = self.splits[0]
            shard = self.map.cut.shard_of(key)
            source = self.map.places[shard]
            if source.group in busy or any(
                one.move.split_at != NO_KEY for one in self.running.values()
            ):
                return
            self.splits.pop(0)
            if (key, shard) not in self.map.cut.starts:
                self._begin(len(self.map.places), source, fault, key, shard)
                return
        for shard, place in enumerate(self.map.places):
            if len(self.running) >= self.store.record.at_once:
                break
            if place.group not in busy and not self._is_settled(shard, place):
                self._begin(shard, place, NO_FAULT, NO_KEY, place.apart)

    def _is_settled(self, shard: int, place: Place) -> bool:
        """Whether a shard is on the machines where it should be; in what order does not matter."""
        return set(self._goal(shard, place.apart)) == set(place.machines)

    def _goal(self, shard: int, apart: int) -> tuple[int, ...]:
        """The machines that a shard should be on."""
        neighbours = self.map.places[apart].machines if apart >= 0 else ()
        return self.store.holders_of(shard, self.wanted, neighbours)

    def _begin(self, shard: int, source: Place, fault: int, split_at: int, apart: int) -> None:
        new = self._goal(shard, apart)
        if fault == NO_FAULT:
            ordered = [self.orders[one] for one in (*source.machines, *new) if one in self.orders]
            fault = max(ordered, default=NO_FAULT)
        self.newest += 1
        move = Move(self.newest, shard, source.group, source.machines, new, split_at, fault)
        self.running[move.number] = Running(move)
        self._say_step(self.running[move.number])

    # Moves

    def reported(self, report: Report) -> None:
        """A machine that takes part says how far it is."""
        running = self.running.get(report.move)
        if running is None:
            self._tell(report.sender)
            return
        running.heard_us[report.sender] = self.kernel.now
        if report.ready:
            running.ready.add(report.sender)
        if report.stopped is not None and running.stopping_us != NEVER:
            running.stopped[report.sender] = report.stopped
        if report.staged:
            running.staged.add(report.sender)
        self._go_on(running)

    def _go_on(self, running: Running) -> None:
        """The next step of a move, if it is time for it."""
        move, now = running.move, self.kernel.now
        if running.stopping_us == NEVER:
            alive = all(now - running.heard_us.get(one, -FRESH_US) < FRESH_US for one in move.old)
            if alive and running.ready.issuperset(move.new):
                running.stopping_us = now
                self._say_step(running)
        elif running.staged.issuperset(move.new):
            self._end(running)
        elif len(running.stopped) == len(move.old) and not running.staged:
            self._say_step(running)

    def _say_step(self, running: Running) -> None:
        """Tell those that have not answered what to do now."""
        move, holders = running.move, self.store.holders
        if running.stopping_us == NEVER:
            source = move.old[running.source % len(move.old)]
            content: Any = Prepare(move, source)
            for machine in dict.fromkeys((*move.old, *move.new)):
                self._send(machine, holders[machine].arrivals.prepared, content)
        elif len(running.stopped) < len(move.old):
            for machine in move.old:
                if machine not in running.stopped:
                    self._send(machine, holders[machine].stopped, Stop(move))
        else:
            content = Finish(move, running.furthest())
            for machine in move.new:
                if machine not in running.staged:
                    self._send(machine, holders[machine].arrivals.finishing, content)

    def _end(self, running: Running) -> None:
        """All have it: from now on it is theirs."""
        move = running.move
        del self.running[move.number]
        apart = self.map.places[move.shard].apart if move.split_at == NO_KEY else NO_KEY
        if move.split_at != NO_KEY:
            apart = self.map.cut.shard_of(move.split_at)
        place = Place(move.number, move.new, apart)
        self.map = self.map.moved(move.shard, place, move.split_at)
        self._note_moved(move)
        self._tell_all()
        self._begin_moves()

    def _give_up(self, running: Running) -> None:
        """It takes too long: the old machines go on."""
        del self.running[running.move.number]
        if running.move.split_at != NO_KEY:
            self.splits.insert(0, (running.move.split_at, running.move.fault))
        self.rest_until_us = self.kernel.now + REST_US
        for machine in running.move.old:
            self._tell(machine)

    def _note_moved(self, move: Move) -> None:
        station = self.store.holders[move.new[0]].station.index
        self.log.changes.append((self.kernel.now, Change.SHARD_MOVED, station, move.shard))

    # News

    def heard(self, heard: Heard) -> None:
        """A machine says what it knows of the map."""
        if heard.map is not None:
            if heard.map.version > self.map.version:
                self.map = heard.map
            self.known[heard.sender] = heard.map.version
        self.newest = max(self.newest, heard.newest, *self.map.groups())
        self.unheard.discard(heard.sender)
        if heard.asks and not self.unheard:
            self._tell(heard.sender)

    def _tell(self, machine: int) -> None:
        known = None if self.unheard else self.map
        news = News(known, self.newest, frozenset(self.running))
        self._send(machine, self.store.holders[machine].told, news)

    def _tell_all(self) -> None:
        for machine in range(len(self.store.holders)):
            self._tell(machine)

    def _send(self, machine: int, read: Callable[[Any], None], content: Any) -> None:
        self.post.send(self.store.holders[machine].node, read, content, MessageKind.ORDER)

    # Time

    def _plan_tick(self, after_us: int = 0) -> None:
        if not self.ticking:
            self.ticking = True
            self.ticks += 1
            self.kernel.at(self.kernel.now + after_us, self._tick, self.ticks, TIMER)

    def _tick(self, number: int) -> None:
        """Say again what was not answered, and see what is to be done."""
        if number != self.ticks or self.node.is_asleep(self._tick, number):
            return
        self.ticking = False
        for running in list(self.running.values()):
            began_us = running.stopping_us
            if began_us != NEVER and self.kernel.now - began_us >= PATIENCE_US:
                self._give_up(running)
            else:
                running.source += 1
                self._say_step(running)
                self._go_on(running)
        self._begin_moves()
        behind = sorted(self.unheard) or self._behind()
        for machine in behind:
            self._tell(machine)
        if self.running or behind or self._has_more():
            self._plan_tick(TICK_US)

    def _behind(self) -> list[int]:
        """Machines that may not know the newest map; the first one all were installed with."""
        version = self.map.version
        machines = range(len(self.store.holders)) if version > 1 else ()
        return [machine for machine in machines if self.known.get(machine, 0) < version]

    def _has_more(self) -> bool:
        """Whether something is left to be moved."""
        return bool(self.splits) or any(
            not self._is_settled(shard, place) for shard, place in enumerate(self.map.places)
        )

    def _crashed(self) -> None:
        self.known.clear()
        self.ticking = False
        self.ticks += 1

    def _started(self) -> None:
        self.ticking = False
        self._plan_tick()

    def _wiped(self) -> None:
        """The moves are forgotten; the map is known again when all machines have told theirs."""
        self.map = self.store.first
        self.newest = len(self.map.places) - 1
        self.running.clear()
        self.splits.clear()
        self.unheard = set(range(len(self.store.holders)))
        self._plan_tick()
