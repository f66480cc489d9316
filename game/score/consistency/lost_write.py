"""Lost writes: acknowledged, and without an effect at the end of the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.attempt import NO_FAULT
from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly, acknowledged_writes


@REGISTRY.register(
    "checker",
    "lost-write",
    says="a write that was acknowledged has no effect in the end",
    codex="lost-write",
    causes=("lost-write",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LostWrite:
    """Blames the fault for which a copy threw the write away; no parameters.

    An operation that makes several writes counts as lost only when none of them is there.
    """

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the operations' ends."""
        kept = frozenset(log.effects.column("operation"))
        columns = (log.discarded.column(name) for name in ("operation", "station", "blame"))
        known = {
            operation: (blame, log.stations[station][0])
            for operation, station, blame in zip(*columns, strict=True)
        }
        only = services[0].id if len(services) == 1 else ""
        for operation in acknowledged_writes(log, [service.id for service in services]):
            if operation not in kept:
                blame, service = known.get(operation, (NO_FAULT, only))
                yield Anomaly(operation, Cause.LOST_WRITE, blame, service)
