"""Timers that cost almost nothing when they do not fire (most never do).

Timers of one length are due in the order in which they were set. So they stand in a lane, a plain
deque, and only the head of a lane has an entry in the kernel's queue; those that were settled
before they came to the head are dropped without ever being events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from game.engine.priorities import TIMER

if TYPE_CHECKING:
    from game.engine.kernel import Kernel


class Lane:
    """Timers for items that have an `open` flag: an item that is no longer open has no timer."""

    __slots__ = ("expired", "items", "kernel")

    def __init__(self, kernel: Kernel, expired: Callable[[Any], object]) -> None:
        self.kernel = kernel
        self.expired = expired
        """Called with the item when its time has come and it is still open."""
        self.items: deque[tuple[int, Any]] = deque()

    def add(self, due_us: int, item: Any) -> None:
        """Set a timer. One that is due before the last of the lane gets an entry of its own."""
        items = self.items
        if not items:
            self.kernel.at(due_us, self.wake, None, TIMER)
        elif due_us < items[-1][0]:
            self.kernel.at(due_us, self.wake_one, item, TIMER)
            return
        items.append((due_us, item))

    def waiting(self) -> list[Any]:
        """The items of the lane; those that have no timer any more may be among them."""
        return [item for _, item in self.items]

    def wake(self, _argument: object) -> None:
        """Fire what is due and wait for the next item that is still open."""
        items = self.items
        now = self.kernel.now
        while items:
            due_us, item = items[0]
            if item.open:
                if due_us > now:
                    self.kernel.at(due_us, self.wake, None, TIMER)
                    return
                # The item leaves the lane only after its call, so that a timer which the call sets
                # finds the lane occupied and asks for no second wake-up.
                self.expired(item)
            items.popleft()

    def wake_one(self, item: Any) -> None:
        """Fire a timer that stands outside the lane."""
        if item.open:
            self.expired(item)
