"""Circuit breakers: a caller stops to ask while most of what it asked lately failed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.causes import Cause
from game.engine.log import Change
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount, PositiveDurationUs, Share

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Call
    from game.engine.caller import Caller

_CLOSED, _OPEN, _HALF_OPEN = range(3)
NO_PLACE = -1
"""A breaker speaks of a service, not of one place."""


@REGISTRY.register(
    "mechanism",
    "breaker",
    says="stops to ask for a while when too many answers were failures, then tries carefully",
    causes=("breaker-open",),
    parts=lambda _: 2,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """Nygard, Release It!, 2007, "Circuit Breaker"; parameters as in Hystrix and resilience4j. One
    for each caller and service, whichever machine answered."""

    failures: Share = 0.5
    """Open from this share of failures on."""
    minimum: PositiveCount = 20
    """With fewer results than this nothing is concluded (or than `last`, where that is smaller)."""
    window: PositiveDurationUs = 10_000_000
    """Only results that are younger count."""
    last: PositiveCount | None = None
    """Only so many of the newest results count; default: all in the window."""
    open_for: PositiveDurationUs = 5_000_000
    """How long nobody is asked."""
    probes: PositiveCount = 1
    """Then so many attempts are let through; all of them good: closed, one of them not: open."""

    def build_gate(self, caller: Caller) -> BreakerGate:
        """The breaker of one caller."""
        return BreakerGate(self, caller)


class BreakerGate:
    """Closed while all is well; open; half-open while it tries."""

    __slots__ = (
        "caller",
        "failed",
        "good_probes",
        "kernel",
        "probing",
        "record",
        "results",
        "since_us",
        "state",
    )

    def __init__(self, record: Breaker, caller: Caller) -> None:
        self.record = record
        self.caller = caller
        self.kernel = caller.kernel
        self.state = _CLOSED
        self.since_us = 0
        """When it came into this state."""
        self.results: deque[tuple[int, bool]] = deque()
        """When each attempt ended, and whether it failed; oldest first."""
        self.failed = 0
        """Failures among them."""
        self.probing: dict[Attempt, None] = {}
        self.good_probes = 0

    def admit(self, call: Call) -> int:
        """Open: no. Half-open: while probes are missing."""
        if self.state == _CLOSED:
            return 0
        if self.state == _OPEN:
            if self.kernel.now < self.since_us + self.record.open_for:
                return Cause.BREAKER_OPEN
            self._become(_HALF_OPEN)
        if len(self.probing) + self.good_probes < self.record.probes:
            return 0
        return Cause.BREAKER_OPEN

    def sent(self, attempt: Attempt) -> None:
        """In the half-open state each attempt is a probe."""
        if self.state == _HALF_OPEN:
            self.probing[attempt] = None

    def closed(self, attempt: Attempt, cause: int) -> None:
        """Learn from what was sent in the present state; the rest is old news."""
        unneeded = not cause and not attempt.call.open
        if self.state == _HALF_OPEN:
            if attempt not in self.probing:
                return
            del self.probing[attempt]
            if cause:
                self._open()
            elif not unneeded:
                self.good_probes += 1
                if self.good_probes >= self.record.probes:
                    self._become(_CLOSED)
                    self._note(Change.BREAKER_CLOSED)
        elif self.state == _CLOSED and not unneeded and attempt.sent_us >= self.since_us:
            self._count(bool(cause))

    def reset(self, record: Breaker) -> bool:
        """Other settings in the run: it keeps its state and what it has seen."""
        self.record = record
        return True

    def stop(self) -> None:
        """It is taken away in the run: nothing is held back any more."""
        self.forget()

    def _count(self, failed: bool) -> None:
        record, results = self.record, self.results
        now = self.kernel.now
        results.append((now, failed))
        self.failed += failed
        last = record.last or len(results)
        while len(results) > last or results[0][0] <= now - record.window:
            self.failed -= results.popleft()[1]
        enough = len(results) >= min(record.minimum, record.last or record.minimum)
        if failed and enough and self.failed >= record.failures * len(results):
            self._open()

    def _open(self) -> None:
        if self.state == _CLOSED:
            self._note(Change.BREAKER_OPENED)
        self._become(_OPEN)

    def _become(self, state: int) -> None:
        self.state = state
        self.since_us = self.kernel.now
        self.results.clear()
        self.failed = 0
        self.probing.clear()
        self.good_probes = 0

    def _note(self, change: Change) -> None:
        self.caller.world.log.changes.append((self.kernel.now, change, self.caller.place, NO_PLACE))

    def forget(self) -> None:
        """The caller lost its memory, and begins with a closed breaker."""
        if self.state != _CLOSED:
            self._note(Change.BREAKER_CLOSED)
        self._become(_CLOSED)
