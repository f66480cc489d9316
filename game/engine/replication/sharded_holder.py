"""The shards of one machine: it serves those that it has, and names another machine for the rest.

What it knows of the shard map is on its disk, and so is which shards it has stopped to serve. It
learns of other versions by letters alone, so it may be behind; it never serves a shard that it was
told to stop until it is told that the move is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT
from game.engine.causes import Cause
from game.engine.log import Change, MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.priorities import TIMER
from game.engine.replication.epochs import NOBODY
from game.engine.replication.letters import Post
from game.engine.replication.sharded_arrivals import Arrivals
from game.engine.replication.sharded_contents import (
    contents_of,
    size_of,
)
from game.engine.replication.sharded_letters import (
    Heard,
    Move,
    News,
    Piece,
    Pull,
    Report,
    Stop,
)
from game.engine.steps import Chained

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.sharded import ShardedStore
    from game.engine.replication.sharded_group import ShardGroup
    from game.engine.replication.sharded_map import ShardMap
    from game.engine.station import Station, Step

RESEND_US = 100_000
"""What is not answered for so long is asked again."""


@dataclass(slots=True, eq=False)
class Replica:
    """One shard on one machine."""

    group: ShardGroup
    stopped_for: int = 0
    """The move that it is stopped for; 0: it is served."""
    blame: int = NO_FAULT
    inside: dict[Attempt, Step] = field(default_factory=dict)
    """Operations that the shard has not answered yet, and the step that each came from."""


class InShard(Chained):
    """The step of an operation while it is at a shard's own copy."""

    __slots__ = ("holder",)

    def __init__(self, holder: Holder, position: int) -> None:
        self.holder = holder
        self.position = position
        self.next = self._done

    def start(self, attempt: Attempt) -> None:
        """It is put there by the holder."""
        raise AssertionError("the step inside a shard was started")

    def _done(self, attempt: Attempt) -> None:
        self.leave(attempt)
        attempt.step.next(attempt)

    def leave(self, attempt: Attempt) -> None:
        """The shard is done with it."""
        self.holder.leave(attempt)

    def stop(self, attempt: Attempt) -> None:
        """Nobody waits for it any more."""
        self.holder.stop(attempt)


