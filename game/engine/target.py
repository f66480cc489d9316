"""Targets: the stations that a caller may ask, as that caller sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.held import Held

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.addresses import StaleAddress
    from game.engine.attempt import Attempt
    from game.engine.network import Route
    from game.engine.station import Station


class Target:
    """A station as one caller sees it."""

    __slots__ = (
        "back",
        "deliver",
        "distance",
        "doubts",
        "drained",
        "ejected",
        "index",
        "latency_us",
        "onward",
        "origin",
        "out",
        "outstanding",
        "stale",
        "station",
        "unhealthy",
    )

    def __init__(self, index: int, station: Station, out: Route, back: Route) -> None:
        self.index = index
        self.station = station
        self.out = out
        self.back = back
        self.origin = -1
        """The place that the last forwarded request came from."""
        self.onward = back
        """The way of answers to that place."""
        self.deliver: Callable[[Attempt], object] = station.deliver
        self.distance = out.far
        """0 in the caller's zone, 1 in its region, 2 beyond."""
        self.outstanding = 0
        """Attempts of this caller that are under way there."""
        self.latency_us = 0.0
        """What the latency-aware balancer has seen, smoothed."""
        self.stale: StaleAddress | None = None
        """The address that the caller has, where that is an old one."""
        self.unhealthy = False
        self.ejected = False
        self.doubts = 0
        """Memberships of the caller's own node by which it takes the target's node for dead."""
        self.drained: Held[None] = Held()
        """Faults by which an operator ordered it out of rotation."""

    @property
    def in_rotation(self) -> bool:
        """Nothing that the caller knows speaks against it."""
        return not (self.unhealthy or self.ejected or self.doubts or self.drained)

    def forget(self) -> None:
        """The caller lost its memory. What an operator ordered is asked for again at its start, and
        so is the address."""
        if self.stale is not None:
            self.stale.learn()
        self.outstanding = 0
        self.latency_us = 0.0
        self.doubts = 0
        self.unhealthy = False
        self.ejected = False
