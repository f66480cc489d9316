"""How a copy makes sure that it was not deposed before it answers a read.

Either it asks: the coordinator's answer to a heartbeat that was sent after the read came says which
epoch was the newest at a moment in between, and needs no clock (the read index of Ongaro's thesis,
Stanford 2014, section 6.4, with a coordinator in the place of a majority). Or it holds a lease: the
coordinator deposes nobody before a time of silence, which the copy counts from the moment when it
sent the heartbeat, by its own clock, less a guard band (Gray and Cheriton, Leases, SOSP 1989,
section 5). Without an answer the heartbeat is repeated, since letters may be lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from game.engine.attempt import NEVER
from game.engine.clocks.clock import steady_us
from game.engine.priorities import TIMER
from game.engine.replication.shipping import RESEND_US

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.node import Node

Read = TypeVar("Read")


class Confirmation(Generic[Read]):
    """What one copy knows of its own office, and the reads that wait to know it. All but the last
    time is in memory."""

    __slots__ = (
        "_beat",
        "_go_on",
        "asked",
        "last_us",
        "lease_us",
        "leased_until_us",
        "node",
        "repeats",
        "waiting",
    )

    def __init__(
        self, node: Node, lease_us: int, beat: Callable[[], None], go_on: Callable[[Read], None]
    ) -> None:
        self.node = node
        self.lease_us = lease_us
        self._beat = beat
        """Sends a heartbeat."""
        self._go_on = go_on
        """Told of each read that may be answered now."""
        self.last_us = NEVER
        """When the last heartbeat was sent."""
        self.leased_until_us = NEVER
        self.waiting: list[Read] = []
        """Reads that came after the last heartbeat."""
        self.asked: list[tuple[int, Read]] = []
        """Reads with the time of the first heartbeat that was sent after they came."""
        self.repeats = 0

    def start(self) -> None:
        """The coordinator will give every copy its whole time."""
        self.leased_until_us = self.clock_us() + self.lease_us

    def clock_us(self) -> int:
        """What it measures its lease by."""
        return steady_us(self.node, self.node.kernel.now)

    def stamp(self) -> int:
        """The time of a heartbeat that is being sent: later than that of the one before."""
        self.last_us = max(self.clock_us(), self.last_us + 1)
        self.asked += [(self.last_us, read) for read in self.waiting]
        self.waiting.clear()
        return self.last_us

    def is_leased(self) -> bool:
        """Whether the coordinator can have deposed nobody here yet."""
        return self.clock_us() < self.leased_until_us

    def extend(self, heartbeat_us: int) -> None:
        """The heartbeat of that time was answered."""
        self.leased_until_us = max(self.leased_until_us, heartbeat_us + self.lease_us)

    def ask(self, read: Read) -> None:
        """Tell the read when it may be answered; one question is out at a time."""
        self.waiting.append(read)
        if not self.asked:
            self._ask()

    def confirm(self, heartbeat_us: int) -> None:
        """This copy held its office when the heartbeat of that time was answered."""
        due = [read for asked_us, read in self.asked if asked_us <= heartbeat_us]
        self.asked = [pair for pair in self.asked if pair[0] > heartbeat_us]
        for read in due:
            self._go_on(read)
        if self.waiting and not self.asked:
            self._ask()

    def give_up(self) -> list[Read]:
        """Nothing is confirmed any more: all the reads that waited."""
        left = [read for _, read in self.asked] + self.waiting
        self.asked = []
        self.waiting = []
        return left

    def drop(self, read: Read) -> None:
        """Nobody waits for that read any more."""
        self.asked = [pair for pair in self.asked if pair[1] is not read]
        self.waiting = [one for one in self.waiting if one is not read]

    def crashed(self) -> None:
        """Reads and lease are gone."""
        self.give_up()
        self.leased_until_us = NEVER
        self.repeats += 1

    def _ask(self) -> None:
        self._beat()
        self.repeats += 1
        kernel = self.node.kernel
        kernel.at(kernel.now + RESEND_US, self._repeat, self.repeats, TIMER)

    def _repeat(self, number: int) -> None:
        if number == self.repeats and self.asked and not self.node.is_asleep(self._repeat, number):
            self._ask()
