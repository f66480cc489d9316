"""One machine's copy of a store that gossips: it answers at once, and tells others later.

Almeida, Shoker and Baquero, Delta State Replicated Data Types, JPDC 111, 2018, algorithm 2: deltas
since what another copy has confirmed, and acknowledgements. Unlike there a copy also says how far
it has come when it is not that far: a wiped disk is filled again. Each round goes on to the next of
the others, in an order that is shuffled each time around (Das, Gupta and Motivala, SWIM, DSN 2002,
section 4.3), so all are told within a known number of rounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from game.engine.attempt import NO_FAULT
from game.engine.clocks.clock import local_us
from game.engine.clocks.hybrid import HybridClock
from game.engine.log import Change, Command, MessageKind
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.priorities import TIMER
from game.engine.replication.copies import go_on, note_read
from game.engine.replication.gossip_contents import (
    NAME_BYTES,
    NUMBER_BYTES,
    Context,
    Name,
    Posted,
    Writing,
    stamp_number,
    stamp_of_number,
)
from game.engine.replication.gossip_lattice import Item, Lattice
from game.engine.replication.letters import Post
from game.engine.workload.application import REFUSED, note_output

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.gossip_crdts import GossipGroup
    from game.engine.replication.journal import Key
    from game.engine.station import Station
    from game.engine.workload.application import Output


class News(NamedTuple):
    """From a copy: all that changed here between two of my changes."""

    sender: int
    name: Name
    since: int
    until: int
    items: tuple[Item, ...]


class Heard(NamedTuple):
    """From a copy: I have all that the copy of this name had after so many changes."""

    sender: int
    name: Name
    until: int


class GossipCopy:
    """The store on one machine."""

    __slots__ = (
        "clock",
        "confirmed",
        "contents",
        "counts",
        "done",
        "group",
        "index",
        "lattice",
        "node",
        "noted",
        "post",
        "received",
        "station",
        "turn",
        "untold",
        "wipes",
    )

    def __init__(self, group: GossipGroup, index: int, station: Station) -> None:
        self.group = group
        self.contents = group.contents
        self.index = index
        self.station = station
        self.node = station.node
        self.post = Post(station.world, station.node, f"{group.service}/gossip")
        self.turn: list[int] = []
        """Whom it has still to tell this time around."""
        self.confirmed: dict[int, int] = {}
        """By copy: how many of this one's changes it has. In memory."""
        self.wipes = 0
        self.noted = 0
        self._begin()
        station.copy = self
        self.node.on_crash.append(self.confirmed.clear)
        self.node.on_wipe.append(self._wiped)

    def _begin(self) -> None:
        """What is on an empty disk."""
        self.lattice = Lattice()
        self.clock = HybridClock()
        self.counts: dict[int, int] = {}
        """By key: the writes that were taken here."""
        self.done: dict[Key, Output] = {}
        """What was answered to writes, by idempotency keys."""
        self.received: dict[tuple[int, Name], int] = {}
        """By copy that spoke: how many of its changes are here."""
        self.untold: list[int] = []
        """Changes by writes that were taken here, and that nobody has confirmed."""

    @property
    def name(self) -> Name:
        """Under which it counts."""
        return self.index, self.wipes

    # Reads and writes

    def write(self, attempt: Attempt) -> None:
        """Put it on the disk, and go on."""
        operation = attempt.call.operation
        write = operation.number, attempt.path.id << 16 | attempt.step.position
        if not (attempt.caller.keyed and write in self.done):
            self.done[write] = self._take(attempt, write)
        if self.group.commands is not None:
            note_output(self.station, attempt, self.done[write])
        go_on(attempt)

    def _take(self, attempt: Attempt, write: Key) -> Output:
        operation = attempt.call.operation
        commands, key = self.group.commands, operation.data_key
        command = Command("write", key) if commands is None else commands.of(operation)
        key = command.key
        context = Context()
        if self.group.record.causal:
            told = self.station.world.sessions.seen_by(operation).get(key)
            context = self.group.contexts.get((key, told), context)
        self.counts[key] = self.counts.get(key, 0) + 1
        stamp = self._stamp(context.largest)
        writing = Writing(command, self.name, self.counts[key], stamp, *write, context.seen)
        items = self.contents.items(self.lattice.under(key), writing)
        self.lattice.join(items)
        if items:
            self.untold.append(self.lattice.changes)
        self.group.note_write(self, key, write, items)
        return None if items else REFUSED

    def _stamp(self, seen: int) -> int:
        """Of a write whose author has seen another stamp."""
        if not self.contents.stamped:
            return 0
        now_us = local_us(self.node, self.station.kernel.now)
        if self.group.record.clock == "local":
            return now_us
        if seen:
            return stamp_number(self.clock.receive(stamp_of_number(seen), now_us))
        return stamp_number(self.clock.tick(now_us))

    def read(self, attempt: Attempt) -> None:
        """What is here, whatever others have."""
        commands = self.group.commands
        if commands is None:
            entries = self.lattice.under(attempt.call.operation.data_key)
            writer = self.contents.look(entries)
            assert isinstance(writer, int)
            note_read(attempt, writer)
        else:
            key = commands.of(attempt.call.operation).key
            entries = self.lattice.under(key)
            told: Output
            if self.group.record.causal:
                assert isinstance(self.contents, Posted)
                told, context = self.contents.look_well(entries)
                self.group.contexts[key, told] = context
            else:
                told = self.contents.look(entries)
            note_output(self.station, attempt, told)
        go_on(attempt)

    def stop(self, attempt: Attempt) -> None:
        """A write takes no time, so nothing can wait in it."""
        raise AssertionError("an attempt was stopped inside a store that gossips")

    def held_by(self) -> int:
        """Nothing waits here."""
        return NO_FAULT

    # Gossip

    def start(self) -> None:
        """Begin at a random moment of the first round."""
        if len(self.group.copies) > 1:
            kernel = self.station.kernel
            wait_us = int(self.post.luck() * self.group.record.period)
            kernel.at(kernel.now + wait_us, self._round, None, TIMER)

    def _round(self, _argument: object) -> None:
        """Tell some others; while the node is down, or paused, only the beat is kept."""
        if self.node.state == State.UP:
            self._note_untold()
            for other in self._next():
                self._tell(other)
        kernel = self.station.kernel
        kernel.at(kernel.now + self.group.record.period, self._round, None, TIMER)

    def _next(self) -> tuple[int, ...]:
        """Those whose turn it is."""
        others = [one.index for one in self.group.copies if one is not self]
        chosen: dict[int, None] = {}
        for _ in range(min(self.group.record.fanout, len(others))):
            if not self.turn:
                self.turn = others.copy()
                for last in range(len(others) - 1, 0, -1):
                    other = int(self.post.luck() * (last + 1))
                    self.turn[last], self.turn[other] = self.turn[other], self.turn[last]
            chosen[self.turn.pop()] = None
        return tuple(chosen)

    def _tell(self, other: int) -> None:
        since = self.confirmed.get(other, 0) if self.group.record.sends == "delta" else 0
        items = self.lattice.since(since)
        news = News(self.index, self.name, since, self.lattice.changes, items)
        size_bytes = CONTROL_BYTES + sum(
            NUMBER_BYTES + NAME_BYTES + self.contents.size_bytes(item.value, self.group.value_bytes)
            for item in items
        )
        copy = self.group.copies[other]
        self.post.send(copy.node, copy._told, news, MessageKind.REPLICATE, size_bytes)

    def _told(self, news: News) -> None:
        """Join it. Where something between is missing, that is joined, too, but not confirmed."""
        fresh = self.lattice.join(news.items)
        self.group.count_learned(len(fresh))
        if self.contents.stamped and fresh:
            heard = max(self.contents.stamp(item.value) for item in fresh)
            now_us = local_us(self.node, self.station.kernel.now)
            self.clock.receive(stamp_of_number(heard), now_us)
        if self.group.record.sends == "delta":
            speaker = news.sender, news.name
            known = self.received.get(speaker, 0)
            if news.since <= known:
                known = self.received[speaker] = max(known, news.until)
            copy = self.group.copies[news.sender]
            heard_so_far = Heard(self.index, news.name, known)
            self.post.send(copy.node, copy._confirmed, heard_so_far, MessageKind.REPLICATE)

    def _confirmed(self, heard: Heard) -> None:
        """Go on from there; who has less than was thought is told at once."""
        if heard.name == self.name:
            before = self.confirmed.get(heard.sender, 0)
            self.confirmed[heard.sender] = heard.until
            self.untold = [change for change in self.untold if change > heard.until]
            if heard.until < before:
                self._tell(heard.sender)

    def _note_untold(self) -> None:
        """Those are what a wipe would take. Who sends everything hears nothing of it."""
        if self.group.record.sends == "delta" and len(self.untold) != self.noted:
            self.noted = len(self.untold)
            row = self.station.kernel.now, Change.UNTOLD, self.station.index, self.noted
            self.group.log.changes.append(row)

    def _wiped(self) -> None:
        self.group.discard(self)
        self.wipes += 1
        self._begin()
        self.confirmed.clear()
