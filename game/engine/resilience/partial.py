"""Partial answers: a fan-out that does not wait for its slowest parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.events.event import Counter, counter_key
from game.engine.lanes import Lane
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.attempt import Gathering
    from game.engine.node import Node
    from game.engine.world import World

ASKED, ANSWERED = "parts-asked", "parts-answered"


@REGISTRY.register(
    "mechanism",
    "partial",
    says="answers with the parts that have come, once it has waited long enough for all",
    codex="partial-answers",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """Good enough results: Dean and Barroso, The Tail at Scale, CACM 56(2), 2013."""

    after: PositiveDurationUs
    """All parts are waited for so long."""
    at_least: PositiveCount
    """From then on so many good answers are enough; they are also if no more can come."""


@REGISTRY.register("event", ASKED, says="A fan-out asks for one part.", codex="partial-answers")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartsAsked(Counter):
    """By good answers of fan-outs that may be partial; `service` is the one that is asked."""

    total: ClassVar[str] = ASKED


@REGISTRY.register("event", ANSWERED, says="A fan-out uses one part.", codex="partial-answers")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartsAnswered(Counter):
    """Parts that were in when the good answer was given."""

    total: ClassVar[str] = ANSWERED


class Patchwork:
    """The fan-outs of one client group, or of one step on one station."""

    __slots__ = ("after_us", "answered", "asked", "kernel", "least", "node", "timers", "totals")

    def __init__(self, record: Partial, world: World, service: str, node: Node | None) -> None:
        """`service` is the one that is asked, `node` where the parts are put together."""
        self.kernel = world.kernel
        self.after_us = record.after
        self.least = record.at_least
        self.node = node
        self.timers = Lane(world.kernel, self._waited_enough)
        self.totals = world.log.totals
        self.asked, self.answered = counter_key(ASKED, service), counter_key(ANSWERED, service)
        for key in (self.asked, self.answered):
            self.totals.setdefault(key, 0)

    def begin(self, gathering: Gathering) -> None:
        """A fan-out is about to be sent."""
        gathering.least = self.least
        self.timers.add(self.kernel.now + self.after_us, gathering)

    def _waited_enough(self, gathering: Gathering) -> None:
        if self.node is None or not self.node.is_asleep(self._waited_enough, gathering):
            gathering.settle_for_least()

    def ended(self, gathering: Gathering, cause: int) -> None:
        """A fan-out has come to its end."""
        if cause == 0:
            self.totals[self.asked] += len(gathering.calls)
            self.totals[self.answered] += gathering.good
