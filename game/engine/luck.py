"""The luck of operations: drawn ahead, one column a slot; derived for retries and hedges.

Drawing ahead changes no number: every slot has a stream of its own, and an operation's number is
the one at its own place in that stream, whenever it is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.streams import derived_luck, stream

if TYPE_CHECKING:
    from game.engine.paths import Slots
    from game.level.model import Law

DRAWN_AHEAD = 64
"""Operations of one client whose luck is drawn at once, at most."""

Draw = Callable[[], float]


class Luck(Protocol):
    """One number for each slot."""

    def __getitem__(self, slot: int, /) -> Any: ...


class Purpose(IntEnum):
    """What a chance that an attempt meets is for; each purpose has luck of its own."""

    REQUEST = 0
    ANSWER = 1
    CANCEL = 2
    TWIN = 3
    ACCEPT = 4
    BEGUN = 5
    EVICTION = 6
    """Which key of a cache has to go."""
    PASS_ON = 7
    """A cancellation that a relay passes on."""


class DerivedLuck:
    """The luck of a retry, a hedge, and all behind one: it belongs to (operation, key, slot)."""

    __slots__ = ("key", "operation_luck", "slots")

    def __init__(self, operation_luck: float, key: int, slots: Slots) -> None:
        self.operation_luck = operation_luck
        self.key = key
        self.slots = slots

    def __getitem__(self, slot: int, /) -> float:
        slots = self.slots
        if slot < 0:
            return derived_luck(self.operation_luck, self.key, slot)
        luck = derived_luck(self.operation_luck, self.key, slots.roots[slot])
        sample = slots.samplers[slot]
        return luck if sample is None else sample(luck)


def rows(seed: int, owner: str, slots: Slots, ahead: int) -> Iterator[tuple[float, ...]]:
    """For each operation of a client in turn: one number for each slot, then the one that all
    derived luck is from. `ahead` operations are drawn at once."""
    draws = [stream(seed, f"client/{owner}/{name}").random for name in (*slots.names, "own")]
    columns = [column(law) for law in (*slots.laws, None)]

    def ahead_of_use() -> Iterator[Iterable[tuple[float, ...]]]:
        while True:
            drawn = [make(draw, ahead) for make, draw in zip(columns, draws, strict=True)]
            yield zip(*drawn, strict=True)

    return chain.from_iterable(ahead_of_use())


def column(law: Law | None) -> Callable[[Draw, int], Sequence[float]]:
    """What draws so many numbers of a law at once (of None: uniform ones)."""
    if law is None:
        return lambda draw, count: [draw() for _ in repeat(None, count)]
    own: Callable[[Draw, int], Sequence[float]] | None = None
    if hasattr(law, "column"):
        own = law.column()
    if own is not None:
        return own
    sample = law.sampler()
    return lambda draw, count: [sample(draw()) for _ in repeat(None, count)]
