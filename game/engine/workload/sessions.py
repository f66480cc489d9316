"""Sessions: what each user of a closed loop was told last, to which it may come back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.engine.attempt import Operation
    from game.level.model import Client

NOTHING: Mapping[int, Hashable] = MappingProxyType({})


class Sessions:
    """Of users of closed loops alone: who asks in an open loop is nobody in particular.

    A user asks one thing after the other, so what was told to it is known before it asks again. It
    has heard what a copy answered only if the operation came to a good end.
    """

    __slots__ = ("_closed", "_heard", "_told")

    def __init__(self, clients: Sequence[Client]) -> None:
        self._closed = [client.population is not None for client in clients]
        self._told: dict[int, Hashable] = {}
        """By operations that are under way: the last answer of a copy."""
        self._heard: dict[tuple[int, int], dict[int, Hashable]] = {}
        """By client group and user: the last answer for each key."""

    def told(self, operation: Operation, output: Hashable) -> None:
        """A copy is about to answer."""
        if self._closed[operation.client] and operation.open:
            self._told[operation.number] = output

    def ended(self, operation: Operation, *, good: bool) -> None:
        """A user's operation is over."""
        output = self._told.pop(operation.number, None)
        if good and output is not None:
            user = (operation.client, operation.user)
            self._heard.setdefault(user, {})[operation.data_key] = output

    def seen_by(self, operation: Operation) -> Mapping[int, Hashable]:
        """What the user of an operation has heard before, by key."""
        return self._heard.get((operation.client, operation.user), NOTHING)
