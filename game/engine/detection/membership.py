"""Machines that watch each other: what one believes of the others, and who goes by that.

A *member* is one machine's part in a detector. All that it knows came in letters, so beliefs of two
members may differ, and be wrong. What calls from its machine leaves out whom it takes for dead.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.clocks.clock import steady_us, timer_us
from game.engine.log import Change
from game.engine.priorities import TIMER
from game.engine.replication.letters import Post
from game.engine.streams import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from game.engine.caller import Caller
    from game.engine.log import MessageKind
    from game.engine.node import Node
    from game.engine.target import Target
    from game.engine.world import World
    from game.level.model import Membership


class Detector(Protocol):
    """The record of a kind `detector`."""

    def build(self, cluster: Cluster, node: Node) -> Member:
        """The part of one machine."""
        ...


class Cluster:
    """The machines of one membership."""

    def __init__(self, world: World, record: Membership) -> None:
        self.world = world
        self.name = record.id
        wanted = frozenset(record.on)
        nodes = [node for node in world.nodes if node.group in wanted]
        detector: Detector = record.detector
        self.members = {node.place: detector.build(self, node) for node in nodes}
        """By place, in order of the level."""

    @cached_property
    def callers(self) -> dict[int, list[Caller]]:
        """What calls from each place."""
        found: defaultdict[int, list[Caller]] = defaultdict(list)
        for caller in self.world.callers():
            found[caller.place].append(caller)
        return found

    def start(self) -> None:
        """All members begin."""
        for member in self.members.values():
            member.begin()


class Member:
    """What one machine believes of the others. A crash takes it all; it begins anew as soon as its
    machine is up, and takes everybody for alive until it learns otherwise."""

    def __init__(self, cluster: Cluster, node: Node) -> None:
        self.cluster = cluster
        self.node = node
        self.place = node.place
        self.kernel = cluster.world.kernel
        self.log = cluster.world.log
        self.post = Post(cluster.world, node, f"detector/{cluster.name}")
        name = f"detector/{cluster.name}/{node.name}/choice"
        self.luck = stream(cluster.world.seed, name).random
        """For what the member decides; what happens to its letters has a stream of its own."""
        self.down: set[int] = set()
        """Places of those that it takes for dead."""
        self.life = 0
        """How often it crashed: what an earlier life planned is void."""
        node.on_crash.append(self._crashed)
        node.on_start.append(self.begin)

    @cached_property
    def others(self) -> tuple[int, ...]:
        """Places of all the other members."""
        return tuple(place for place in self.cluster.members if place != self.place)

    @cached_property
    def targets(self) -> dict[int, list[tuple[Caller, Target]]]:
        """By the place of the other one: whom it concerns what this member believes of it."""
        found: dict[int, list[tuple[Caller, Target]]] = {place: [] for place in self.others}
        for caller in self.cluster.callers.get(self.place, ()):
            for target in caller.targets:
                place = target.station.node.place
                if place in found:
                    found[place].append((caller, target))
        return found

    # For the kinds of detectors

    def begin(self) -> None:
        """The machine runs: begin with no memory."""
        raise NotImplementedError

    def forget(self) -> None:
        """The machine crashed: drop all memory. Timers are void already."""
        raise NotImplementedError

    # Time

    def steady_us(self) -> int:
        """What this machine measures lengths of time by."""
        return steady_us(self.node, self.kernel.now)

    def after(self, length_us: int, function: Callable[[Any], object], argument: Any) -> None:
        """Call a function after a length of time by the machine's own clock, unless it crashes
        before. A pause puts it off."""
        now = self.kernel.now
        timer = (self.life, function, argument)
        self.kernel.at(now + timer_us(self.node, length_us, now), self._due, timer, TIMER)

    def _due(self, timer: tuple[int, Callable[[Any], object], Any]) -> None:
        life, function, argument = timer
        if life == self.life and not self.node.puts_off(self._due, timer):
            function(argument)

    def _crashed(self) -> None:
        self.life += 1
        self.down.clear()
        self.forget()

    # Letters

    def send(
        self,
        to: int,
        read: Callable[[Any], object],
        content: Any,
        kind: MessageKind,
        size_bytes: int,
    ) -> None:
        """Send a letter to a place, where `read` reads it."""
        self.post.send(self.cluster.members[to].node, read, content, kind, size_bytes)

    def ask(
        self,
        to: int,
        read: Callable[[Any], object],
        content: Any,
        kind: MessageKind,
        size_bytes: int,
    ) -> None:
        """The same for what is no answer: it is counted as a probe."""
        self.log.totals["probes"] += 1
        self.send(to, read, content, kind, size_bytes)

    # Beliefs

    def note(self, change: Change, value: int) -> None:
        """Log what this member believes from now on."""
        self.log.changes.append((self.kernel.now, change, self.place, value))

    def take_for_dead(self, place: int) -> None:
        """From now on nothing is sent there from this machine."""
        if place in self.down:
            return
        self.down.add(place)
        self.note(Change.MEMBER_DOWN, place)
        for caller, target in self.targets[place]:
            noted = target.in_rotation
            target.doubts += 1
            if noted:
                caller.note_rotation(target, back=False)

    def take_for_alive(self, place: int) -> None:
        """It lives, whatever this member thought before."""
        self.note(Change.MEMBER_UP, place)
        if place not in self.down:
            return
        self.down.remove(place)
        for caller, target in self.targets[place]:
            target.doubts -= 1
            if target.in_rotation:
                caller.note_rotation(target, back=True)

    # Luck

    def one_of(self, places: Sequence[int]) -> int:
        """One of several, all equally likely."""
        return places[int(self.luck() * len(places))]

    def some_of(self, places: Sequence[int], count: int) -> list[int]:
        """At most `count` different ones, in random order (Fisher and Yates)."""
        pool = list(places)
        for index in range(min(count, len(pool))):
            other = index + int(self.luck() * (len(pool) - index))
            pool[index], pool[other] = pool[other], pool[index]
        return pool[:count]

    def dead_one_to_try(self) -> int | None:
        """Now and then one of those that are taken for dead, lest two halves of a network that was
        cut never speak to each other again: with chance dead / (living + 1), as Cassandra does it
        (Gossiper.maybeGossipToUnreachableMember)."""
        if not self.down:
            return None
        living = len(self.others) - len(self.down)
        if self.luck() * (living + 1) >= len(self.down):
            return None
        return self.one_of(sorted(self.down))
