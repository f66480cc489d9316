"""Heartbeats: members say at intervals that they live, and watchers wait for the next one.

How long a watcher waits is the affair of an `Estimate`: a fixed limit, or one that learns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from game.engine.detection.membership import Member
from game.engine.log import MessageKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from game.engine.detection.membership import Cluster
    from game.engine.node import Node
    from game.level.model import Law

BEAT_BYTES = 64
NEVER_HEARD = (-1, -1)


class Estimate(Protocol):
    """How long the next heartbeat of one member may take."""

    def heard(self, gap_us: int) -> None:
        """Two heartbeats in order were heard so far apart."""
        ...

    def patience_us(self) -> int:
        """A silence of this length is too long."""
        ...


@dataclass(frozen=True, slots=True)
class Beat:
    """I live."""

    sender: int
    """A place."""
    life: int
    """Of the sender, which numbers its heartbeats anew in each: two lives are told apart by a
    boot id, as a computer draws one when it starts."""
    number: int


class Watched:
    """What a watcher knows of one member."""

    __slots__ = ("alarm_us", "alarms", "estimate", "heard_us", "newest")

    def __init__(self, estimate: Estimate, now_us: int) -> None:
        self.estimate = estimate
        self.heard_us = now_us
        """By the watcher's own clock; at first, when the watch began."""
        self.newest = NEVER_HEARD
        """Life and number of the newest heartbeat."""
        self.alarm_us: int | None = None
        """When the watcher looks again; None while it takes the member for dead."""
        self.alarms = 0
        """Looks planned so far: only the last one counts."""

    @property
    def limit_us(self) -> int:
        """When the silence is too long, unless it ends before."""
        return self.heard_us + self.estimate.patience_us()


class BeatMember(Member):
    """One machine: it sends heartbeats to the watchers, and may be one of them."""

    def __init__(
        self,
        cluster: Cluster,
        node: Node,
        interval: Law,
        watchers: tuple[str, ...],
        estimate: Callable[[], Estimate],
    ) -> None:
        super().__init__(cluster, node)
        self.gap_us = interval.sampler()
        self.groups = watchers
        self.estimate = estimate
        self.number = 0
        self.watched: dict[int, Watched] = {}

    @cached_property
    def audience(self) -> tuple[BeatMember, ...]:
        """Who hears this member's heartbeats."""
        members = (self.cluster.members[place] for place in self.others)
        return tuple(
            one
            for one in members
            if isinstance(one, BeatMember) and (not self.groups or one.node.group in self.groups)
        )

    def begin(self) -> None:
        """Send first at a random moment of an interval, and wait for all others from now on."""
        now_us = self.steady_us()
        if not self.groups or self.node.group in self.groups:
            for place in self.others:
                self.watched[place] = Watched(self.estimate(), now_us)
                self._watch(place)
        if self.audience:
            self.after(int(self.luck() * self.gap_us(self.luck())), self._beat, None)

    def forget(self) -> None:
        """See `Member`."""
        self.number = 0
        self.watched.clear()

    def _beat(self, _: None) -> None:
        self.number += 1
        beat = Beat(self.place, self.life, self.number)
        for watcher in self.audience:
            self.ask(watcher.place, watcher.hear, beat, MessageKind.HEARTBEAT, BEAT_BYTES)
        self.after(self.gap_us(self.luck()), self._beat, None)

    def hear(self, beat: Beat) -> None:
        """A heartbeat arrives. One that was overtaken, or doubled, says nothing."""
        watched = self.watched[beat.sender]
        life, number = watched.newest
        if beat.life == life and beat.number <= number:
            return
        now_us = self.steady_us()
        if beat.life == life:
            watched.estimate.heard(now_us - watched.heard_us)
        watched.newest = (beat.life, beat.number)
        watched.heard_us = now_us
        if beat.sender in self.down:
            self.take_for_alive(beat.sender)
        if watched.alarm_us is None or watched.limit_us < watched.alarm_us:
            self._watch(beat.sender)

    def _watch(self, place: int) -> None:
        """Look again when the silence would be too long."""
        watched = self.watched[place]
        watched.alarms += 1
        watched.alarm_us = watched.limit_us
        wait_us = max(0, watched.alarm_us - self.steady_us())
        self.after(wait_us, self._look, (place, watched.alarms))

    def _look(self, alarm: tuple[int, int]) -> None:
        place, number = alarm
        watched = self.watched[place]
        if number != watched.alarms:
            return
        if self.steady_us() < watched.limit_us:
            self._watch(place)
        else:
            watched.alarm_us = None
            self.take_for_dead(place)
