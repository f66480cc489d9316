"""Alarms: monitors look at what has really happened, ten times a second, and say what is wrong.

A monitor knows no more than a real one does: operations that ended, and what waits at machines. It
looks before all else of its microsecond, so that what it sees hangs on nothing that is due then.
A look at nothing says neither that all is well nor that something is wrong: all stays as it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from game.engine.log import Change
from game.engine.node import State
from game.engine.priorities import LOOK
from game.level.monitors import INTERVAL_US, WATCHED

if TYPE_CHECKING:
    from game.engine.station import Station
    from game.engine.world import World
    from game.level.model import Monitor

NEVER = -1
_BAD = float("inf")
Ended = deque[tuple[int, float]]
"""When each operation ended, and its latency in ms (infinite: it was not good); oldest first."""


class Alarm:
    """What one monitor has seen so far."""

    __slots__ = ("fired_us", "index", "monitor", "since_us", "sounds")

    def __init__(self, index: int, monitor: Monitor) -> None:
        self.index = index
        self.monitor = monitor
        self.since_us = NEVER
        """Since when it has been wrong all the time."""
        self.sounds = False
        self.fired_us = NEVER
        """When it fired for the first time."""

    def is_wrong(self, measured: float) -> bool:
        """Whether what was measured is beyond the bound."""
        monitor = self.monitor
        if monitor.above is not None:
            return measured > monitor.above
        return monitor.below is not None and measured < monitor.below


class Alarms:
    """All monitors of a level on call."""

    __slots__ = ("alarms", "ended", "fired", "indices", "kernel", "measures", "row", "world")

    def __init__(
        self, world: World, monitors: Sequence[Monitor], fired: Callable[[str], None]
    ) -> None:
        self.world = world
        self.kernel = world.kernel
        self.fired = fired
        """Told when an alarm fires for the first time."""
        self.alarms = [Alarm(index, monitor) for index, monitor in enumerate(monitors)]
        self.row = 0
        """Operations that have been looked at."""
        self.indices = {client.id: index for index, client in enumerate(world.system.clients)}
        self.ended: dict[int, Ended] = {
            self.indices[one.client]: deque() for one in monitors if one.client is not None
        }
        """By client group that is watched."""
        self.measures: dict[str, Callable[[Monitor], float | None]] = {
            "bad-share": self._bad_share,
            "goodput": self._goodput,
            "p50": lambda monitor: _percentile(self._latencies(monitor), 50),
            "p99": lambda monitor: _percentile(self._latencies(monitor), 99),
            "queue": self._queue,
            "busy-share": self._busy_share,
        }
        assert self.measures.keys() == WATCHED.keys()

    def start(self) -> None:
        """Look for the first time after one interval."""
        if self.alarms:
            self.kernel.at(self.kernel.now + INTERVAL_US, self._look, None, LOOK)

    def newest(self) -> Alarm | None:
        """The alarm that fired for the first time last; of several at one look the last one."""
        fired = [alarm for alarm in self.alarms if alarm.fired_us != NEVER]
        return max(fired, key=lambda alarm: (alarm.fired_us, alarm.index), default=None)

    def _look(self, _argument: object) -> None:
        self._read()
        for alarm in self.alarms:
            measured = self.measures[alarm.monitor.measure](alarm.monitor)
            if measured is not None:
                self._judge(alarm, alarm.is_wrong(measured))
        self.kernel.at(self.kernel.now + INTERVAL_US, self._look, None, LOOK)

    def _judge(self, alarm: Alarm, wrong: bool) -> None:
        now = self.kernel.now
        if not wrong:
            alarm.since_us = NEVER
            if alarm.sounds:
                alarm.sounds = False
                self._note(Change.ALARM_ENDED, alarm)
            return
        if alarm.since_us == NEVER:
            alarm.since_us = now
        if alarm.sounds or now - alarm.since_us < alarm.monitor.for_:
            return
        alarm.sounds = True
        self._note(Change.ALARM_FIRED, alarm)
        if alarm.fired_us == NEVER:
            alarm.fired_us = now
            self.fired(alarm.monitor.id)

    def _note(self, change: Change, alarm: Alarm) -> None:
        self.world.log.changes.append((self.kernel.now, change, alarm.index, 0))

    def _read(self) -> None:
        """Take in the operations that ended since the last look."""
        log = self.world.log
        rows = len(log.operations)
        clients = self.world.system.clients
        for row in range(self.row, rows):
            _, client, invoked_us, ended_us, cause, *_ = log.operations.row(row)
            if client in self.ended:
                took_us = ended_us - invoked_us
                good = not cause and took_us <= clients[client].deadline
                self.ended[client].append((ended_us, took_us / 1000 if good else _BAD))
        self.row = rows

    # Measures

    def _latencies(self, monitor: Monitor) -> list[float]:
        """Of the operations that ended in the window until now; those before are forgotten."""
        assert monitor.client is not None
        ended = self.ended[self.indices[monitor.client]]
        longest_us = max(
            other.monitor.over for other in self.alarms if other.monitor.client == monitor.client
        )
        now = self.kernel.now
        while ended and ended[0][0] < now - longest_us:
            ended.popleft()
        return [took for ended_us, took in ended if ended_us >= now - monitor.over]

    def _bad_share(self, monitor: Monitor) -> float | None:
        latencies = self._latencies(monitor)
        return latencies.count(_BAD) / len(latencies) if latencies else None

    def _goodput(self, monitor: Monitor) -> float | None:
        latencies = self._latencies(monitor)
        assert monitor.client is not None
        index = self.indices[monitor.client]
        client, group = self.world.system.clients[index], self.world.clients[index]
        # A rate of part of a window, or of one in which nobody was due to ask, is less than it is.
        if not client.starts + monitor.over <= self.kernel.now <= group.last_us:
            return None
        return (len(latencies) - latencies.count(_BAD)) * 1_000_000 / monitor.over

    def _stations(self, monitor: Monitor) -> list[Station]:
        assert monitor.service is not None
        return self.world.stations_of[monitor.service]

    def _queue(self, monitor: Monitor) -> float | None:
        there = [one for one in self._stations(monitor) if one.node.state < State.DOWN]
        return float(sum(len(one.queue) for one in there)) if there else None

    def _busy_share(self, monitor: Monitor) -> float | None:
        """Of the machines that should be there: they were not sent away, and those that were
        ordered have booted. One that is down or paused has no worker to give: all count as taken.
        """
        stations = [one for one in self._stations(monitor) if one.node.in_service]
        workers = sum(one.workers for one in stations)
        taken = sum(one.workers if one.node.state else len(one.inside) for one in stations)
        return taken / workers if workers else None


def _percentile(latencies: list[float], percent: int) -> float | None:
    """The exact one, by the nearest rank; None of nothing."""
    if not latencies:
        return None
    latencies.sort()
    return latencies[-(-percent * len(latencies) // 100) - 1]
