"""The network: routes between places, and what can go wrong on them.

A `Route` carries messages of one kind of call from one place to another. While nothing is wrong it
is `plain`, and senders put the delivery straight into the kernel's queue; otherwise they call
`carry`, which knows cuts, loss, delay, duplication, bandwidth, order, and the trace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from game.engine.attempt import NO_FAULT
from game.engine.log import Change, Fate, MessageKind, PipeUse
from game.engine.priorities import NORMAL
from game.engine.streams import mix

if TYPE_CHECKING:
    from game.engine.kernel import Kernel
    from game.engine.log import Log
    from game.level.model import Law

CONTROL_BYTES = 64
"""The size of a message that is neither a request nor an answer."""
_UNIT = 1.0 / (1 << 53)
_LOSS, _DUPLICATE, _EXTRA, _CORRUPT, _HEARD = 1, 2, 3, 4, 5


@dataclass(slots=True, eq=False)
class Pipe:
    """The bandwidth that all messages over one link in one direction share."""

    bytes_per_second: int
    free_us: int = 0
    """When the last byte that was accepted so far will have left."""
    use: PipeUse = field(default_factory=PipeUse)

    def leave_us(self, now_us: int, size_bytes: int, share: float, kind: MessageKind) -> int:
        """When a message of that size has left, if it is sent now."""
        self.use.note(now_us, self.free_us - now_us, size_bytes, kind)
        transmission_us = int(size_bytes * 1_000_000 / (self.bytes_per_second * share) + 0.5)
        self.free_us = max(self.free_us, now_us) + transmission_us
        return self.free_us


@dataclass(slots=True, eq=False)
class Order:
    """What an ordered link remembers: no message overtakes another one."""

    last_us: int = 0
    """When the last message arrives."""


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """What a fault does to the messages that it concerns."""

    fault: int
    concerns: Callable[[int, int], bool]
    """Takes the places that a message comes from and goes to."""
    cut: bool = False
    loss: float = 0.0
    duplicate: float = 0.0
    corrupt: float = 0.0
    """The share of messages whose content is changed on the way."""
    extra: Callable[[float], int] | None = None
    """A delay on top, from a uniform number."""
    extra_share: float = 1.0
    """The share of messages that get it."""
    bandwidth_share: float = 1.0
    hears: Callable[[Any, MessageKind, float], None] | None = None
    """An eavesdropper: is handed each message that passes, with a uniform number of its own."""
    pipe_of: Callable[[int, int], Pipe | None] | None = None
    """A pipe that messages pass on top of the link's, by the places they come from and go to."""


