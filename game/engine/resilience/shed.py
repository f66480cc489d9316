"""Load shedding: a service turns requests away while its queue is too long or too old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.level.annotations import Count, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station


@REGISTRY.register(
    "mechanism",
    "shed",
    says="turns requests away at the door while too many wait, or wait too long",
    causes=("shed",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Shed:
    """Only while all workers are busy. Give one of the two bounds, or both."""

    queue: Count | None = None
    """No more than this wait."""
    wait: PositiveDurationUs | None = None
    """Nobody is let in while the oldest in the queue has waited longer than this."""

    def __post_init__(self) -> None:
        if self.queue is None and self.wait is None:
            raise ValueError("needs a bound: queue, wait, or both")

    def build_guard(self, station: Station) -> ShedGuard:
        """The guard of one station."""
        return ShedGuard(self, station)


class ShedGuard:
    """Looks at the station's queue, and remembers nothing."""

    __slots__ = ("queue", "station", "wait_us")

    def __init__(self, record: Shed, station: Station) -> None:
        self.station = station
        self.queue = record.queue
        self.wait_us = record.wait

    def refuse(self, attempt: Attempt) -> int:
        """`shed` where a bound is passed."""
        station = self.station
        if len(station.inside) < station.workers:
            return 0
        waiting = station.queue
        if self.queue is not None and len(waiting) >= self.queue:
            return Cause.SHED
        if self.wait_us is not None and len(waiting):
            oldest = next(iter(waiting))
            if station.kernel.now - oldest.arrived_us > self.wait_us:
                return Cause.SHED
        return 0

    def reset(self, record: Shed) -> bool:
        """Other bounds in the run."""
        self.queue = record.queue
        self.wait_us = record.wait
        return True

    def left(self, attempt: Attempt) -> None:
        """The queue speaks for itself."""

    def forget(self) -> None:
        """There is nothing to forget."""
