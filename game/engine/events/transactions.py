"""Events of transactions that are spread over machines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from game.engine.events.changes import CODEX, OfCopy
from game.engine.events.event import Night
from game.engine.log import Change
from game.engine.registry import REGISTRY


@REGISTRY.register("event", "in-doubt", says="A machine has to wait for the end.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt(OfCopy):
    """A machine with no transaction open has said yes to one: from now on it depends on others."""

    change: ClassVar[Change] = Change.IN_DOUBT

    def rows(self, night: Night) -> Iterator[tuple[int, int, int]]:
        """See `OfChange`."""
        before: dict[int, int] = {}
        for time_us, station, value in OfCopy.rows(self, night):
            if value and not before.get(station, 0):
                yield time_us, station, value
            before[station] = value


@REGISTRY.register("event", "doubt-over", says="A machine has heard every end.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtOver(OfCopy):
    """The last transaction that it had said yes to is done, or called off."""

    change: ClassVar[Change] = Change.IN_DOUBT
    value: ClassVar[int | None] = 0


@REGISTRY.register("event", "compensated", says="A step is undone.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Compensated(OfCopy):
    """About the machine with the first step of a transfer whose second step was refused."""

    change: ClassVar[Change] = Change.COMPENSATED
