"""Patience: clients who give an operation up before its deadline, each after a time of its own.

Abandonment, in the words of the theory of queues (Palm 1957; Garnett, Mandelbaum and Reiman,
Designing a Call Center with Impatient Customers, M&SOM 4(3), 2002). The luck of it comes from a
stream of its own, so that nothing else moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from game.engine.priorities import TIMER
from game.engine.streams import stream

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Operation
    from game.engine.clients import ClientGroup
    from game.level.model import Client


class Patience:
    """The patience of one client group.

    Where clients give up only while they wait, a station that begins the work of one of their
    attempts tells them so by a small message of its own. Nobody knows by magic: while that message
    is under way, or where it is lost, a client still gives up.
    """

    __slots__ = ("give_up", "kernel", "luck", "sample", "waiting")

    def __init__(
        self,
        group: ClientGroup,
        client: Client,
        owners: Sequence[str],
        give_up: Callable[[Operation], object],
    ) -> None:
        """`owners` names the streams, one for each user of a closed loop."""
        assert client.patience is not None
        self.kernel = group.kernel
        self.sample = client.patience.sampler()
        self.luck = [stream(group.seed, f"client/{owner}/patience").random for owner in owners]
        self.give_up = give_up
        self.waiting: dict[Operation, None] = {}
        """Operations that may still be given up."""
        if client.gives_up == "waiting":
            group.caller.begun = self.begun
            group.caller.watchers = (*group.caller.watchers, self)

    def begin(self, operation: Operation) -> None:
        """An operation was invoked."""
        due_us = self.kernel.now + self.sample(self.luck[operation.user]())
        if due_us < operation.deadline_us:
            self.waiting[operation] = None
            self.kernel.at(due_us, self._over, operation, TIMER)

    def _over(self, operation: Operation) -> None:
        if operation in self.waiting:
            del self.waiting[operation]
            if operation.open:
                self.give_up(operation)

    def begun(self, attempt: Attempt) -> None:
        """Word arrives that work for the operation has begun: its client waits for the end."""
        self.waiting.pop(attempt.call.operation, None)

    def sent(self, attempt: Attempt) -> None:
        """The station that begins this attempt is asked to tell."""
        if attempt.twins is None:
            attempt.twins = []

    def closed(self, attempt: Attempt, cause: int) -> None:
        """What became of an attempt changes no patience."""

    def forget(self) -> None:
        """Clients do not crash."""
        raise AssertionError("clients have no memory to lose")
