"""Events of attacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from game.engine.attempt import FORGED, forger
from game.engine.events.changes import CODEX
from game.engine.events.event import Event, FaultName, Happening, MachineName, Night
from game.engine.registry import REGISTRY
from game.level.annotations import ServiceName


@REGISTRY.register(
    "event", "forged-write", says="A write that an attacker forged takes effect.", codex=CODEX
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ForgedWrite(Event):
    """Where and when the first copy applied it; only of what is there when the run ends."""

    service: ServiceName | None = None
    """The service whose store it changed."""
    node: MachineName | None = None
    """Where it took effect."""
    fault: FaultName | None = None
    """The fault that forged it."""

    about: ClassVar[tuple[str, ...]] = ("service", "node", "fault")

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        log = night.log
        for operation, time_us, station, *_ in log.effects.rows():
            if operation >= FORGED:
                service, place = log.stations[station]
                fault = log.faults[forger(operation)]
                yield Happening(time_us, node=log.places[place], service=service, fault=fault)
