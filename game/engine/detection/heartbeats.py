"""Heartbeats with a fixed limit: silence for longer than `timeout` is taken for death."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from game.engine.detection.beats import BeatMember
from game.engine.laws import Constant
from game.engine.registry import REGISTRY
from game.level.annotations import GroupName, OneOrMany, PositiveDurationUs
from game.level.model import PositiveLawField

if TYPE_CHECKING:
    from game.engine.detection.membership import Cluster
    from game.engine.node import Node

SECOND = Constant(value=1_000_000)


@dataclass(frozen=True, slots=True)
class FixedLimit:
    """Learns nothing."""

    timeout_us: int

    def heard(self, gap_us: int) -> None:
        """See `Estimate`."""

    def patience_us(self) -> int:
        """See `Estimate`."""
        return self.timeout_us


@REGISTRY.register(
    "detector",
    "heartbeats",
    says="every machine tells its watchers at intervals that it lives; a long silence is a death",
    causes=("no-target",),
    facts=("down",),
    parts=lambda _: 1,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeats:
    """All-to-all heartbeats, the push detector with a fixed time-out (Chandra and Toueg,
    Unreliable Failure Detectors for Reliable Distributed Systems, JACM 43(2), 1996, section 3).

    Keeps: whoever stops for good is taken for dead by every watcher that lives (completeness),
    `timeout` after its last heartbeat came. Whoever lives may be taken for dead, and comes back
    with the next heartbeat that arrives. n members that all watch send n (n - 1) in an interval.
    """

    interval: PositiveLawField = SECOND
    """Between two heartbeats of a machine."""
    timeout: PositiveDurationUs = 3_500_000
    """Longer silence is taken for death."""
    watchers: Annotated[tuple[GroupName, ...], OneOrMany()] = ()
    """Node groups whose machines listen. Default: all members."""

    def __post_init__(self) -> None:
        if self.interval.sampler()(0.5) >= self.timeout:
            raise ValueError("must have a timeout that is mostly longer than the interval")

    def build(self, cluster: Cluster, node: Node) -> BeatMember:
        """The part of one machine."""
        limit = FixedLimit(self.timeout)
        return BeatMember(cluster, node, self.interval, self.watchers, lambda: limit)
