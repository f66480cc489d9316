"""Phi accrual: how long a silence may last is learned from how far apart heartbeats came before."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Annotated, Literal

from game.engine.detection.beats import BeatMember
from game.engine.detection.heartbeats import SECOND
from game.engine.registry import REGISTRY
from game.level.annotations import (
    DurationUs,
    GroupName,
    OneOrMany,
    RealNumber,
    WholeNumber,
)
from game.level.model import PositiveLawField

if TYPE_CHECKING:
    from game.engine.detection.membership import Cluster
    from game.engine.node import Node

MOST_PHI = 100
MOST_GAPS = 10_000
FIRST_SHARE = 4
"""Until there are gaps, they are taken to lie a quarter of the interval around it, as in Akka."""


@REGISTRY.register(
    "detector",
    "phi-accrual",
    says="heartbeats, and a limit of silence that each watcher learns from the gaps that it saw",
    causes=("no-target",),
    facts=("down",),
    parts=lambda _: 2,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PhiAccrual:
    """The φ accrual failure detector (Hayashibara, Défago, Yared and Katayama, SRDS 2004, section
    4): φ = -log10 of the probability that a heartbeat comes even later than now, by the mean and
    the variance of a window of past gaps. A member is taken for dead while φ is `threshold` or
    more, so a threshold of n is wrong about once in 10^n gaps, as far as gaps follow the law.

    Keeps what `heartbeats` keeps. `least_deviation` and the first guess of the gaps are Akka's;
    `law = "exponential"` is Cassandra's: φ = t / (mean ln 10), without the variance.
    """

    interval: PositiveLawField = SECOND
    """Between two heartbeats of a machine."""
    threshold: Annotated[float, RealNumber(positive=True, most=MOST_PHI)] = 8.0
    """A machine is taken for dead while its phi is this or more."""
    window: Annotated[int, WholeNumber(2, MOST_GAPS)] = 1000
    """Gaps that a watcher keeps in mind."""
    law: Literal["normal", "exponential"] = "normal"
    """The law that the gaps between beats are taken to follow."""
    least_deviation: DurationUs = 100_000
    """A standard deviation that is smaller is taken for this: gaps were never so even."""
    watchers: Annotated[tuple[GroupName, ...], OneOrMany()] = ()
    """Node groups whose machines listen. Default: all members."""

    def build(self, cluster: Cluster, node: Node) -> BeatMember:
        """The part of one machine."""
        guess_us = self.interval.sampler()(0.5)
        return BeatMember(cluster, node, self.interval, self.watchers, lambda: Gaps(self, guess_us))


class Gaps:
    """The window of one watcher for one member. Sums are of integers, so nothing is rounded."""

    __slots__ = ("deviations", "gaps", "record", "squares", "total")

    def __init__(self, record: PhiAccrual, guess_us: int) -> None:
        self.record = record
        self.gaps: deque[int] = deque()
        self.total = self.squares = 0
        self.deviations = deviations_of(record.threshold)
        for gap_us in (guess_us - guess_us // FIRST_SHARE, guess_us + guess_us // FIRST_SHARE):
            self.heard(gap_us)

    def heard(self, gap_us: int) -> None:
        """See `Estimate`."""
        self.gaps.append(gap_us)
        self.total += gap_us
        self.squares += gap_us * gap_us
        if len(self.gaps) > self.record.window:
            oldest_us = self.gaps.popleft()
            self.total -= oldest_us
            self.squares -= oldest_us * oldest_us

    def patience_us(self) -> int:
        """The silence at which φ reaches the threshold."""
        count, record = len(self.gaps), self.record
        if record.law == "exponential":
            return int(self.total / count * record.threshold * log(10) + 0.5)
        variance = (count * self.squares - self.total * self.total) / (count * count)
        deviation_us = max(sqrt(variance), record.least_deviation)
        return max(0, int(self.total / count + self.deviations * deviation_us + 0.5))


def deviations_of(phi: float) -> float:
    """How many standard deviations above its mean a normal number lies that is exceeded with
    probability 10^-φ."""
    return -NormalDist().inv_cdf(10.0**-phi)
