"""Cores that serve `cpu` steps in order of arrival, each to its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.attempt import NO_FAULT, READY, RUNNING
from game.engine.priorities import NORMAL
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.node import Node


@REGISTRY.register(
    "scheduling", "fifo", says="a core finishes one piece of work before it takes the next"
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Fifo:
    """First in, first out; no parameters."""

    def build(self, node: Node, cores: int) -> FifoCores:
        """The cores of one node."""
        return FifoCores(node, cores)


class FifoCores:
    """Runs at most as many attempts as there are cores; the others are ready and wait."""

    __slots__ = (
        "blame",
        "busy_us",
        "finish",
        "free",
        "kernel",
        "node",
        "ready",
        "running",
    )

    def __init__(self, node: Node, cores: int) -> None:
        self.node = node
        self.kernel = node.kernel
        self.free = cores
        self.ready: deque[Attempt] = deque()
        self.running: dict[Attempt, None] = {}
        self.busy_us = 0
        self.finish: Callable[[Attempt], object] = self.finished
        """The same, bound once instead of with every piece of work."""
        self.blame = NO_FAULT
        """The fault that began the present backlog."""

    def run(self, attempt: Attempt, demand_us: int) -> None:
        """Start at once on a free core, else wait for one."""
        attempt.remaining_us = demand_us
        if self.free:
            self.free -= 1
            self._start(attempt)
            return
        attempt.phase = READY
        attempt.ready_us = self.kernel.now
        if not self.ready:
            self.blame = attempt.station.backlog_blame(attempt)
        if attempt.blame == NO_FAULT:
            attempt.blame = self.blame
        self.ready.append(attempt)

    def _start(self, attempt: Attempt) -> None:
        attempt.phase = RUNNING
        node = self.node
        demand_us = attempt.remaining_us
        attempt.due_us = due_us = self.kernel.now + (
            demand_us if node.rate == 1.0 else node.duration_us(demand_us)
        )
        self.running[attempt] = None
        self.kernel.at(due_us, self.finish, attempt, NORMAL)

    def start_next(self) -> None:
        """Give a core that is free to the next attempt for which somebody still waits."""
        now = self.kernel.now
        while self.ready:
            attempt = self.ready.popleft()
            attempt.waited_us += now - attempt.ready_us
            if not attempt.caller.expired(attempt, now):
                self._start(attempt)
                return
            attempt.station.drop_ready(attempt)
        self.free += 1
        self.blame = NO_FAULT

    def finished(self, attempt: Attempt) -> None:
        """A core is done with a piece of work, unless that was stopped or its rate changed."""
        if attempt.due_us != self.kernel.now or attempt not in self.running:
            return
        del self.running[attempt]
        self.busy_us += attempt.remaining_us
        if self.ready:
            self.start_next()
        else:
            self.free += 1
        attempt.step.next(attempt)

    def stop(self, attempt: Attempt) -> None:
        """Take a running or ready attempt off its core."""
        if attempt.phase == READY:
            self.ready.remove(attempt)
            return
        del self.running[attempt]
        if attempt.due_us >= 0:
            self.busy_us += attempt.remaining_us - self._left_us(attempt, self.node.rate)
        attempt.due_us = -1
        self.start_next()

    def clear(self) -> None:
        """The node crashed: all work is gone."""
        for attempt in self.running:
            if attempt.due_us >= 0:
                self.busy_us += attempt.remaining_us - self._left_us(attempt, self.node.rate)
            attempt.due_us = -1
        self.free += len(self.running)
        self.running.clear()
        self.ready.clear()
        self.blame = NO_FAULT

    def _left_us(self, attempt: Attempt, rate: float) -> int:
        left_us = attempt.due_us - self.kernel.now
        return left_us if rate == 1.0 else int(left_us * rate + 0.5)

    def freeze(self) -> None:
        """Keep what is left of all running work; its finish entries become stale."""
        for attempt in self.running:
            left_us = self._left_us(attempt, self.node.rate)
            self.busy_us += attempt.remaining_us - left_us
            attempt.remaining_us = left_us
            attempt.due_us = -1

    def thaw(self) -> None:
        """Go on where `freeze` stopped."""
        for attempt in list(self.running):
            self._start(attempt)

    def change_rate(self, before: float) -> None:
        """Plan the finish of all running work anew."""
        if self.node.state:
            return
        for attempt in list(self.running):
            left_us = self._left_us(attempt, before)
            self.busy_us += attempt.remaining_us - left_us
            attempt.remaining_us = left_us
            self._start(attempt)
