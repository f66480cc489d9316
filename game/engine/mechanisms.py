"""What a caller asks of its mechanisms: whom to ask, whether at all, and whether again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Call
    from game.engine.target import Target


class Picker(Protocol):
    """The state of a balancer at one caller."""

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """One of `targets`, of which there are at least two."""
        ...


class Gate(Protocol):
    """A mechanism that may keep a caller from making an attempt."""

    def admit(self, call: Call) -> int:
        """A `Cause` code, or 0 to let the attempt be made."""
        ...

    def forget(self) -> None:
        """The caller lost its memory."""
        ...


class Watcher(Protocol):
    """A mechanism that learns from the attempts of its caller."""

    def sent(self, attempt: Attempt) -> None:
        """An attempt was sent."""
        ...

    def closed(self, attempt: Attempt, cause: int) -> None:
        """An attempt was answered (0), refused, or given up (a `Cause` code).

        With 0 while `attempt.call` is not open any more, it was just not needed: nothing is known
        of its target.
        """
        ...

    def forget(self) -> None:
        """The caller lost its memory."""
        ...


class Retrying(Protocol):
    """The retry mechanism of one caller."""

    def delay_us(self, call: Call, attempt: Attempt, cause: int) -> int | None:
        """How long to wait before the next attempt; None: do not try again."""
        ...

    def forget(self) -> None:
        """The caller lost its memory."""
        ...
