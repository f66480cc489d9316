"""Receivers of a configuration: a place where settings are swapped, and what it saw since then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from game.engine.attempt import NEVER, NO_FAULT
from game.engine.faults.orders import End, Order
from game.engine.log import Change, MessageKind
from game.engine.resilience.bulkhead import BulkheadGate
from game.engine.resilience.retry import Retries
from game.engine.streams import stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from game.engine.attempt import Attempt, Call
    from game.engine.caller import Caller
    from game.engine.station import Station
    from game.engine.world import World

Report = tuple[int, int]
"""How much was tried since the settings came, and how much of it went wrong."""


class Receiver:
    """One machine or client group, with its callers or its stations that have other settings.

    While it has them it is a gate of these callers, and a guard of these stations; it watches what
    the callers sent then to its end.
    """

    __slots__ = (
        "callers",
        "ended",
        "failed",
        "fault",
        "has_them",
        "luck",
        "order",
        "report",
        "sender",
        "sent_",
        "settings",
        "stations",
        "to",
        "tried",
        "under_way",
        "world",
    )

    def __init__(
        self, world: World, fault: int, settings: Mapping[str, Any], sender: End, to: End
    ) -> None:
        self.world = world
        self.fault = fault
        self.settings = settings
        self.sender = sender
        self.to = to
        self.has_them = False
        """The other settings are in force here."""
        self.callers: list[Caller] = []
        self.stations: list[Station] = []
        name = f"fault/{world.log.faults[fault]}/{world.kernel.now}/{world.log.places[to.place]}"
        self.order = Order(world, name, sender, to, self._obey)
        self.luck = stream(world.seed, f"{name}/report").random
        self.report: Report | None = None
        """What the control plane was told when it asked last."""
        self.tried = self.sent_ = self.ended = self.failed = 0
        self.under_way: dict[Attempt, int] = {}
        """Attempts of its callers, and when they time out, if that is sooner than it would be."""

    # Settings

    def _obey(self, on: bool) -> None:
        if on == self.has_them:
            return
        self.has_them = on
        for caller in self.callers:
            if on:
                caller.pushed.begin(self.fault, self.settings)
                caller.gates = (self, *caller.gates)
                if self not in caller.watchers:
                    caller.watchers = (*caller.watchers, self)
            else:
                caller.pushed.end(self.fault)
                caller.gates = tuple(gate for gate in caller.gates if gate is not self)
            set_caller(caller)
        for station in self.stations:
            if on:
                station.pushed.begin(self.fault, self.settings)
                station.guards = (*station.guards, self)
            else:
                station.pushed.end(self.fault)
                station.guards = tuple(one for one in station.guards if one is not self)
            set_station(station)
        self.forget()
        change = Change.CONFIG_TAKEN if on else Change.CONFIG_LEFT
        self.world.log.changes.append((self.world.kernel.now, change, self.to.place, self.fault))

    # Reports

    def ask(self) -> None:
        """The control plane asks how it goes; question or report may be lost."""
        self.report = None
        if self.to.node is not None and self.to.node.stands_by:
            return
        self._carry(self.sender, self.to, self._asked, None)

    def _asked(self, _question: None) -> None:
        if self.to.node is not None and self.to.node.is_away(self._asked, None):
            return
        kept_back = self.tried - self.sent_
        report = (self.ended + kept_back, self.failed + kept_back)
        self._carry(self.to, self.sender, self._reported, report)

    def _reported(self, report: Report) -> None:
        node = self.sender.node
        if node is None or not node.is_away(self._reported, report):
            self.report = report

    def _carry(self, source: End, to: End, read: Callable[[Any], None], content: object) -> None:
        route = self.world.control_route(source.place, to.place)
        luck, salt = self.luck(), int(self.luck() * (1 << 53))
        route.carry(route.latency_us(luck), salt, read, content, MessageKind.ORDER)

    # What it sees as a caller

    def admit(self, call: Call) -> int:
        """It keeps nobody back, and counts who wants to."""
        self.tried += 1
        return 0

    def sent(self, attempt: Attempt) -> None:
        """An attempt was really made; a fan-out's or a relay's too."""
        if self.has_them:
            self.sent_ += 1
            caller = attempt.caller
            own_us, timeout_us = caller.policy.attempt_timeout, caller.timeout_us
            hurried = timeout_us is not None and (own_us is None or timeout_us < own_us)
            self.under_way[attempt] = self.world.kernel.now + timeout_us if hurried else NEVER

    def closed(self, attempt: Attempt, cause: int) -> None:
        """Count it, unless it was just not needed. What fails since it was given less time than
        the plan wants is to be blamed on who gave it less."""
        timeout_us = self.under_way.pop(attempt, None)
        if timeout_us is None or (cause == 0 and not attempt.call.open):
            return
        self.ended += 1
        self.failed += cause != 0
        if cause and attempt.blame == NO_FAULT and timeout_us == self.world.kernel.now:
            attempt.blame = self.fault

    # What it sees as a station

    def refuse(self, attempt: Attempt) -> int:
        """Nobody is turned away."""
        return 0

    def left(self, attempt: Attempt) -> None:
        """Well, or otherwise."""
        self.ended += 1
        self.failed += bool(attempt.result) or attempt.started_us == NEVER

    def forget(self) -> None:
        """The place lost its memory; the settings are on its disk."""
        self.tried = self.sent_ = self.ended = self.failed = 0


def set_caller(caller: Caller) -> None:
    """Give a caller the settings of its policy, with those that were pushed over them."""
    settings = _pushed(caller.pushed.values())
    policy = caller.policy
    caller.timeout_us = settings.get("attempt_timeout", policy.attempt_timeout)
    retries: Any = caller.retry
    while retries is not None and not isinstance(retries, Retries):
        retries = getattr(retries, "behind", None)
    if retries is not None:
        attempts = settings.get("retries", policy.retry.attempts)
        retries.record = replace(policy.retry, attempts=attempts)
    for gate in caller.gates:
        if isinstance(gate, BulkheadGate):
            gate.at_most = settings.get("at_most", policy.bulkhead.at_most)
    if hasattr(policy.balancer, "weights"):
        weights = settings.get("weights", policy.balancer.weights)
        if weights != caller.balancer.weights:
            caller.balancer = replace(policy.balancer, weights=weights)
            caller.picker = caller.world.picker(caller)


def set_station(station: Station) -> None:
    """The same for a service on a machine. Room for more is taken at once."""
    settings = _pushed(station.pushed.values())
    service = station.world.services[station.name]
    station.workers = settings.get("workers", service.workers)
    station.queue_bound = settings.get("queue", service.queue)
    station.take()


def _pushed(pushes: Any) -> dict[str, Any]:
    """All settings that were pushed; the newest one holds."""
    together: dict[str, Any] = {}
    for settings in pushes:
        together.update(settings)
    return together