class Route:
    """The way of one call's requests, or of its answers, between two places."""

    __slots__ = (
        "checked",
        "conditions",
        "duplicate",
        "far",
        "fixed_us",
        "law",
        "loss",
        "messages",
        "more_bytes",
        "network",
        "order",
        "pipe",
        "plain",
        "sample",
        "size_bytes",
        "source",
        "target",
        "touched",
    )

    def __init__(
        self,
        network: Network,
        source: int,
        target: int,
        law: Law,
        size_bytes: int,
        far: int,
    ) -> None:
        self.network = network
        self.source = source
        self.target = target
        self.law = law
        self.sample = law.sampler()
        self.fixed_us = law.constant()
        """The latency where it is constant."""
        self.size_bytes = size_bytes
        self.far = far
        """0 inside a zone, 1 across zones, 2 across regions."""
        self.pipe: Pipe | None = None
        self.loss = 0.0
        self.duplicate = 0.0
        self.checked = True
        """Messages have a checksum: one that was changed on the way is thrown away."""
        self.order: Order | None = None
        self.conditions: tuple[Condition, ...] = ()
        self.touched = NO_FAULT
        """The newest fault that did something to the message that was sent last."""
        self.plain = True
        self.messages = 0
        """Messages sent; the fast path counts its own."""
        self.more_bytes = 0
        """Bytes sent beyond `messages` times `size_bytes`."""

    def settle(self) -> None:
        """Find out anew whether the route is plain."""
        self.plain = not (
            self.conditions
            or self.pipe
            or self.loss
            or self.duplicate
            or self.order
            or self.network.log.traced
        )

    def latency_us(self, luck: float) -> int:
        """The time on the way, for a uniform number."""
        return self.sample(luck) if self.fixed_us is None else self.fixed_us

    def push(self, latency_us: int, deliver: Callable[[Any], object], message: Any) -> None:
        """Send a message while the route is plain."""
        self.messages += 1
        kernel = self.network.kernel
        kernel.at(kernel.now + latency_us, deliver, message, NORMAL)

    def doubled_by(self) -> int:
        """The newest fault that duplicates messages here, or `NO_FAULT`."""
        faults = [condition.fault for condition in self.conditions if condition.duplicate]
        return faults[-1] if faults else NO_FAULT

    def carry(
        self,
        latency_us: int,
        salt: int,
        deliver: Callable[[Any], object],
        message: Any,
        kind: MessageKind,
        operation: int = -1,
        attempt_kind: int = 0,
        size_bytes: int | None = None,
    ) -> tuple[Fate, bool]:
        """Send a message: its fate, and whether the network makes a second copy of it.

        Every chance on the way is derived from `salt`, so that a condition which comes or goes
        changes no latency.
        """
        kernel = self.network.kernel
        now = kernel.now
        size = self.size_bytes if size_bytes is None else size_bytes
        self.messages += 1
        self.more_bytes += size - self.size_bytes
        survives, single = 1.0 - self.loss, 1.0 - self.duplicate
        extra_us, share, intact = 0, 1.0, 1.0
        cut = False
        touched = loser = cutter = spoiler = NO_FAULT
        narrow: list[Pipe] = []
        for condition in self.conditions:
            if condition.cut:
                cut, cutter = True, condition.fault
            if condition.loss:
                survives *= 1.0 - condition.loss
                loser = condition.fault
            single *= 1.0 - condition.duplicate
            if condition.corrupt:
                intact *= 1.0 - condition.corrupt
                spoiler = condition.fault
            if condition.bandwidth_share < 1.0 and self.pipe is not None:
                share *= condition.bandwidth_share
                touched = condition.fault
            if condition.extra is not None:
                chance = _chance(salt, _EXTRA + 16 * condition.fault)
                if chance < condition.extra_share:
                    extra_us += condition.extra(chance / condition.extra_share)
                    touched = condition.fault
            if condition.hears is not None:
                chance = _chance(salt, _HEARD + 16 * condition.fault)
                condition.hears(message, kind, chance)
            if condition.pipe_of is not None:
                pipe = condition.pipe_of(self.source, self.target)
                if pipe is not None:
                    narrow.append(pipe)
                    touched = condition.fault
        leaves_us = now if self.pipe is None else self.pipe.leave_us(now, size, share, kind)
        for pipe in narrow:
            leaves_us = pipe.leave_us(leaves_us, size, 1.0, kind)
        arrives_us = leaves_us + latency_us + extra_us
        if cut:
            fate = Fate.CUT
            touched = cutter
        elif survives < 1.0 and _chance(salt, _LOSS) >= survives:
            fate = Fate.LOST
            touched = loser
        elif (
            intact < 1.0
            and _chance(salt, _CORRUPT) >= intact
            and not self._passes_spoiled(message, kind, operation, spoiler)
        ):
            fate = Fate.LOST
            touched = spoiler
        else:
            fate = Fate.ARRIVED
            if self.order is not None:
                arrives_us = self.order.last_us = max(self.order.last_us, arrives_us)
            kernel.at(arrives_us, deliver, message, NORMAL)
        self.touched = touched
        if self.network.log.traced:
            self.network.log.messages.append(
                (
                    now,
                    arrives_us,
                    self.source << 16 | self.target,
                    operation,
                    kind << 16 | attempt_kind << 8 | fate,
                )
            )
        return fate, single < 1.0 and not cut and _chance(salt, _DUPLICATE) >= single

    def _passes_spoiled(self, message: Any, kind: MessageKind, operation: int, fault: int) -> bool:
        """Whether a message that was changed on the way is taken for a good one: a request or an
        answer that nobody checks. What else is sent always has a checksum."""
        if self.checked or kind not in (MessageKind.REQUEST, MessageKind.ANSWER):
            return False
        log, now = self.network.log, self.network.kernel.now
        row = (now, Change.SPOILED, message.station.index, operation << 16 | fault)
        log.changes.append(row)
        return True


class Network:
    """All routes, and the conditions that faults put on them."""

    __slots__ = ("conditions", "kernel", "log", "routes")

    def __init__(self, kernel: Kernel, log: Log) -> None:
        self.kernel = kernel
        self.log = log
        self.routes: list[Route] = []
        self.conditions: list[Condition] = []

    def add(self, route: Route) -> Route:
        """Take a new route in."""
        self.routes.append(route)
        self._apply(route)
        return route

    def impose(self, condition: Condition) -> None:
        """A fault begins to work on the network."""
        self.conditions.append(condition)
        for route in self.routes:
            self._apply(route)

    def lift(self, condition: Condition) -> None:
        """A fault on the network is over."""
        self.conditions.remove(condition)
        for route in self.routes:
            self._apply(route)

    def _apply(self, route: Route) -> None:
        route.conditions = tuple(
            condition
            for condition in self.conditions
            if condition.concerns(route.source, route.target)
        )
        route.settle()


def _chance(salt: int, purpose: int) -> float:
    """A uniform number for one purpose of one message."""
    return (mix(salt + purpose) >> 11) * _UNIT
