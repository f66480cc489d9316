"""No replication: each node has a store of its own, and no other node knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.attempt import NO_FAULT
from game.engine.causes import Cause
from game.engine.registry import REGISTRY
from game.engine.replication.copies import go_on
from game.engine.replication.journal import Entry, Journal

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.station import Station
    from game.engine.world import World


@REGISTRY.register(
    "protocol",
    "none",
    says="one copy: what is written on a machine is on that machine alone",
    codex="replication",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """A write is acknowledged as soon as it is on the machine's disk; no parameters."""

    compares: ClassVar[bool] = True
    """It can tell whether a key was written since it was read."""

    def build(self, world: World, service: str, stations: list[Station]) -> Unreplicated:
        """The copies of one service."""
        return Unreplicated(stations)


class Unreplicated:
    """All stores of a service, which have nothing to do with each other."""

    __slots__ = ("copies",)

    def __init__(self, stations: list[Station]) -> None:
        self.copies = [LoneCopy(station) for station in stations]

    def start(self) -> None:
        """Nothing happens by itself."""

    def close(self) -> list[Entry]:
        """What is on every disk took effect."""
        return [entry for copy in self.copies for entry in copy.journal.entries]


class LoneCopy:
    """The store on one node."""

    __slots__ = ("journal",)

    def __init__(self, station: Station) -> None:
        self.journal = Journal(station)
        station.copy = self
        station.node.on_wipe.append(self._wiped)

    def write(self, attempt: Attempt) -> None:
        """Apply, and go on."""
        if self.journal.conflicts(attempt):
            self.journal.station.fail(attempt, Cause.REFUSED)
            return
        self.journal.write(attempt)
        go_on(attempt)

    def read(self, attempt: Attempt) -> None:
        """The value is here."""
        self.journal.answer_read(attempt)
        go_on(attempt)

    def stop(self, attempt: Attempt) -> None:
        """A write takes no time, so nothing can wait in it."""
        raise AssertionError("an attempt was stopped inside a lone store")

    def held_by(self) -> int:
        """Nothing waits here."""
        return NO_FAULT

    def _wiped(self) -> None:
        self.journal.cut(0, self.journal.station.node.blame)
