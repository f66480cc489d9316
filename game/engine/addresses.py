"""Addresses that callers have and that are good no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import GONE
from game.engine.causes import Cause
from game.engine.priorities import NORMAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.attempt import Attempt
    from game.engine.target import Target

    Deliver = Callable[[Attempt], object]


class StaleAddress:
    """One caller's old address of one target: what is sent there reaches nobody."""

    __slots__ = ("deliver", "fault", "target")

    def __init__(self, target: Target, fault: int) -> None:
        self.target = target
        self.fault = fault
        old = target.stale
        self.deliver: Deliver = target.deliver if old is None else old.deliver
        """What a request meets at the right address."""
        target.stale = self
        target.deliver = self.reach_nobody

    def reach_nobody(self, attempt: Attempt) -> None:
        """A request arrives where no machine is any more."""
        if attempt.phase != GONE:
            attempt.blame = self.fault
            attempt.station.lose(attempt, Cause.UNREACHABLE)

    def learn(self, _: object = None) -> None:
        """The caller has the present address from now on."""
        if self.target.stale is self:
            self.target.stale = None
            self.target.deliver = self.deliver

    def learn_at(self, when_us: int) -> None:
        """It will have it then."""
        self.target.station.kernel.at(when_us, self.learn, None, NORMAL)
