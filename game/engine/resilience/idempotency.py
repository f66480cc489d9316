"""Idempotency keys: a service recognises a request that it has seen, and works only once."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.attempt import NEVER, QUEUED, TRAVELLING
from game.engine.priorities import NORMAL
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station

Key = tuple[int, int]
"""Number of the operation and place of the call in it."""


@REGISTRY.register(
    "mechanism",
    "idempotency",
    says="recognises a request that comes again, and answers it from memory",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """For requests whose policy has `idempotency_key`. Each machine remembers by itself, in its
    memory: a retry that goes elsewhere, or comes after a crash, is done once more."""

    remember: PositiveDurationUs = 60_000_000
    """How long an answer is kept after the work."""

    def build_memory(self, station: Station) -> Memory:
        """The memory of one station."""
        return Memory(self.remember, station)


class Memory:
    """Answers that were given, and work in progress with those who wait for it.

    If work ends without an answer to remember (it failed, was cancelled, or never began), the
    oldest of those who wait is let in as if it arrived now, and the others wait for that one.
    """

    __slots__ = ("answered", "followers", "in_progress", "order", "remember_us", "station")

    def __init__(self, remember_us: int, station: Station) -> None:
        self.remember_us = remember_us
        self.station = station
        self.answered: dict[Key, int] = {}
        """Key to the time until which its answer is kept."""
        self.order: deque[Key] = deque()
        """The keys of `answered`, the first to be forgotten first."""
        self.in_progress: dict[Key, Attempt] = {}
        self.followers: dict[Key, list[Attempt]] = {}

    def knows(self, attempt: Attempt) -> bool:
        """True if the attempt is a repetition: answered at once, or made to wait for the work in
        progress. False makes it the one that does the work."""
        self._expire()
        key = _key(attempt)
        if key in self.answered:
            self.station.recall(attempt)
        elif key in self.in_progress:
            attempt.phase = QUEUED
            self.followers.setdefault(key, []).append(attempt)
        else:
            self.in_progress[key] = attempt
            return False
        return True

    def left(self, attempt: Attempt) -> None:
        """The work of an attempt is over here: complete if it has a `served_us`."""
        key = _key(attempt)
        if self.in_progress.get(key) is not attempt:
            return
        del self.in_progress[key]
        station = self.station
        followers = self.followers.pop(key, ())
        if attempt.served_us != NEVER:
            self.answered[key] = station.kernel.now + self.remember_us
            self.order.append(key)
            for follower in followers:
                station.recall(follower)
            return
        # By way of the kernel's queue: the station is in the middle of something.
        for follower in followers:
            follower.phase = TRAVELLING
            station.kernel.at(station.kernel.now, station.deliver, follower, NORMAL)

    def drop(self, attempt: Attempt) -> bool:
        """Nobody waits for the attempt any more; False if it is none that waits here."""
        waiting = self.followers.get(_key(attempt), [])
        if attempt not in waiting:
            return False
        waiting.remove(attempt)
        return True

    def waiting(self) -> list[Attempt]:
        """All attempts that wait for work in progress, by the age of that work."""
        return [attempt for waiting in self.followers.values() for attempt in waiting]

    def forget(self) -> None:
        """The node crashed."""
        self.answered.clear()
        self.order.clear()
        self.in_progress.clear()
        self.followers.clear()

    def _expire(self) -> None:
        now = self.station.kernel.now
        while self.order and self.answered[self.order[0]] <= now:
            del self.answered[self.order.popleft()]


def _key(attempt: Attempt) -> Key:
    return attempt.call.operation.number, attempt.path.id
