"""Cores that serve all `cpu` steps at once, each with an equal share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT, RUNNING
from game.engine.priorities import NORMAL
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.node import Node

_TOLERANCE = 1e-3
"""Microseconds of work that rounding of floats may have left over."""

Entry = tuple[float, int, "Attempt", int]
"""Virtual time of the end, number, attempt, demand."""


@REGISTRY.register(
    "scheduling",
    "processor-sharing",
    says="all requests share the cores equally, as time slices do",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorSharing:
    """Egalitarian processor sharing: of n pieces of work on c cores, each gets min(1, c / n) of a
    core (Kleinrock, Queueing Systems II, 1976, section 4.4). No parameters."""

    def build(self, node: Node, cores: int) -> SharedCores:
        """The cores of one node."""
        return SharedCores(node, cores)


class SharedCores:
    """Keeps one virtual clock: the work that each piece has been given since the clock began. A
    piece ends when the clock has gone on by its demand, so a change in the number of pieces moves
    no end in virtual time, and costs O(log n)."""

    __slots__ = (
        "arrivals",
        "blame",
        "busy_us",
        "clock",
        "cores",
        "entries",
        "frozen",
        "kernel",
        "node",
        "pieces",
        "seen_us",
        "speed",
        "wake_us",
    )

    def __init__(self, node: Node, cores: int) -> None:
        self.node = node
        self.kernel = node.kernel
        self.cores = cores
        self.arrivals: Callable[[], int] = count().__next__
        """Of pieces that end at once, the first goes first."""
        self.busy_us = 0
        self.blame = NO_FAULT
        """The fault that began the present crowd."""
        self.pieces: dict[Attempt, Entry] = {}
        self.entries: list[Entry] = []
        """A heap, with some entries whose piece was taken off."""
        self.clock = 0.0
        self.seen_us = 0
        """When the clock was brought up to date."""
        self.speed = 0.0
        """Virtual time a microsecond, since then."""
        self.frozen = False
        self.wake_us = -1
        """The earliest wake-up in the kernel's queue that still counts."""

    def run(self, attempt: Attempt, demand_us: int) -> None:
        """Join those that share the cores."""
        self._update()
        if len(self.pieces) == self.cores:
            self.blame = attempt.station.backlog_blame(attempt)
        if len(self.pieces) >= self.cores and attempt.blame == NO_FAULT:
            attempt.blame = self.blame
        attempt.phase = RUNNING
        entry = (self.clock + demand_us, self.arrivals(), attempt, demand_us)
        self.pieces[attempt] = entry
        heappush(self.entries, entry)
        self._plan()

    def stop(self, attempt: Attempt) -> None:
        """Take a piece of work off."""
        self._update()
        ends, _, _, demand_us = self.pieces.pop(attempt)
        self.busy_us += demand_us - self._left_us(ends, demand_us)
        self._plan()

    def clear(self) -> None:
        """The node crashed: all work is gone."""
        self._update()
        for ends, _, _, demand_us in self.pieces.values():
            self.busy_us += demand_us - self._left_us(ends, demand_us)
        self.pieces.clear()
        self.frozen = False
        self._plan()

    def freeze(self) -> None:
        """The node pauses: the clock stands still."""
        self._update()
        self.frozen = True
        self._plan()

    def thaw(self) -> None:
        """The node goes on."""
        self._update()
        self.frozen = False
        self._plan()

    def change_rate(self, before: float) -> None:
        """The clock goes at another speed from now on."""
        self._update()
        self._plan()

    def _left_us(self, ends: float, demand_us: int) -> int:
        return min(demand_us, max(0, int(ends - self.clock + 0.5)))

    def _update(self) -> None:
        """Bring the clock up to now."""
        now = self.kernel.now
        self.clock += (now - self.seen_us) * self.speed
        self.seen_us = now

    def _plan(self) -> None:
        """Find the speed from now on, and wake up when the next piece of work ends.

        A wake-up that comes too early, because the clock slowed down, plans again; so only an
        earlier one needs an entry in the kernel's queue.
        """
        count = len(self.pieces)
        if count == 0:
            self.entries.clear()
            self.clock = self.speed = 0.0
            self.blame = NO_FAULT
            return
        if count <= self.cores:
            self.blame = NO_FAULT
        if self.frozen:
            self.speed = 0.0
            return
        rate = self.node.rate
        self.speed = rate if count <= self.cores else rate * self.cores / count
        entries = self.entries
        while self.pieces.get(entries[0][2]) is not entries[0]:
            heappop(entries)
        left_us = (entries[0][0] - self.clock - _TOLERANCE) / self.speed
        now = self.kernel.now
        due_us = now if left_us <= 0 else now + int(left_us) + 1
        if not now <= self.wake_us <= due_us:
            self.wake_us = due_us
            self.kernel.at(due_us, self._wake, due_us, NORMAL)

    def _wake(self, due_us: int) -> None:
        if due_us != self.wake_us:
            return
        self.wake_us = -1
        self._update()
        over: list[Attempt] = []
        entries = self.entries
        while entries and not self.frozen:
            entry = entries[0]
            ends, _, attempt, demand_us = entry
            if self.pieces.get(attempt) is not entry:
                heappop(entries)
                continue
            if ends > self.clock + _TOLERANCE:
                break
            heappop(entries)
            del self.pieces[attempt]
            self.busy_us += demand_us
            over.append(attempt)
        self._plan()
        for attempt in over:
            attempt.step.next(attempt)
