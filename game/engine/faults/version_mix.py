"""Version mix: for a while, not everybody runs the same version of the program."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from game.engine.attempt import NO_FAULT
from game.engine.causes import Cause
from game.engine.faults.ways import places_of
from game.engine.laws import require
from game.engine.log import Change
from game.engine.registry import REGISTRY
from game.engine.station import Relay
from game.engine.streams import derived_luck, named
from game.level.annotations import DurationUs, PositiveCount, PositiveNumber, Share

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station
    from game.engine.world import World

VERSION_KEY = 2
"""Tells the luck of versions from that of attempts, whose keys are large."""
FOR_GOOD = 1 << 62


@REGISTRY.register(
    "fault",
    "version-mix",
    says="some run another version of the program than the others",
    codex="version-mix",
    causes=("refused", "wrong-value", "served-too-slowly"),
    targets=("node", "zone", "region", "client", "service"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class VersionMix:
    """The target runs a new version, in the order in which it is named; at the end all run the same
    again. A `share` of the operations, always the same ones, uses what only the new version knows:
    a request of such an operation is refused where sender and receiver do not understand each
    other. It carries the version that its sender had when it was sent. Relays read nothing. A
    machine that is away by order is in no batch: it boots with the new version.
    """

    share: Share = 1.0
    """Of the operations, always the same ones: they use what only the new version knows."""
    compatible: Literal["no", "backward", "both"] = "backward"
    """`backward`: the new version understands what the old one sends, so who receives should have
    it before those who send. `both`: the old one understands what the new one sends, too, since
    that does not use yet what is new. `no`: neither does."""
    misread: bool = False
    """What is not understood is not refused, but taken for something else: the answer is wrong, and
    nobody notices."""
    batch: PositiveCount | None = None
    """So many get the new version at once; default: all."""
    pause: DurationUs = 0
    """From one batch to the next."""
    speed: PositiveNumber = 1.0
    """How fast machines work with the new version, beside the old one."""

    def __post_init__(self) -> None:
        require((self.batch is None) == (not self.pause), 'must have "batch" and "pause" together')
        understood = self.compatible == "both"
        require(
            not (understood and self.misread),
            'must not be "misread" where compatible is "both": all is understood',
        )
        require(
            not (understood and self.speed == 1.0),
            'must have a "speed" other than 1 where compatible is "both", or it does nothing',
        )

    @property
    def misleads(self) -> bool:
        """Good answers may be wrong."""
        return self.misread

    def prepare(self, world: World, fault: int) -> Mix:
        """Everybody who reads requests looks who sent them."""
        mix = Mix(self, world, fault)
        for stations in world.stations_of.values():
            for station in stations:
                if not isinstance(station, Relay):
                    station.guards = (*station.guards, Reader(mix, station))
                    station.strict = True
        return mix

    def begin(self, world: World, fault: int, target: tuple[str, ...]) -> Callable[[], None]:
        """Start with the first batch."""
        mix: Mix = world.prepared[fault]
        places = [place for name in target for place in sorted(places_of(world, (name,)))]
        upgrade = Upgrade(mix, list(dict.fromkeys(places)))
        world.kernel.process(upgrade.run())
        return upgrade.stop


class Mix:
    """Who has run the new version of one fault, and when."""

    __slots__ = ("fault", "record", "slot", "spans", "world")

    def __init__(self, record: VersionMix, world: World, fault: int) -> None:
        self.record = record
        self.world = world
        self.fault = fault
        self.slot = named(f"version/{world.log.faults[fault]}")
        self.spans: dict[int, tuple[int, int]] = {}
        """By place: since when, and until when, the last time."""

    def change(self, place: int, new: bool) -> None:
        """A place runs the new version from now on, or the old one again."""
        now, nodes = self.world.kernel.now, self.world.nodes
        self.spans[place] = (now, FOR_GOOD) if new else (self.spans[place][0], now)
        if self.record.speed != 1.0 and place < len(nodes):
            if new:
                nodes[place].slow(self.fault, 1.0 / self.record.speed)
            else:
                nodes[place].quicken(self.fault)
        row = (now, Change.VERSION, place, self.fault if new else NO_FAULT)
        self.world.log.changes.append(row)

    def is_new(self, place: int, time_us: int) -> bool:
        """Whether a place ran the new version then."""
        since_us, until_us = self.spans.get(place, (FOR_GOOD, FOR_GOOD))
        return since_us <= time_us < until_us


class Reader:
    """A guard: what one station makes of requests of another version."""

    __slots__ = ("mix", "station")

    def __init__(self, mix: Mix, station: Station) -> None:
        self.mix = mix
        self.station = station

    def refuse(self, attempt: Attempt) -> int:
        """`refused`, if it is not understood and the reader notices."""
        mix = self.mix
        if not mix.spans:
            return 0
        now, record = self.station.kernel.now, mix.record
        reads = mix.is_new(self.station.node.place, now)
        sent = mix.is_new(attempt.caller.place, attempt.sent_us)
        if reads == sent or record.compatible == "both" or (reads and record.compatible != "no"):
            return 0
        operation = attempt.call.operation
        if derived_luck(operation.luck[-1], VERSION_KEY, mix.slot) >= record.share:
            return 0
        if record.misread:
            place = self.station.index
            row = (now, Change.SPOILED, place, operation.number << 16 | mix.fault)
            self.station.world.log.changes.append(row)
            return 0
        if attempt.blame == NO_FAULT:
            attempt.blame = mix.fault
        return Cause.REFUSED

    def left(self, attempt: Attempt) -> None:
        """It keeps no count."""

    def forget(self) -> None:
        """The version is on the disk."""


class Upgrade:
    """One strike: the target gets the new version."""

    __slots__ = ("done", "mix", "places", "stopped")

    def __init__(self, mix: Mix, places: list[int]) -> None:
        self.mix = mix
        self.done: list[int] = []
        self.stopped = False
        nodes = mix.world.nodes
        away = {place for place in places if place < len(nodes) and nodes[place].stands_by}
        for place in away:
            nodes[place].on_order.append(partial(self._came, place))
        self.places = [place for place in places if place not in away]

    def run(self) -> Generator[Any, Any, None]:
        """All batches, one after the other."""
        record = self.mix.record
        batch = record.batch or len(self.places) or 1
        for first in range(0, len(self.places), batch):
            if first:
                yield self.mix.world.kernel.timeout(record.pause)
            if self.stopped:
                return
            for place in self.places[first : first + batch]:
                self.mix.change(place, new=True)
                self.done.append(place)

    def _came(self, place: int) -> None:
        if not self.stopped:
            self.mix.change(place, new=True)
            self.done.append(place)

    def stop(self) -> None:
        """All run the same again."""
        self.stopped = True
        for place in self.done:
            self.mix.change(place, new=False)
