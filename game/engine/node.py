"""Nodes: machines that run, slow down, pause, crash and come back."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.attempt import NO_FAULT
from game.engine.held import Held
from game.engine.log import Change
from game.engine.priorities import NORMAL

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.clocks.clock import LocalClock
    from game.engine.kernel import Kernel
    from game.engine.log import Log
    from game.engine.station import Station


class State(IntEnum):
    """What a node is doing. Everything but `UP` is false-like nowhere: test for `state` itself."""

    UP = 0
    PAUSED = 1
    """It does nothing; messages wait in its inbox."""
    DOWN = 2
    """The process is gone: whoever connects is refused at once."""
    OFF = 3
    """The host is gone: silence."""


class Cores(Protocol):
    """How `cpu` steps share the cores of a node."""

    busy_us: int
    """Core time used so far by work that is complete or was stopped."""

    def run(self, attempt: Attempt, demand_us: int) -> None:
        """Give the attempt that much core time, then go on with its next step."""
        ...

    def stop(self, attempt: Attempt) -> None:
        """Take a running or ready attempt off."""
        ...

    def clear(self) -> None:
        """The node crashed: all work is gone."""
        ...

    def freeze(self) -> None:
        """The node pauses."""
        ...

    def thaw(self) -> None:
        """The node goes on."""
        ...

    def change_rate(self, before: float) -> None:
        """The node's rate is another one than `before`."""
        ...


