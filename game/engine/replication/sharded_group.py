"""The copies of one shard: a protocol of its own, between programs of its own on the machines.

Each copy is a *process*: it runs on its machine, pauses, crashes and is wiped with it, and is
started and stopped besides. So a protocol for the copies of a store serves for those of a shard,
and takes a shard that is stopped for a machine whose process is down. What these protocols say of
roles and terms is not written down, since one machine plays many of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from game.engine.attempt import NO_FAULT
from game.engine.held import Held
from game.engine.node import State
from game.engine.station import Station
from game.engine.streams import named

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.node import Node
    from game.engine.replication.copies import Copy, Replication
    from game.engine.world import World

STOPPED: Held[bool] = Held()
STOPPED.begin(NO_FAULT, False)
"""What keeps a process down that was stopped in good order."""


class Process:
    """A node as the protocol of one shard sees it."""

    __slots__ = ("machine", "on_crash", "on_start", "on_wipe", "running", "starts")

    def __init__(self, machine: Node, *, running: bool) -> None:
        self.machine = machine
        self.running = running
        self.starts = 0
        self.on_crash: list[Callable[[], None]] = []
        self.on_start: list[Callable[[], None]] = []
        self.on_wipe: list[Callable[[], None]] = []
        machine.on_crash.append(self._crashed)
        machine.on_start.append(self._started)
        machine.on_wipe.append(self._wiped)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.machine, name)

    @property
    def state(self) -> int:
        """As of a node."""
        return self.machine.state if self.running else State.DOWN

    @property
    def crashes(self) -> Held[bool]:
        """What keeps it down."""
        return self.machine.crashes or STOPPED

    @property
    def wakes(self) -> int:
        """How often it began to run."""
        return self.machine.wakes + self.starts

    def puts_off(self, function: Callable[[Any], object], argument: Any) -> bool:
        """See `Node`."""
        return self.running and self.machine.puts_off(function, argument)

    def is_asleep(self, function: Callable[[Any], object], argument: Any) -> bool:
        """See `Node`."""
        return not self.running or self.machine.is_asleep(function, argument)

    def is_away(self, function: Callable[[Any], object], message: Any) -> bool:
        """See `Node`."""
        return not self.running or self.machine.is_away(function, message)

    def start(self) -> None:
        """Run, with what is on the disk."""
        if not self.running:
            self.running = True
            self.starts += 1
            # Timers from before it was stopped are void.
            self._crashed()
            self._started()

    def stop(self) -> None:
        """Run no more: the memory goes, and letters find nobody."""
        if self.running:
            self._crashed()
            self.running = False

    def _crashed(self) -> None:
        if self.running:
            for forget in self.on_crash:
                forget()

    def _started(self) -> None:
        if self.running:
            for begin in self.on_start:
                begin()

    def _wiped(self) -> None:
        for empty in self.on_wipe:
            empty()


class Unwritten:
    """Rows that nobody keeps."""

    __slots__ = ()

    def append(self, row: tuple[int, ...]) -> None:
        """Forget it."""


class ShardLog:
    """The Log, as the protocol of one shard sees it."""

    __slots__ = ("changes", "log")

    def __init__(self, log: Any) -> None:
        self.log = log
        self.changes = Unwritten()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)


class ShardWorld:
    """The world, as the protocol of one shard sees it: with a luck of its own."""

    __slots__ = ("log", "seed", "stations_of", "world")

    def __init__(self, world: World, service: str, group: int) -> None:
        self.world = world
        self.seed = named(f"{world.seed}/{service}/shards/{group}")
        self.log = ShardLog(world.log)
        self.stations_of = dict(world.stations_of)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)


class ShardStation(Station):
    """A station as the protocol of one shard sees it."""

    __slots__ = ("outer",)

    def __init__(self, world: World, outer: Station, node: Node) -> None:
        super().__init__(world, outer.index, outer.name, node, outer.workers, outer.queue_bound)
        self.outer = outer

    def fail(self, attempt: Attempt, cause: int) -> None:
        """The attempt leaves the shard, and then the station."""
        step: Any = attempt.step
        step.leave(attempt)
        self.outer.fail(attempt, cause)


class ShardGroup:
    """All copies of one shard, from the first move to the next one."""

    __slots__ = ("copies", "number", "processes", "replication", "shard")

    def __init__(
        self,
        each: Any,
        world: World,
        number: int,
        shard: int,
        stations: Sequence[Station],
        machines: Sequence[int],
        *,
        running: bool,
    ) -> None:
        self.number = number
        self.shard = shard
        service = stations[0].name
        view = cast("World", ShardWorld(world, service, number))
        self.processes: dict[int, Process] = {
            index: Process(stations[index].node, running=running) for index in machines
        }
        inner: list[Station] = [
            ShardStation(view, stations[index], cast("Node", process))
            for index, process in self.processes.items()
        ]
        view.stations_of[service] = inner
        self.replication: Replication = each.build(view, service, inner)
        self.copies: dict[int, Copy] = {}
        for index, station in zip(machines, inner, strict=True):
            assert station.copy is not None
            self.copies[index] = station.copy