class Holder:
    """The store on one machine: a copy as the station sees it."""

    __slots__ = (
        "arrivals",
        "asking",
        "held",
        "index",
        "kernel",
        "map",
        "node",
        "post",
        "station",
        "steps",
        "store",
        "timers",
        "turn",
        "where",
    )

    def __init__(self, store: ShardedStore, index: int, station: Station) -> None:
        self.store = store
        self.index = index
        self.station = station
        self.node = station.node
        self.kernel = station.kernel
        self.post = Post(station.world, station.node, f"{station.name}/shards")
        self.map: ShardMap | None = None
        """The newest version that it knows; on disk."""
        self.held: dict[int, Replica] = {}
        """By group; on disk, but for what is inside."""
        self.arrivals = Arrivals(self)
        self.where: dict[Attempt, Replica] = {}
        self.steps: dict[int, InShard] = {}
        self.asking = False
        self.timers = 0
        self.turn = index
        """Which of several machines is named next."""
        station.copy = self
        self.node.on_start.append(self._started)
        self.node.on_wipe.append(self._wiped)

    # Operations

    def write(self, attempt: Attempt) -> None:
        """See `Copy`."""
        held = self._enter(attempt)
        if held is not None:
            held.group.copies[self.index].write(attempt)

    def read(self, attempt: Attempt) -> None:
        """See `Copy`."""
        held = self._enter(attempt)
        if held is not None:
            held.group.copies[self.index].read(attempt)

    def stop(self, attempt: Attempt) -> None:
        """See `Copy`."""
        held = self.where.get(attempt)
        if held is not None:
            self.leave(attempt)
            held.group.copies[self.index].stop(attempt)

    def held_by(self) -> int:
        """See `Copy`: of all shards here, the first that waits for something."""
        for held in self.held.values():
            fault = held.group.copies[self.index].held_by() if held.inside else NO_FAULT
            if fault != NO_FAULT:
                return fault
        return NO_FAULT

    def leave(self, attempt: Attempt) -> None:
        """The shard has answered, or nobody waits any more."""
        held = self.where.pop(attempt)
        attempt.step = held.inside.pop(attempt)

    def serves(self, held: Replica) -> bool:
        """Whether operations may go to a shard that is here."""
        return not held.stopped_for

    def _enter(self, attempt: Attempt) -> Replica | None:
        """The shard that an operation is for; None if it was turned away."""
        if self.map is None:
            self._refuse(attempt, NOBODY, NO_FAULT)
            return None
        place = self.map.place_of(attempt.call.operation.data_key)
        held = self.held.get(place.group)
        if held is None:
            self.turn += 1
            others = [machine for machine in place.machines if machine != self.index]
            self._refuse(attempt, others[self.turn % len(others)] if others else NOBODY, NO_FAULT)
            return None
        if not self.serves(held):
            self._refuse(attempt, NOBODY, held.blame)
            return None
        before = attempt.step
        step = self.steps.get(before.position)
        if step is None:
            step = self.steps[before.position] = InShard(self, before.position)
        held.inside[attempt] = before
        self.where[attempt] = held
        attempt.step = step
        return held

    def _refuse(self, attempt: Attempt, machine: int, blame: int) -> None:
        """Not here, and whom it takes for one that has it."""
        known = machine != NOBODY
        attempt.leader = self.store.holders[machine].node.place if known else NOBODY
        if attempt.blame == NO_FAULT:
            attempt.blame = blame
        self.station.fail(attempt, Cause.NO_LEADER)

    # The map

    def told(self, news: News) -> None:
        """The keeper of the map says what there is."""
        if news.map is None:
            self.say(asks=False)
            return
        if self.map is None or news.map.version > self.map.version:
            self._learn(news.map)
        for held in self.held.values():
            if 0 < held.stopped_for <= news.newest and held.stopped_for not in news.under_way:
                self._serve(held)
        self.arrivals.forget_what_is_over(news, news.map.groups())
        self.say(asks=False)

    def _learn(self, newer: ShardMap) -> None:
        self.map = newer
        groups = newer.groups()
        for number in [number for number in self.held if number not in groups]:
            held = self.held.pop(number)
            self._empty(held)
            held.group.processes[self.index].stop()
            if not held.stopped_for:
                self._note(Change.SHARD_STOPPED, held.group.shard)
        for shard, place in enumerate(newer.places):
            if self.index in place.machines and place.group not in self.held:
                self._open(shard, place.group, place.machines)
        self._note(Change.MAP_LEARNED, newer.version)

    def _open(self, shard: int, number: int, machines: tuple[int, ...]) -> None:
        """Serve a shard from now on."""
        group = self.store.group_of(number, shard, machines)
        self.arrivals.fill(group)
        self.held[number] = Replica(group)
        group.processes[self.index].start()
        self._note(Change.SHARD_SERVED, shard)

    def begin(self, first: ShardMap) -> None:
        """The run begins: every machine was installed with the first map."""
        self.map = first
        for shard, place in enumerate(first.places):
            if self.index in place.machines:
                group = self.store.group_of(place.group, shard, place.machines)
                self.held[place.group] = Replica(group)
                self._note(Change.SHARD_SERVED, shard)

    # As an old machine of a shard

    def stopped(self, stop: Stop) -> None:
        """Serve a shard no more, and say what is here of it."""
        move = stop.move
        held = self.held.get(move.source)
        if held is None or move.number < held.stopped_for:
            return
        if held.stopped_for != move.number:
            self.stop_serving(held, move)
        rank = contents_of(held.group, self.index).rank()
        self.report(Report(move.number, self.index, stopped=rank))
        self._ask_soon()

    def stop_serving(self, held: Replica, move: Move) -> None:
        """Whatever is under way is not acknowledged any more."""
        if not held.stopped_for:
            self._note(Change.SHARD_STOPPED, held.group.shard)
        held.stopped_for = move.number
        held.blame = move.fault
        self._empty(held)
        held.group.processes[self.index].stop()

    def _serve(self, held: Replica) -> None:
        """The move is over, and the shard, or a part of it, is still here."""
        held.stopped_for = 0
        held.blame = NO_FAULT
        held.group.processes[self.index].start()
        self._note(Change.SHARD_SERVED, held.group.shard)

    def _empty(self, held: Replica) -> None:
        """Turn away what waits at a shard; what it wrote moves along, or is thrown away."""
        copy = held.group.copies[self.index]
        for attempt in list(held.inside):
            self.leave(attempt)
            copy.stop(attempt)
            self._refuse(attempt, NOBODY, held.blame)

    def asked(self, pull: Pull) -> None:
        """A new machine wants what it has not."""
        held = self.held.get(pull.move.source)
        if held is None:
            return
        first, items, more = contents_of(held.group, self.index).after(pull.known)
        stopped = held.stopped_for == pull.move.number
        piece = Piece(pull.move, pull.question, first, items, more, stopped)
        writes = size_of(items, pull.move.split_at)
        size_bytes = CONTROL_BYTES + writes * self.store.request_bytes
        reader = self.store.holders[pull.sender].arrivals
        self.post.send(
            reader.holder.node, reader.received, piece, MessageKind.REPLICATE, size_bytes
        )

    # Letters

    def report(self, report: Report) -> None:
        """Tell the keeper how far a move is here."""
        keeper = self.store.keeper
        self.post.send(keeper.node, keeper.reported, report, MessageKind.ORDER)

    def say(self, *, asks: bool) -> None:
        """Tell the keeper which map is known here."""
        keeper = self.store.keeper
        stopped = (held.stopped_for for held in self.held.values())
        newest = max((*stopped, *self.held, *self.arrivals.staged), default=0)
        heard = Heard(self.index, self.map, newest, asks)
        self.post.send(keeper.node, keeper.heard, heard, MessageKind.ORDER)

    def _is_lost(self) -> bool:
        """Whether it waits for news."""
        return self.map is None or any(held.stopped_for for held in self.held.values())

    def _ask_soon(self) -> None:
        if not self.asking:
            self.asking = True
            self.timers += 1
            self.kernel.at(self.kernel.now + RESEND_US, self._ask, self.timers, TIMER)

    def _ask(self, number: int) -> None:
        """Ask for news as long as there is a reason to."""
        if number != self.timers or self.node.is_asleep(self._ask, number):
            return
        self.asking = False
        if self._is_lost():
            self.say(asks=True)
            self._ask_soon()

    # The node

    def _started(self) -> None:
        self.asking = False
        if self._is_lost():
            self._ask_soon()

    def _wiped(self) -> None:
        """It does not know what it has; the copies of its shards were wiped by themselves."""
        self.map = None
        self.arrivals.staged.clear()
        self._ask_soon()

    def _note(self, change: Change, value: int) -> None:
        row = (self.kernel.now, change, self.station.index, value)
        self.station.world.log.changes.append(row)