class Node:
    """One machine."""

    __slots__ = (
        "blame",
        "boot_us",
        "clock",
        "cores",
        "crashes",
        "deferred",
        "drains",
        "fresh",
        "group",
        "in_service",
        "inbox",
        "inbox_bound",
        "kernel",
        "log",
        "name",
        "on_crash",
        "on_drain",
        "on_order",
        "on_start",
        "on_wipe",
        "pauses",
        "place",
        "rate",
        "slows",
        "speed",
        "state",
        "stations",
        "wakes",
        "zone",
    )

    cores: Cores

    def __init__(
        self,
        kernel: Kernel,
        log: Log,
        name: str,
        group: str,
        place: int,
        zone: str,
        speed: float,
        inbox_bound: int,
        boot_us: int,
    ) -> None:
        self.kernel = kernel
        self.log = log
        self.name = name
        self.group = group
        self.place = place
        self.zone = zone
        self.speed = speed
        self.rate = speed
        """Demand that one core works off in a microsecond, slowness included."""
        self.inbox_bound = inbox_bound
        self.boot_us = boot_us
        self.clock: LocalClock | None = None
        """Its own clock; None while it shows the true time."""
        self.state: int = State.UP
        self.blame = NO_FAULT
        """The fault that does the worst to this node now."""
        self.stations: list[Station] = []
        self.crashes: Held[bool] = Held()
        """Faults that keep the node down; true where the whole host is gone."""
        self.pauses: Held[None] = Held()
        self.slows: Held[float] = Held()
        self.inbox: list[tuple[Callable[[Any], object], Any]] = []
        self.deferred: list[tuple[int, Callable[[Any], object], Any]] = []
        self.wakes = 0
        """How often it was started or resumed: what was planned before is void."""
        self.on_crash: list[Callable[[], None]] = []
        """Told when the memory goes: callers and mechanisms forget."""
        self.on_start: list[Callable[[], None]] = []
        """Told when the node runs for the first time after a crash."""
        self.fresh = False
        """It crashed, and has not run since."""
        self.on_wipe: list[Callable[[], None]] = []
        """Told when the disk is wiped: what outlives a crash goes."""
        self.in_service = True
        """Callers are to send to it: it is neither away, nor booting or leaving, by order."""
        self.on_order: list[Callable[[], None]] = []
        """Told once, when it is there by order."""
        self.drains: Held[None] = Held()
        """Faults for which an operator takes the machine out of rotation."""
        self.on_drain: list[Callable[[int, Callable[[], None]], bool]] = []
        """Asked before callers are told that a fault drains it: whether they hand something on to
        another machine first, and call back when that is over."""

    # Faults

    def crash(self, fault: int, host: bool) -> None:
        """The node's memory goes, with all work in it."""
        self._stop(fault, host, noted=True)

    def stand_by(self) -> None:
        """It is not there, by order: nobody is to blame, and whoever ordered it tells of it."""
        self._stop(NO_FAULT, True, noted=False)

    @property
    def stands_by(self) -> bool:
        """It is away by order, or it boots since it was ordered: nobody tells it anything."""
        return NO_FAULT in self.crashes

    def take_up(self) -> None:
        """It is there by order, unless a fault keeps it down."""
        if not self.crashes.end(NO_FAULT):
            return
        before = self.state
        self._settle(noted=bool(self.crashes or self.pauses))
        if self.crashes and self.state == before:
            self._note(Change.NODE_DOWN, int(self.state == State.OFF))
        waiting, self.on_order = self.on_order, []
        for told in waiting:
            told()

    def _stop(self, fault: int, host: bool, *, noted: bool) -> None:
        self.crashes.begin(fault, host)
        inbox, self.inbox = self.inbox, []
        self.deferred.clear()
        self.cores.clear()
        for station in self.stations:
            station.crash(fault)
        for forget in self.on_crash:
            forget()
        self.fresh = True
        self._settle(noted)
        for function, message in inbox:
            function(message)

    def restart(self, fault: int, after_us: int = 0) -> None:
        """The crash of that fault is over after a while; the node is up after its boot time."""
        wait_us = after_us + self.boot_us
        if wait_us == 0:
            self._restarted(fault)
        else:
            self.kernel.at(self.kernel.now + wait_us, self._restarted, fault, NORMAL)

    def _restarted(self, fault: int) -> None:
        if self.crashes.end(fault):
            self._settle()

    def wipe(self) -> None:
        """The disk is empty from now on."""
        for empty in self.on_wipe:
            empty()

    def pause(self, fault: int) -> None:
        """The node stops in its tracks; the network goes on."""
        self.pauses.begin(fault, None)
        self._settle()

    def resume(self, fault: int) -> None:
        """The pause of that fault is over."""
        self.pauses.end(fault)
        self._settle()

    def slow(self, fault: int, factor: float) -> None:
        """Work takes `factor` times as long."""
        self.slows.begin(fault, factor)
        self._change_rate()

    def quicken(self, fault: int) -> None:
        """The slowness of that fault is over."""
        self.slows.end(fault)
        self._change_rate()

    # Time

    def hold(self, function: Callable[[Any], object], message: Any) -> bool:
        """Keep a message for the end of the pause; False when the inbox is full."""
        assert self.state == State.PAUSED
        if len(self.inbox) >= self.inbox_bound:
            return False
        self.inbox.append((function, message))
        return True

    def defer(self, due_us: int, function: Callable[[Any], object], argument: Any) -> None:
        """A timer came due in a pause: it fires when the pause ends, before the inbox."""
        assert self.state == State.PAUSED
        self.deferred.append((due_us, function, argument))

    def puts_off(self, function: Callable[[Any], object], argument: Any) -> bool:
        """Whether the node is paused; a timer that is due now fires at the end of the pause."""
        if self.state != State.PAUSED:
            return False
        self.defer(self.kernel.now, function, argument)
        return True

    def is_asleep(self, function: Callable[[Any], object], argument: Any) -> bool:
        """Whether the node does nothing now; a timer is put off to the end of a pause."""
        return self.puts_off(function, argument) or self.state != State.UP

    def is_away(self, function: Callable[[Any], object], message: Any) -> bool:
        """Whether a message finds nobody; it is read at the end of a pause."""
        if self.state == State.PAUSED:
            self.hold(function, message)
        return self.state != State.UP

    def duration_us(self, demand_us: int) -> int:
        """How long one core needs for a demand."""
        if self.rate == 1.0:
            return demand_us
        return int(demand_us / self.rate + 0.5)

    def _change_rate(self) -> None:
        before = self.rate
        self.rate = self.speed
        for factor in self.slows.values():
            self.rate /= factor
        self.cores.change_rate(before)
        self._note(Change.NODE_SPEED, int(self.rate * 1000 + 0.5))
        self._settle_blame()

    def set_speed(self, speed: float) -> None:
        """Its own speed is another one."""
        self.speed = speed
        self._change_rate()

    def _settle(self, noted: bool = True) -> None:
        """Derive the state from the faults that are at work, and act on a change of it."""
        before = self.state
        if self.crashes:
            after = State.OFF if any(self.crashes.values()) else State.DOWN
        else:
            after = State.PAUSED if self.pauses else State.UP
        self._settle_blame()
        if after == before:
            return
        if after == State.PAUSED and before == State.UP:
            self.cores.freeze()
            self._note(Change.NODE_PAUSED, 0)
        self.state = after
        if after == State.UP:
            self.wakes += 1
            if noted:
                self._note(Change.NODE_RESUMED if before == State.PAUSED else Change.NODE_UP, 0)
            if before == State.PAUSED:
                self._go_on()
            if self.fresh:
                self.fresh = False
                for begin in self.on_start:
                    begin()
        elif after in (State.DOWN, State.OFF):
            if noted:
                self._note(Change.NODE_DOWN, int(after == State.OFF))
        elif before in (State.DOWN, State.OFF):
            self._note(Change.NODE_PAUSED, 0)

    def _settle_blame(self) -> None:
        """Blame the fault that does the worst: a crash before a pause before slowness."""
        worst = self.crashes or self.pauses or self.slows
        self.blame = next(reversed(worst), NO_FAULT)

    def _go_on(self) -> None:
        self.cores.thaw()
        deferred, self.deferred = self.deferred, []
        inbox, self.inbox = self.inbox, []
        for _, function, argument in sorted(deferred, key=_due_us):
            self.kernel.at(self.kernel.now, function, argument, NORMAL)
        for function, message in inbox:
            self.kernel.at(self.kernel.now, function, message, NORMAL)

    def _note(self, change: Change, value: int) -> None:
        self.log.changes.append((self.kernel.now, change, self.place, value))


def _due_us(timer: tuple[int, Callable[[Any], object], Any]) -> int:
    return timer[0]
