"""Gossip: heartbeat counters that machines tell each other, each to one other at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from game.engine.detection.heartbeats import SECOND
from game.engine.detection.membership import Member
from game.engine.log import MessageKind
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveDurationUs
from game.level.model import PositiveLawField

if TYPE_CHECKING:
    from game.engine.detection.membership import Cluster
    from game.engine.node import Node

HEAD_BYTES = 32
ENTRY_BYTES = 16

Beat = tuple[int, int]
"""How often a member began, and how often it has told somebody since."""


@REGISTRY.register(
    "detector",
    "gossip",
    says="machines tell each other whose heartbeats they have heard of; old news is a death",
    codex="gossip-membership",
    causes=("no-target",),
    facts=("down",),
    parts=lambda _: 2,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class GossipDetector:
    """The basic protocol of van Renesse, Minsky and Hayden, A Gossip-Style Failure Detection
    Service, Middleware 1998, section 2.

    Keeps: whoever stops for good is taken for dead by every member that lives and is not cut off,
    at its first own gossip after `fail_after` without news of it. Whoever lives may be taken for
    dead where news is slow. Each member sends one message in an interval, as long as the list of
    members.

    Not as in the paper: nobody is forgotten, so no T_cleanup is needed to keep old news from
    bringing back the dead; the dead are told something now and then, where the paper broadcasts;
    and counters begin anew with each start of a machine, which its disk counts.
    """

    interval: PositiveLawField = SECOND
    """Between two lists that a machine sends, each to one other at random (T_gossip)."""
    fail_after: PositiveDurationUs = 10_000_000
    """Without news of a member for so long, it is taken for dead (T_fail)."""

    def __post_init__(self) -> None:
        if self.interval.sampler()(0.5) >= self.fail_after:
            raise ValueError("must have a fail_after that is mostly longer than the interval")

    def build(self, cluster: Cluster, node: Node) -> GossipMember:
        """The part of one machine."""
        return GossipMember(self, cluster, node)


class GossipMember(Member):
    """One machine."""

    def __init__(self, record: GossipDetector, cluster: Cluster, node: Node) -> None:
        super().__init__(cluster, node)
        self.record = record
        self.gap_us = record.interval.sampler()
        self.begun = 0
        """How often this member began; on disk."""
        self.beats: dict[int, Beat] = {}
        """The highest that is known of each member, itself included."""
        self.news_us: dict[int, int] = {}
        """When that became known, by its own clock."""
        node.on_wipe.append(self._wiped)

    def begin(self) -> None:
        """Send first at a random moment of an interval, and wait for news of all from now on."""
        self.begun += 1
        self.beats = {self.place: (self.begun, 0)}
        self.news_us = dict.fromkeys(self.others, self.steady_us())
        if self.others:
            self.after(int(self.luck() * self.gap_us(self.luck())), self._round, None)

    def forget(self) -> None:
        """See `Member`."""
        self.beats.clear()
        self.news_us.clear()

    def _wiped(self) -> None:
        self.begun = 0

    def _round(self, _: None) -> None:
        """Look whose news is old, and tell somebody."""
        self.after(self.gap_us(self.luck()), self._round, None)
        begun, told = self.beats[self.place]
        self.beats[self.place] = (begun, told + 1)
        oldest_us = self.steady_us() - self.record.fail_after
        for place, heard_us in self.news_us.items():
            if heard_us <= oldest_us and place not in self.down:
                self.take_for_dead(place)
        living = [place for place in self.others if place not in self.down]
        if living:
            self._tell(self.one_of(living))
        dead = self.dead_one_to_try()
        if dead is not None:
            self._tell(dead)

    def _tell(self, to: int) -> None:
        member = self.cluster.members[to]
        assert isinstance(member, GossipMember)
        size_bytes = HEAD_BYTES + ENTRY_BYTES * len(self.beats)
        self.ask(to, member.hear, dict(self.beats), MessageKind.HEARTBEAT, size_bytes)

    def hear(self, beats: dict[int, Beat]) -> None:
        """A list arrives: take what is newer than one's own (section 2)."""
        now_us = self.steady_us()
        own = self.beats
        for place, beat in beats.items():
            if beat <= own.get(place, (0, 0)):
                continue
            if place == self.place:
                # Its disk was wiped: others know of a later begin than it does.
                self.begun = beat[0] + 1
                own[place] = (self.begun, 0)
                continue
            own[place] = beat
            self.news_us[place] = now_us
            if place in self.down:
                self.take_for_alive(place)
