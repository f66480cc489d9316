"""A node's own clock: it counts at a rate of its own, and shows a time that is ahead or behind.

Two readings, as computers have them. The *steady* count (CLOCK_MONOTONIC of POSIX) knows drift
alone, and is what lengths of time are measured by. The *local* time (CLOCK_REALTIME) is the steady
count and an offset, which may jump; it is what is compared with other machines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT
from game.engine.log import Change

if TYPE_CHECKING:
    from game.engine.node import Node

PPB = 1_000_000_000
"""Parts of a rate: drifts are whole parts in a billion, so that time is exact."""
OWN = -1
"""The drift of the clock itself, beside those of faults."""
SLOWEST_PPB = -900_000_000
"""Drifts together slow a clock by no more than this: time never stands still."""


class LocalClock:
    """The clock of one node. All times are microseconds; none of it happens at some moment by
    itself, so a clock costs nothing until somebody looks at it."""

    __slots__ = ("ahead_us", "base_us", "blame", "drifts", "rate_ppb", "since_us")

    def __init__(self, ahead_us: int = 0, drift_ppm: float = 0.0) -> None:
        self.since_us = 0
        """The true time since which the rate is what it is ..."""
        self.base_us = 0
        """... and the steady count at that time."""
        self.ahead_us = ahead_us
        """How much more the local time is than the steady count; jumps change it."""
        self.drifts: dict[int, int] = {OWN: _ppb(drift_ppm)}
        """What makes it count faster, by fault."""
        self.rate_ppb = self.drifts[OWN]
        self.blame = NO_FAULT
        """The fault that made it wrong since it was last set."""

    # Reading

    def steady_us(self, now_us: int) -> int:
        """How much it has counted at a true time, not before the last change of its rate."""
        elapsed_us = now_us - self.since_us
        return self.base_us + elapsed_us + elapsed_us * self.rate_ppb // PPB

    def local_us(self, now_us: int) -> int:
        """What it shows at a true time, not before the last change of its rate."""
        return self.steady_us(now_us) + self.ahead_us

    def error_us(self, now_us: int) -> int:
        """How far it is ahead of the true time; negative: behind."""
        return self.local_us(now_us) - now_us

    # The other way round

    def when_steady_us(self, count_us: int) -> int:
        """The first true time at which it has counted so much, if no rate changes until then; not
        before the last change of its rate."""
        missing_us = max(0, count_us - self.base_us)
        return self.since_us - (-missing_us * PPB // (PPB + self.rate_ppb))

    def when_local_us(self, local_us: int) -> int:
        """The first true time at which it shows a time, if nothing is done to it until then."""
        return self.when_steady_us(local_us - self.ahead_us)

    # What is done to it

    def jump(self, by_us: int, fault: int = NO_FAULT) -> None:
        """It shows another time from now on; without a fault, since somebody set it right."""
        self.ahead_us += by_us
        self.blame = fault

    def drift(self, now_us: int, fault: int, ppm: float | None) -> None:
        """A fault makes it count faster by so many parts in a million, or (None) no more."""
        self.base_us = self.steady_us(now_us)
        self.since_us = now_us
        if ppm is None:
            self.drifts.pop(fault, None)
        else:
            self.drifts[fault] = _ppb(ppm)
            self.blame = fault
        self.rate_ppb = max(SLOWEST_PPB, sum(self.drifts.values()))


def _ppb(ppm: float) -> int:
    return round(ppm * 1000)


def local_us(node: Node, now_us: int) -> int:
    """What a node takes for the time; the true time where it has no clock of its own."""
    return now_us if node.clock is None else node.clock.local_us(now_us)


def steady_us(node: Node, now_us: int) -> int:
    """What a node measures lengths of time by: no jump touches it."""
    return now_us if node.clock is None else node.clock.steady_us(now_us)


def when_local_us(node: Node, local_us: int, now_us: int) -> int:
    """When a node's clock shows a time, as a true time from now on: for alarms. Only good until
    somebody touches the clock, so whoever is woken looks at the clock again."""
    if node.clock is None:
        return max(now_us, local_us)
    return max(now_us, node.clock.when_local_us(local_us))


def timer_us(node: Node, length_us: int, now_us: int) -> int:
    """The true length of what a node measures as `length_us` from now on, as it counts now."""
    if node.clock is None:
        return length_us
    return node.clock.when_steady_us(node.clock.steady_us(now_us) + length_us) - now_us


def clock_of(node: Node) -> LocalClock:
    """The clock of a node to which something is done: one that was right until now, if it had
    none."""
    if node.clock is None:
        node.clock = LocalClock()
    return node.clock


def note_error(node: Node, now_us: int) -> None:
    """Log how far a node's clock is ahead of the true time."""
    error_us = 0 if node.clock is None else node.clock.error_us(now_us)
    node.log.changes.append((now_us, Change.CLOCK_SET, node.place, error_us))
