"""CoDel: a queue that drops from its head while waiting stays too long for too long."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

from game.engine.attempt import NEVER
from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station

_SCALE = 1 << 20


@REGISTRY.register(
    "discipline",
    "codel",
    says="first in, first out, but gives up the oldest while waits stay above a target",
    causes=("shed",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Codel:
    """Nichols and Jacobson, Controlling Queue Delay, ACM Queue 10(5), 2012; pseudocode as in
    RFC 8289. Requests take the place of packets, and who is dropped is told so (`shed`)."""

    target: PositiveDurationUs = 5_000
    """The wait that a standing queue may have."""
    interval: PositiveDurationUs = 100_000
    """How long the wait must have been above the target before the first drop."""

    def build(self, station: Station) -> CodelQueue:
        """The queue of one station."""
        return CodelQueue(self, station)


class CodelQueue(deque["Attempt"]):
    """Drops when the next one to serve is asked for. The last one in the queue is never dropped: a
    queue of one is no standing queue."""

    __slots__ = (
        "above_since_us",
        "drop_next_us",
        "dropping",
        "drops",
        "interval_us",
        "last_drops",
        "station",
        "target_us",
    )

    def __init__(self, record: Codel, station: Station) -> None:
        super().__init__()
        self.station = station
        self.target_us = record.target
        self.interval_us = record.interval
        self.dropping = False
        self.above_since_us = NEVER
        """When drops may begin, if the wait stays above the target until then."""
        self.drop_next_us = 0
        self.drops = 0
        """Drops since dropping began."""
        self.last_drops = 0

    def popleft(self) -> Attempt:
        """The next to serve; those that are dropped on the way to it are refused."""
        now = self.station.kernel.now
        attempt, too_long = self._take(now)
        if self.dropping:
            self.dropping = too_long
            while self.dropping and now >= self.drop_next_us:
                self._drop(attempt)
                self.drops += 1
                attempt, self.dropping = self._take(now)
                if self.dropping:
                    self.drop_next_us = self._after(self.drop_next_us)
        elif too_long:
            self._drop(attempt)
            attempt, _ = self._take(now)
            self.dropping = True
            # Dropping that ended a short while ago goes on near the rate that it had.
            recent = now - self.drop_next_us < 16 * self.interval_us
            delta = self.drops - self.last_drops
            self.drops = delta if delta > 1 and recent else 1
            self.last_drops = self.drops
            self.drop_next_us = self._after(now)
        return attempt

    def _take(self, now_us: int) -> tuple[Attempt, bool]:
        """The head of the queue, and whether waits have been too long for an interval."""
        attempt = super().popleft()
        if now_us - attempt.arrived_us < self.target_us or not self:
            self.above_since_us = NEVER
            return attempt, False
        if self.above_since_us == NEVER:
            self.above_since_us = now_us + self.interval_us
            return attempt, False
        return attempt, now_us >= self.above_since_us

    def _after(self, time_us: int) -> int:
        """The next drop: intervals shrink with the square root of the count. In integers, so that
        every machine finds the same."""
        return time_us + self.interval_us * _SCALE // isqrt(self.drops * _SCALE * _SCALE)

    def _drop(self, attempt: Attempt) -> None:
        self.station.left(attempt)
        self.station.refuse(attempt, Cause.SHED)

    def clear(self) -> None:
        """The node crashed: the queue's memory goes, too."""
        super().clear()
        self.dropping = False
        self.above_since_us = NEVER
        self.drop_next_us = self.drops = self.last_drops = 0
