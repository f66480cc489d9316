"""Sessions: what each user of a closed loop was told last, to which it may come back."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.engine.attempt import Operation
    from game.level.model import Client

Heard = dict[int, list[tuple[int, Hashable]]]
"""By key: answers, and when their operations ended."""


class Seen:
    """What one user had heard before a certain time."""

    __slots__ = ("_before_us", "_heard")

    def __init__(self, heard: Heard, before_us: int) -> None:
        self._heard = heard
        self._before_us = before_us

    def get(self, key: int) -> Hashable:
        """The last answer about a key, or None."""
        return next(self.newest_first(key), None)

    def newest_first(self, key: int) -> Iterator[Hashable]:
        """All answers about a key."""
        for ended_us, output in reversed(self._heard.get(key, ())):
            if ended_us <= self._before_us:
                yield output


class Sessions:
    """Of users of closed loops alone: who asks in an open loop is nobody in particular.

    A user asks one thing after the other, so what was told to it is known before it asks again. It
    has heard what a copy answered only if the operation came to a good end, and if all copies that
    were asked for it answered the same: else nobody can say whom it has heard.
    """

    __slots__ = ("_closed", "_heard", "_told")

    def __init__(self, clients: Sequence[Client]) -> None:
        self._closed = [client.population is not None for client in clients]
        self._told: dict[int, set[Hashable]] = {}
        """By operations that are under way: the answers of copies."""
        self._heard: dict[tuple[int, int], Heard] = {}
        """By client group and user."""

    def told(self, operation: Operation, output: Hashable) -> None:
        """A copy is about to answer."""
        if self._closed[operation.client] and operation.open:
            self._told.setdefault(operation.number, set()).add(output)

    def ended(self, operation: Operation, now_us: int, *, good: bool) -> None:
        """A user's operation is over."""
        outputs = self._told.pop(operation.number, None)
        if good and outputs is not None and len(outputs) == 1:
            user = (operation.client, operation.user)
            heard = self._heard.setdefault(user, {})
            heard.setdefault(operation.data_key, []).append((now_us, outputs.pop()))

    def seen_by(self, operation: Operation) -> Seen:
        """What the user of an operation had heard when it asked."""
        heard = self._heard.get((operation.client, operation.user), {})
        return Seen(heard, operation.invoked_us)
