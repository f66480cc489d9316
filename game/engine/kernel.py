"""The event kernel: simpy's environment with integer time and plain callbacks in the same queue.

This file, `lanes.py` and `fast_path.py` hold the tricks for speed; the rest is written plainly.

* One entry shape, (time, priority, number, function, argument), serves simpy events and plain
  callbacks alike, so both share one order. A callback costs no event object.
* `now` is an ordinary attribute, which hides simpy's property: reading it costs no call.
* `advance` pops inside one loop, stops by a sentinel entry instead of a comparison an event, and
  counts events by the numbers that were given out instead of one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import repeat
from typing import Any

from simpy import Environment, Event
from simpy.core import EmptySchedule, StopSimulation

from game.engine.priorities import CHANGE, NORMAL, STOP

Entry = tuple[int, int, int, Callable[[Any], object], Any]


class BudgetSpent(Exception):
    """The run used more events than its budget."""


class _Stop(Exception):
    """Raised by the sentinel entry of `advance`."""


def _stop(_argument: object) -> None:
    raise _Stop


def _happen(event: Event) -> None:
    """Let a simpy event happen, as `simpy.Environment.step` does."""
    callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
    try:
        for callback in callbacks:
            callback(event)
    except StopSimulation:
        # The run ends here; who else waits for the event hears of it when the run goes on.
        event.callbacks = callbacks[callbacks.index(callback) + 1 :]
        event.env.schedule(event, CHANGE)  # type: ignore[arg-type]
        raise
    if not event._ok and not hasattr(event, "_defused"):
        failure = type(event._value)(*event._value.args)
        failure.__cause__ = event._value
        raise failure


class Kernel(Environment):
    """A `simpy.Environment` that also runs plain callbacks. Time is in integer microseconds."""

    now: Any = 0

    def __init__(self, initial_time: int = 0) -> None:
        super().__init__(initial_time)
        self.now = initial_time
        self.queue: list[Entry] = self._queue  # type: ignore[assignment]
        self.number: Callable[[], int] = self._eid.__next__
        self.events = 0
        """Entries taken from the queue so far."""

    def schedule(self, event: Event, priority: int = NORMAL, delay: Any = 0) -> None:
        """Put a simpy event into the queue (called by simpy)."""
        heappush(self.queue, (self.now + delay, priority, self.number(), _happen, event))

    def at(
        self,
        time_us: int,
        function: Callable[[Any], object],
        argument: Any = None,
        priority: int = NORMAL,
    ) -> None:
        """Call `function(argument)` at `time_us`, which must not be in the past."""
        assert time_us >= self.now, f"{function} is due at {time_us}, but it is {self.now}"
        heappush(self.queue, (time_us, priority, self.number(), function, argument))

    def peek(self) -> Any:
        """The time of the next entry, infinity if there is none."""
        return self.queue[0][0] if self.queue else float("inf")

    def step(self) -> None:
        """Take one entry from the queue and run it; `EmptySchedule` if there is none."""
        if not self.queue:
            raise EmptySchedule
        self.now, _, _, function, argument = heappop(self.queue)
        self.events += 1
        function(argument)

    def advance(self, until_us: int, event_budget: int) -> None:
        """Run everything up to and including `until_us`; afterwards it is `until_us`.

        Raises `BudgetSpent` when `self.events` would pass `event_budget`.
        """
        queue = self.queue
        pop = heappop
        left = event_budget - self.events
        began = self.number() - len(queue)
        sentinel: Entry = (until_us, STOP, -1, _stop, None)
        heappush(queue, sentinel)
        try:
            for _ in repeat(None, left + 1):
                self.now, _, _, function, argument = pop(queue)
                function(argument)
            raise BudgetSpent
        except _Stop:
            self.now = until_us
        finally:
            if sentinel in queue:
                queue.remove(sentinel)
                heapify(queue)
            # Whatever got a number since then, or stood in the queue, and is gone, was an event.
            self.events += min(self.number() - len(queue) - began - 1, left)
