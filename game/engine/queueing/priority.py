"""Priority: who is more urgent is served first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.level.model import MOST_PRIORITY

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station

_arrived_us = attrgetter("arrived_us")


@REGISTRY.register(
    "discipline",
    "priority",
    says="the clients whose priority is the smaller number are served first",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityQueue:
    """Head of the line: what is in service is finished first, and of one priority who came first is
    served first (Cobham, Priority Assignment in Waiting Line Problems, Journal of the Operations
    Research Society of America 2(1), 1954). No parameters."""

    by_priority: ClassVar[bool] = True

    def build(self, station: Station) -> Classes:
        """The queue of one station."""
        return Classes([client.priority for client in station.world.system.clients])


class Classes:
    """One queue for each priority. A request has that of the client whose operation it serves."""

    __slots__ = ("of_client", "queues", "waiting")

    def __init__(self, priorities: list[int]) -> None:
        self.queues = [deque["Attempt"]() for _ in range(MOST_PRIORITY + 1)]
        self.of_client = [self.queues[priority] for priority in priorities]
        """By index of the client group."""
        self.waiting = 0

    def append(self, attempt: Attempt) -> None:
        """One more at the end of its class."""
        self.of_client[attempt.call.operation.client].append(attempt)
        self.waiting += 1

    def popleft(self) -> Attempt:
        """The first of the most urgent class that is not empty."""
        self.waiting -= 1
        return next(filter(None, self.queues)).popleft()

    def remove(self, attempt: Attempt) -> None:
        """Take one out, wherever it stands."""
        self.of_client[attempt.call.operation.client].remove(attempt)
        self.waiting -= 1

    def clear(self) -> None:
        """Nobody waits any more."""
        for queue in self.queues:
            queue.clear()
        self.waiting = 0

    def __len__(self) -> int:
        return self.waiting

    def __iter__(self) -> Iterator[Attempt]:
        """Oldest first."""
        return merge(*self.queues, key=_arrived_us)
