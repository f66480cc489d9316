"""Concurrency limits: a service takes only so many requests at once, a number that may adapt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from game.engine.attempt import GONE
from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station

_BACKOFF = 0.5
_SMOOTHING = 0.2
_LONG_RUN = 2.0 / (600 + 1)
_TOLERANCE = 1.5
_HEADROOM = 4.0


@REGISTRY.register(
    "mechanism",
    "concurrency-limit",
    says="a machine takes so many requests at once, and turns the others away",
    causes=("shed",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyLimit:
    """Counts requests in service and in the queue. `aimd`: one more for each limit's worth of
    answers in time, half of it when one took longer than `latency`, once for all that were in
    then (Chiu and Jain, Computer Networks and ISDN Systems 17, 1989; as in TCP). `gradient`:
    follows the ratio of the long-run latency to the present one (Gradient2 of Netflix's
    concurrency-limits). Neither grows a limit that is not half used."""

    limit: PositiveCount = 32
    """At the beginning, and for good where it does not adapt."""
    adapts: Literal["never", "aimd", "gradient"] = "never"
    """Whether the limit moves by itself: never, by additive increase and multiplicative decrease,
    or by the gradient of latency."""
    latency: PositiveDurationUs = 100_000
    """For `aimd`: longer than this is too long."""
    least: PositiveCount = 1
    """The limit never falls below this."""
    most: PositiveCount = 1000
    """The limit never rises above this."""

    def build_guard(self, station: Station) -> LimitGuard:
        """The guard of one station."""
        return LimitGuard(self, station)


class LimitGuard:
    """Knows who is in, and learns from how long they took."""

    __slots__ = ("adapt", "backed_off_us", "limit", "long_us", "record", "station", "under_way")

    def __init__(self, record: ConcurrencyLimit, station: Station) -> None:
        self.station = station
        self.under_way: dict[Attempt, None] = {}
        self.backed_off_us = -1
        """When the limit was last cut: who came before tells nothing new."""
        self.long_us = 0.0
        """The long-run latency."""
        self.reset(record)

    def reset(self, record: ConcurrencyLimit) -> bool:
        """The settings, also in the run: it begins at its limit, and knows who is in."""
        self.record = record
        self.limit = float(record.limit)
        adapts: dict[str, Callable[[Attempt, int], float] | None] = {
            "never": None,
            "aimd": self._additive,
            "gradient": self._gradient,
        }
        self.adapt = adapts[record.adapts]
        return True

    def meet(self, attempts: Iterable[Attempt]) -> None:
        """It comes in the run, and these are in already."""
        self.under_way.update(dict.fromkeys(attempts))

    def refuse(self, attempt: Attempt) -> int:
        """`shed` where the limit is reached."""
        if len(self.under_way) >= int(self.limit):
            return Cause.SHED
        self.under_way[attempt] = None
        return 0

    def left(self, attempt: Attempt) -> None:
        """Make room, and learn. An attempt that was not done would have taken longer: it may lower
        the limit, never raise it."""
        if attempt not in self.under_way:
            return
        if self.adapt is not None:
            took_us = self.station.kernel.now - attempt.arrived_us
            done = _done(attempt)
            if done or took_us > self.long_us:
                limit = self.adapt(attempt, took_us)
                limit = limit if done else min(limit, self.limit)
                self.limit = min(max(limit, float(self.record.least)), float(self.record.most))
        del self.under_way[attempt]

    def _additive(self, attempt: Attempt, took_us: int) -> float:
        if took_us > self.record.latency:
            if attempt.arrived_us <= self.backed_off_us:
                return self.limit
            self.backed_off_us = self.station.kernel.now
            return self.limit * _BACKOFF
        if 2 * len(self.under_way) >= self.limit:
            return self.limit + 1.0 / self.limit
        return self.limit

    def _gradient(self, attempt: Attempt, took_us: int) -> float:
        short_us = float(max(took_us, 1))
        if not self.long_us:
            self.long_us = short_us
        self.long_us += (short_us - self.long_us) * _LONG_RUN
        if self.long_us > 2.0 * short_us:
            self.long_us *= 0.95
        if 2 * len(self.under_way) < self.limit:
            return self.limit
        gradient = max(0.5, min(1.0, _TOLERANCE * self.long_us / short_us))
        wanted = self.limit * gradient + _HEADROOM
        return self.limit * (1.0 - _SMOOTHING) + wanted * _SMOOTHING

    def forget(self) -> None:
        """The node crashed."""
        self.under_way.clear()
        self.limit = float(self.record.limit)
        self.backed_off_us = -1
        self.long_us = 0.0


def _done(attempt: Attempt) -> bool:
    """The station did its part: neither turned it away nor broke off."""
    return attempt.started_us >= 0 and attempt.phase != GONE and not attempt.result
