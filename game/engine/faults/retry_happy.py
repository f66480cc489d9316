"""Retry-happy clients: a new version of the app asks again, and again, at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Call
    from game.engine.caller import Caller
    from game.engine.mechanisms import Retrying
    from game.engine.world import World


@REGISTRY.register(
    "fault",
    "retry-happy",
    says="clients ask again at once, several times, whatever their policy says",
    codex="retry-storm",
    causes=("queue-full", "waited-in-queue"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class RetryHappy:
    """The target's clients (default: all) make `attempts` more attempts without a pause.

    What their own policy allows comes after these.
    """

    raises_load: ClassVar[bool] = True

    attempts: PositiveCount = 3
    """How often a client asks again, at most."""

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Swap the retry mechanism of the clients."""
        eager = []
        for client in world.clients_named(target):
            own = Eager(self.attempts, client.caller.retry)
            client.caller.retry = own
            eager.append((client.caller, own))

        def end() -> None:
            for caller, own in eager:
                own.leave(caller)

        return end


class Eager:
    """Retries at once, before the mechanism that it stands in front of is asked."""

    __slots__ = ("attempts", "behind")

    def __init__(self, attempts: int, behind: Retrying | None) -> None:
        self.attempts = attempts
        self.behind = behind

    def delay_us(self, call: Call, attempt: Attempt, cause: int) -> int | None:
        """No delay for the first few."""
        if call.tries <= self.attempts:
            return 0
        return None if self.behind is None else self.behind.delay_us(call, attempt, cause)

    def forget(self) -> None:
        """The caller lost its memory."""
        if self.behind is not None:
            self.behind.forget()

    def leave(self, caller: Caller) -> None:
        """Step out of the caller's chain, in which others may stand in front by now."""
        if caller.retry is self:
            caller.retry = self.behind
            return
        front = caller.retry
        while isinstance(front, Eager):
            if front.behind is self:
                front.behind = self.behind
                return
            front = front.behind
