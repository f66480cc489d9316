"""Search: an index that is split over machines, all of which must be asked for a whole answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.events.event import Counter, counter_key
from game.engine.registry import REGISTRY
from game.level.annotations import Share

if TYPE_CHECKING:
    from game.engine.attempt import Gathering, Operation, Origin
    from game.engine.world import World

PART, FOUND = "index-part", "index-part-found"
AT_A_CLIENT = -1
"""Where an answer was put together that no machine put together."""


@REGISTRY.register(
    "application",
    "search",
    says="each machine has one part of an index: whoever asks them all has a whole answer",
    codex="search",
    causes=("wrong-value",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Scatter and gather: Barroso, Dean and Hölzle, Web Search for a Planet, IEEE Micro 23(2),
    2003. Callers ask by `fan_out`; an answer of the `first` ones, or a `partial` one, is good but
    not whole. Its promise: no good answer is made of less than a share of the index. One that is
    says of what exists that it does not, and so is wrong, not old."""

    met_by: ClassVar[str] = "call"
    """Its steps are those of any service; who calls it counts the answers."""
    promises: ClassVar[tuple[str, ...]] = ("thin-answer",)
    """The checkers that it is held to."""

    at_least: Share = 1.0
    """The share of the index that every good answer is made of: of the service's machines, how many
    have answered."""


@REGISTRY.register("event", PART, says="An answer is put together of an index.", codex="search")
@dataclass(frozen=True, slots=True, kw_only=True)
class Parts(Counter):
    """Every part of the index, once for each good answer that was put together; `service` is the
    one with the index. What was found per hundred of these is the mean share."""

    total: ClassVar[str] = PART


@REGISTRY.register("event", FOUND, says="An answer has a part of the index.", codex="search")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartsFound(Counter):
    """Those parts whose machines had answered."""

    total: ClassVar[str] = FOUND


class Index:
    """What one client group, or one step on one station, finds of an index when it asks for it."""

    __slots__ = ("all", "found", "kernel", "log", "parts", "place", "where")

    def __init__(self, world: World, service: str, place: int) -> None:
        """`service` is the one with the index; `place` the station that asks, or `AT_A_CLIENT`."""
        stations = world.stations_of[service]
        self.kernel = world.kernel
        self.log = world.log
        self.parts = len(stations)
        self.where = stations[0].index if stations else AT_A_CLIENT
        self.place = place
        self.all, self.found = counter_key(PART, service), counter_key(FOUND, service)
        for key in (self.all, self.found):
            self.log.totals.setdefault(key, 0)

    def gathered(self, operation: Operation, gathering: Gathering) -> Origin:
        """Note of how many parts a good answer is made of, for caches, too. A machine that answered
        twice is one."""
        found = len(gathering.heard or ())
        self.log.totals[self.found] += found
        self.log.totals[self.all] += self.parts
        row = (operation.number, self.kernel.now, self.place, self.where, found)
        self.log.shares.append(row)
        return self.where, found


def index_behind(world: World, service: str, place: int) -> Index | None:
    """The index that callers of a service ask for, also by a `forward`; None if there is none."""
    asked = world.services[service]
    while asked.steps and hasattr(asked.steps[-1], "forward"):
        asked = world.services[asked.steps[-1].forward]
    return Index(world, asked.id, place) if isinstance(asked.store, Search) else None
