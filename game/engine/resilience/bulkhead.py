"""Bulkheads: one service may not take up all of a caller's strength."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount

if TYPE_CHECKING:
    from game.engine.attempt import Attempt, Call
    from game.engine.caller import Caller


@REGISTRY.register(
    "mechanism",
    "bulkhead",
    says="so many requests to one service at once, and no more",
    causes=("queue-full",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Bulkhead:
    """Nygard, Release It!, 2007, "Bulkheads". One attempt more than `at_most` is not made; its
    cause is `queue-full`, since it is the caller's own room for this service that is full."""

    at_most: PositiveCount
    """Attempts under way at once, hedges included."""

    def build_gate(self, caller: Caller) -> BulkheadGate:
        """The bulkhead of one caller."""
        return BulkheadGate(self.at_most)


class BulkheadGate:
    """Knows what is under way: not what the caller gave up, whatever the callee still does."""

    __slots__ = ("at_most", "under_way")

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self.under_way: dict[Attempt, None] = {}

    def admit(self, call: Call) -> int:
        """Only while there is room."""
        return 0 if len(self.under_way) < self.at_most else Cause.QUEUE_FULL

    def sent(self, attempt: Attempt) -> None:
        """It takes room."""
        self.under_way[attempt] = None

    def closed(self, attempt: Attempt, cause: int) -> None:
        """It leaves its room."""
        self.under_way.pop(attempt, None)

    def reset(self, record: Bulkhead) -> bool:
        """Other settings in the run: what is under way stays so."""
        self.at_most = record.at_most
        return True

    def forget(self) -> None:
        """The caller lost its memory, and all that was under way with it."""
        self.under_way.clear()
