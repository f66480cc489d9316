"""Stream: films in segments, which must come before the player has played what it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from game.engine.events.event import Event, Happening, Night
from game.engine.registry import REGISTRY
from game.level.annotations import ClientName, PositiveDurationUs, ServiceName, WholeNumber

if TYPE_CHECKING:
    from game.engine.attempt import Operation
    from game.engine.clients import ClosedLoop
    from game.engine.log import Log

NOBODY = -1
"""The operation of a stall that nothing ended."""


@REGISTRY.register(
    "application",
    "stream",
    says="films in segments: each read loads the next one, which is late if the player has to wait",
    codex="stream",
    causes=("late-answer",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A buffer that is filled by a closed loop, as in Huang and others, A Buffer-Based Approach to
    Rate Adaptation, SIGCOMM 2014, section 2, with one bit rate.

    Each user of a closed loop behind which there is this store watches something: it plays from the
    first segment on, loads one segment after the other, and asks for the next as soon as there is
    room for it. After a failure it thinks, and asks again. What it asks for is one of the client's
    `keys`. Its promise: players do not run dry.
    """

    met_by: ClassVar[str] = "store"
    promises: ClassVar[tuple[str, ...]] = ("rebuffering",)
    """The checkers that it is held to."""

    segment: PositiveDurationUs
    """Playing time of one segment."""
    buffer: Annotated[int, WholeNumber(2, 1000)] = 3
    """Segments that a player has, at most, the one that it plays included; so with one alone it
    would run dry each time."""

    @property
    def full_us(self) -> int:
        """Playing time of a full buffer."""
        return self.segment * self.buffer

    def players(self, group: ClosedLoop, station: int) -> Players:
        """Those of one client group; `station` is the first one of the service."""
        return Players(self, group, station)


class Players:
    """What the users of one client group have yet to play."""

    __slots__ = ("dry_us", "group", "log", "station", "stream")

    def __init__(self, stream: Stream, group: ClosedLoop, station: int) -> None:
        self.stream = stream
        self.group = group
        self.log: Log = group.world.log
        self.station = station
        self.dry_us: dict[int, int] = {}
        """By user: when it has played all that it has, or had."""

    def ended(self, operation: Operation, *, good: bool) -> int | None:
        """An operation is over: when its user asks for the next segment; None if it has to think
        first."""
        if not good:
            return None
        now: int = self.group.kernel.now
        user = operation.user
        before_us = self.dry_us.get(user, now)
        if before_us < now:
            self._stalled(operation.number, user, before_us, now)
        dry_us = max(before_us, now) + self.stream.segment
        self.dry_us[user] = dry_us
        room_us = dry_us - (self.stream.full_us - self.stream.segment)
        return max(now, room_us)

    def close(self) -> None:
        """The run is over: who ran dry while segments could still be asked for has stalled."""
        end_us = min(self.group.last_us, self.group.kernel.now)
        for user, dry_us in sorted(self.dry_us.items()):
            if dry_us < end_us:
                self._stalled(NOBODY, user, dry_us, NOBODY)

    def _stalled(self, operation: int, user: int, began_us: int, ended_us: int) -> None:
        row = (operation, self.group.index, user, self.station, began_us, ended_us)
        self.log.stalls.append(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfStall(Event):
    """About a stall of one player."""

    client: ClientName | None = None
    """Whose players."""
    service: ServiceName | None = None
    """The one that has the films."""

    about: ClassVar[tuple[str, ...]] = ("client", "service", "operation")
    at: ClassVar[str]

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        log = night.log
        at = log.stalls.columns.index(self.at)
        for number, row in enumerate(log.stalls.rows()):
            if row[at] >= 0:
                yield Happening(
                    row[at],
                    service=log.stations[row[3]][0],
                    client=log.clients[row[1]],
                    operation=row[0],
                    row=number,
                )


@REGISTRY.register("event", "stall", says="A player runs dry.", codex="stream")
@dataclass(frozen=True, slots=True, kw_only=True)
class StallBegan(_OfStall):
    """It is about the operation that will bring the next segment, if one does."""

    at: ClassVar[str] = "began_us"


@REGISTRY.register("event", "stall-ended", says="A player that ran dry goes on.", codex="stream")
@dataclass(frozen=True, slots=True, kw_only=True)
class StallEnded(_OfStall):
    """About the operation that brought the segment."""

    at: ClassVar[str] = "ended_us"
