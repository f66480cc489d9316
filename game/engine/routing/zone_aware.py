"""Zone-aware: the nearest targets first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.engine.routing.round_robin import Turns
from game.level.annotations import Share

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


@REGISTRY.register(
    "balancer",
    "zone-aware",
    says="machines of the caller's own zone first, then of its region, then any",
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneAware:
    """In turn among the nearest targets in rotation."""

    spill_below: Share = 0.0
    """With a smaller share of the near targets in rotation than this, those of the next distance
    take turns with them (Envoy's "overprovisioning factor" is the same idea)."""

    needs_luck: ClassVar[bool] = False

    def build(self, caller: Caller) -> ZoneAwarePicker:
        """The balancer of one caller."""
        return ZoneAwarePicker(caller, self.spill_below)


class ZoneAwarePicker:
    """Finds out how far to go each time the rotation changes."""

    __slots__ = ("caller", "far", "rotation", "spill_below", "turns")

    def __init__(self, caller: Caller, spill_below: float) -> None:
        self.caller = caller
        self.spill_below = spill_below
        self.turns = Turns()
        self.rotation: Sequence[Target] = ()
        self.far = 0

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """In turn among those that are near enough; if all of these were tried, among the rest."""
        if self.caller.available is not self.rotation:
            self.rotation = self.caller.available
            self.far = self._reach()
        near = [target for target in targets if target.distance <= self.far]
        if not near:
            nearest = min(target.distance for target in targets)
            near = [target for target in targets if target.distance == nearest]
        return self.turns.pick(near, luck)

    def _reach(self) -> int:
        """The distance up to which targets are used."""
        present = [target for target in self.caller.targets if not target.drained]
        distances = sorted({target.distance for target in present})
        for distance in distances:
            known = sum(target.distance <= distance for target in present)
            usable = sum(target.distance <= distance for target in self.rotation)
            if usable and usable >= self.spill_below * known:
                return distance
        return distances[-1] if distances else 0
