"""The step `store`: core time, then the operation reads or writes its key in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from game.engine.paths import CONSTANT
from game.engine.registry import REGISTRY
from game.engine.steps import Chained, Cpu
from game.level.model import LawField

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.paths import Path, Slots
    from game.engine.station import Station, Step
    from game.engine.world import World


@REGISTRY.register(
    "step",
    "store",
    says="needs a core for that long, then reads or writes its key in the service's store",
    codex="store",
    causes=("no-leader", "no-quorum"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A write that must wait for other copies keeps its worker, but no core, until then."""

    store: LawField
    """How long a core is needed, at speed 1."""

    def parts(self) -> tuple[Any, ...]:
        """The steps that this one consists of."""
        return Cpu(cpu=self.store), Access()


@dataclass(frozen=True, slots=True)
class Access:
    """The moment at which an operation meets the store."""

    def build(self, station: Station, world: World) -> Step:
        """The step on one station."""
        return AccessStep(station)

    def lay(
        self, slots: Slots, world: World, stations: list[Station], path: Path, name: str
    ) -> int | list[Path]:
        """It needs no luck."""
        return CONSTANT


class AccessStep(Chained):
    """Access to the copy at one station."""

    __slots__ = ("station",)

    def __init__(self, station: Station) -> None:
        self.station = station

    def start(self, attempt: Attempt) -> None:
        """Read or write; the copy lets the attempt go on, or fails it."""
        copy = self.station.copy
        assert copy is not None, f"{self.station.name} has no store"
        attempt.step = self
        if attempt.call.operation.write and not attempt.path.reads:
            copy.write(attempt)
        else:
            copy.read(attempt)

    def stop(self, attempt: Attempt) -> None:
        """The attempt does not wait for other copies any more."""
        copy = self.station.copy
        assert copy is not None
        copy.stop(attempt)
