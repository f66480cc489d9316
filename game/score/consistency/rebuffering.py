"""Rebuffering: segments of films that came after the player had run dry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.engine.workload.stream import NOBODY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly
from game.score.consistency.blame import fault_between, fault_spans


@REGISTRY.register(
    "checker",
    "rebuffering",
    says="a segment came after the player had run dry",
    codex="stream",
    causes=("late-answer",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuffering:
    """Segments that never came are failures already. Blames the newest fault at work since the
    player's buffer was full, if it was; no parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the stalls' ends."""
        spans = fault_spans(log)
        streams = {service.id: service.store for service in services}
        for operation, _, _, station, began_us, ended_us in log.stalls.rows():
            stream = streams.get(log.stations[station][0])
            if stream is not None and operation != NOBODY:
                blame = fault_between(spans, began_us - stream.full_us, ended_us)
                yield Anomaly(operation, Cause.LATE_ANSWER, blame)
