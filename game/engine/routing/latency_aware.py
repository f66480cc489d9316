"""Latency-aware: the target that is expected to answer soonest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.registry import REGISTRY
from game.level.annotations import PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.caller import Caller
    from game.engine.kernel import Kernel
    from game.engine.target import Target


@REGISTRY.register(
    "balancer",
    "latency-aware",
    says="the machine that answered fastest of late, counting what it still owes",
    parts=lambda _: 2,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyAware:
    """Cost = smoothed latency * (outstanding + 1), after the "peak EWMA" of Twitter's Finagle
    (com.twitter.finagle.loadbalancer.PeakEwma).

    A longer latency than the smoothed one counts in full at once, a shorter one by its weight
    elapsed / (decay + elapsed); Finagle has 1 - exp(-elapsed / decay), but exponentials do not give
    the same bits on every machine. What nobody confirms fades in the same way, so that a target
    which was slow is asked again.
    """

    decay: PositiveDurationUs = 10_000_000
    """How long a latency is remembered."""
    penalty: PositiveDurationUs = 1_000_000
    """A failure counts as a latency of at least this; so does a target that never answered yet."""

    needs_luck: ClassVar[bool] = True

    def build(self, caller: Caller) -> LatencyAwarePicker:
        """The balancer of one caller."""
        return LatencyAwarePicker(self, caller.kernel)


class LatencyAwarePicker:
    """Keeps the smoothed value in `Target.latency_us`, and here when it was seen last."""

    __slots__ = ("decay_us", "kernel", "penalty_us", "seen_us")

    def __init__(self, record: LatencyAware, kernel: Kernel) -> None:
        self.kernel = kernel
        self.decay_us = record.decay
        self.penalty_us = record.penalty
        self.seen_us: dict[int, int] = {}

    def cost(self, target: Target) -> float:
        """What is minimised. Nobody asks a second time before a new target's first answer unless
        all others are worse than the penalty."""
        outstanding = target.outstanding
        seen_us = self.seen_us.get(target.index)
        if seen_us is None:
            return float(self.penalty_us * (outstanding + 1)) if outstanding else 0.0
        faded: float = self.decay_us / (self.decay_us + self.kernel.now - seen_us)
        return target.latency_us * faded * (outstanding + 1)

    def pick(self, targets: Sequence[Target], luck: float) -> Target:
        """The smallest cost; luck decides between equals."""
        costs = [self.cost(target) for target in targets]
        least = min(costs)
        equals = [target for target, cost in zip(targets, costs, strict=True) if cost == least]
        return equals[int(luck * len(equals))]

    def sent(self, attempt: Attempt) -> None:
        """Nothing is learned by asking."""

    def closed(self, attempt: Attempt, cause: int) -> None:
        """Take in how long it took. Of an attempt that was not needed any more it is known only
        that it took at least so long."""
        target = attempt.target
        assert target is not None
        now = self.kernel.now
        latency_us = now - attempt.sent_us
        if cause:
            latency_us = max(latency_us, self.penalty_us)
        seen_us = self.seen_us.get(target.index)
        at_least = not attempt.call.open and not cause
        if at_least and (seen_us is None or latency_us <= target.latency_us):
            return
        if seen_us is None or latency_us >= target.latency_us:
            target.latency_us = float(latency_us)
        else:
            weight = (now - seen_us) / (self.decay_us + now - seen_us)
            target.latency_us += (latency_us - target.latency_us) * weight
        self.seen_us[target.index] = now

    def forget(self) -> None:
        """The caller lost its memory."""
        self.seen_us.clear()
