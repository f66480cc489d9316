"""SWIM: each machine asks one other at a time, lets others ask before it believes the worst, and
news of members rides on the questions and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from game.engine.detection.swim_member import SwimMember
from game.engine.registry import REGISTRY
from game.level.annotations import Count, DurationUs, PositiveCount, PositiveDurationUs

if TYPE_CHECKING:
    from game.engine.detection.membership import Cluster
    from game.engine.node import Node


@REGISTRY.register(
    "detector",
    "swim",
    says="each machine asks one other in turn, and has others ask again before it suspects",
    causes=("no-target",),
    facts=("down", "suspected", "incarnation"),
    parts=lambda record: 3 + (record.suspicion > 0),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Swim:
    """SWIM (Das, Gupta and Motivala, DSN 2002): pings and indirect pings of section 3.1,
    dissemination by piggyback of 4.1, suspicion with incarnation numbers of 4.2, round-robin
    selection of 4.3.

    Keeps: whoever stops for good is taken for dead in the end by every member that lives and is
    not cut off; with round-robin selection each member asks it within 2n - 1 periods. Whoever lives
    may be suspected; it objects as soon as it hears of that. Each member sends and gets as many
    messages in a period, however many members there are.

    Not as in the paper: the dead are not dropped. A higher incarnation brings one back, as in
    HashiCorp's memberlist, so a member that was wrongly taken for dead need not join anew; now and
    then somebody asks one of the dead (as Serf does it), and whoever writes to a member that it
    doubts tells it so (Lifeguard's buddy system, Dadgar, Phillips and Currey, DSN-W 2018).
    """

    period: PositiveDurationUs = 1_000_000
    """Each member asks one other in it."""
    timeout: PositiveDurationUs = 200_000
    """Without an answer for so long, others are asked to ask."""
    indirect: Count = 3
    """So many others."""
    suspicion: DurationUs = 5_000_000
    """The time that a suspect has to object; "0s": silence is taken for death at once."""
    selection: Literal["round-robin", "random"] = "round-robin"
    """Whom to ask next: in a random order that is drawn anew after each round, or anybody."""
    spread: PositiveCount = 3
    """News is passed on so often, times the natural logarithm of the number of members."""
    piggyback: PositiveCount = 8
    """News in a message, at most."""

    def __post_init__(self) -> None:
        if self.timeout >= self.period:
            raise ValueError("must have a period that is longer than its timeout")

    def build(self, cluster: Cluster, node: Node) -> SwimMember:
        """The part of one machine."""
        return SwimMember(self, cluster, node)
