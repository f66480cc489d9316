"""Authentication: each request proves who sent it, and that it is no old one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from game.engine.attempt import FORGED, NO_FAULT
from game.engine.causes import Cause
from game.engine.clocks.clock import local_us
from game.engine.laws import Constant
from game.engine.paths import CONSTANT
from game.engine.registry import REGISTRY
from game.engine.steps import Chained, Cpu
from game.level.annotations import PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.node import Node
    from game.engine.paths import Path, Slots
    from game.engine.station import Station, Step
    from game.engine.world import World

Message = tuple[int, int, int]
"""Operation, place of the call in it, and which attempt: what tells one message from another."""


def _parts(record: Authentication) -> int:
    return 1 + (record.window is not None) + (record.remembers is not None)


@REGISTRY.register(
    "mechanism",
    "authentication",
    says="requests carry a code that only those who know a secret can make",
    causes=("refused",),
    parts=_parts,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """A message authentication code (Krawczyk, Bellare and Canetti, HMAC, RFC 2104, 1997) on each
    request: a forged one is `refused`, and so is one that was changed on the way. To check it takes
    a worker and a core, also of what is refused; what signing costs the sender is not modelled.

    A recorded request has a good code. `window` and `remembers` refuse it all the same (Needham
    and Schroeder, CACM 1978; Denning and Sacco, CACM 1981); both see retries as new messages.
    """

    cost: PositiveDurationUs = 20
    """Core time to check one request."""
    window: PositiveDurationUs | None = None
    """A request is refused if the time at which its sender says that it was sent, and the time at
    which it is checked, are further apart than this, each by its own clock. So it must be longer
    than the way, the queue and the error of both clocks together."""
    remembers: PositiveDurationUs | None = None
    """A machine remembers, in memory, each message that it took for so long, and takes none twice.
    """

    def parts(self) -> tuple[Any, ...]:
        """The steps that it takes."""
        return Cpu(cpu=Constant(value=self.cost)), Verify(self)


@dataclass(frozen=True, slots=True)
class Verify:
    """The moment at which the code was checked."""

    record: Authentication

    def build(self, station: Station, world: World) -> Step:
        """The step on one station."""
        step = VerifyStep(station, self.record)
        station.node.on_crash.append(step.forget)
        return step

    def lay(
        self, slots: Slots, world: World, stations: list[Station], path: Path, name: str
    ) -> int | list[Path]:
        """It needs no luck."""
        return CONSTANT


class VerifyStep(Chained):
    """What one machine lets in."""

    __slots__ = ("order", "record", "seen", "station")

    def __init__(self, station: Station, record: Authentication) -> None:
        self.station = station
        self.record = record
        self.seen: set[Message] = set()
        self.order: deque[tuple[int, Message]] = deque()
        """When each of these is forgotten, the first one first."""

    def start(self, attempt: Attempt) -> None:
        """Go on, or refuse it."""
        operation = attempt.call.operation
        forged = operation.number >= FORGED and attempt.path.depth == 0
        if forged or self._is_out_of_time(attempt) or self._is_known(attempt):
            self.station.fail(attempt, Cause.REFUSED)
        else:
            self.next(attempt)

    def _is_out_of_time(self, attempt: Attempt) -> bool:
        window_us = self.record.window
        if window_us is None:
            return False
        sent = attempt.original or attempt
        node = self.station.node
        stamp_us = getattr(sent, "stamp_us", sent.sent_us)
        if abs(local_us(node, self.station.kernel.now) - stamp_us) <= window_us:
            return False
        for other in (node, attempt.caller.node):
            if attempt.blame == NO_FAULT and other is not None and other.clock is not None:
                attempt.blame = other.clock.blame
        return True

    def _is_known(self, attempt: Attempt) -> bool:
        remembers_us = self.record.remembers
        if remembers_us is None:
            return False
        now = self.station.kernel.now
        while self.order and self.order[0][0] <= now:
            self.seen.discard(self.order.popleft()[1])
        sent = attempt.original or attempt
        message = (attempt.call.operation.number, attempt.path.id, sent.key)
        if message in self.seen:
            return True
        self.seen.add(message)
        self.order.append((now + remembers_us, message))
        return False

    def forget(self) -> None:
        """The node crashed."""
        self.seen.clear()
        self.order.clear()

    def stop(self, attempt: Attempt) -> None:
        """It takes no time, so nothing can be in it."""
        raise AssertionError("an attempt was stopped while it was let in")


class Stamps:
    """Writes the time by its node's clock on each request that a caller sends."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def sent(self, attempt: Attempt) -> None:
        """Stamp it."""
        attempt.stamp_us = local_us(self.node, attempt.sent_us)

    def closed(self, attempt: Attempt, cause: int) -> None:
        """How it ends changes nothing."""

    def forget(self) -> None:
        """There is nothing to forget."""
