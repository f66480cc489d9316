"""Weighted: some targets get more than others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from game.engine.registry import REGISTRY
from game.engine.routing.named import goes_by
from game.level.annotations import Number, PlaceName, Table

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The share of a target, or of each target of a group, zone or region, beside the others."""

    target: PlaceName
    """A node, a node group, a zone, a region, or "*"."""
    weight: Number
    """It gets requests in proportion to this."""


@REGISTRY.register(
    "balancer", "weighted", says="some machines get more than others", parts=lambda _: 1
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A target's weight is that of the last entry that names it, 1 without one. Targets of weight 0
    get nothing while any other is in rotation."""

    weights: tuple[Annotated[Weight, Table()], ...] = ()
    """The last entry that names a target holds; without one its weight is 1."""
    by: Literal["turns", "luck"] = "turns"
    """`turns`: exact shares, spread as evenly as they can be. `luck`: the weight is a chance."""

    @property
    def needs_luck(self) -> bool:
        """Whether a choice uses luck."""
        return self.by == "luck"

    def build(self, caller: Caller) -> SmoothTurns | WeightedLuck:
        """The balancer of one caller."""
        weights = Weights(self, caller)
        return WeightedLuck(weights) if self.by == "luck" else SmoothTurns(weights)


class Weights:
    """The weights of targets, looked up once."""

    __slots__ = ("caller", "known", "record")

    def __init__(self, record: Weighted, caller: Caller) -> None:
        self.record = record
        self.caller = caller
        self.known: dict[int, float] = {}

    def of(self, targets: Sequence[Target]) -> list[float]:
        """The weight of each; all 1 where all would be 0."""
        known = self.known
        for target in targets:
            if target.index not in known:
                known[target.index] = self._of(target)
        weights = [known[target.index] for target in targets]
        return weights if any(weights) else [1.0] * len(weights)

    def _of(self, target: Target) -> float:
        for entry in reversed(self.record.weights):
            if goes_by(self.caller, target, entry.target):
                return entry.weight
        return 1.0


class SmoothTurns:
    """Smooth weighted round robin (nginx, ngx_http_upstream_round_robin.c, since 1.3.1): everybody
    gains their weight, the richest is chosen and pays the sum of all. Weights 5, 1, 1 give
    a a b a c a a."""

    __slots__ = ("gained", "weights")

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.gained: dict[int, float] = {}

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The richest; the first of several."""
        gained = self.gained
        total = 0.0
        best: Target | None = None
        most = 0.0
        for target, weight in zip(targets, self.weights.of(targets), strict=True):
            total += weight
            gained[target.index] = now = gained.get(target.index, 0.0) + weight
            if weight and (best is None or now > most):
                best, most = target, now
        assert best is not None
        gained[best.index] = most - total
        return best


class WeightedLuck:
    """Each target with a chance in proportion to its weight."""

    __slots__ = ("weights",)

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The target whose stretch of the line luck falls on."""
        weights = self.weights.of(targets)
        left = luck * sum(weights)
        chosen = targets[0]
        for target, weight in zip(targets, weights, strict=True):
            if weight:
                chosen = target
                if left < weight:
                    break
                left -= weight
        return chosen
