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
        blames = dict(
            zip(log.discarded.column("operation"), log.discarded.column("blame"), strict=True)
        )
        for operation in acknowledged_writes(log):
            if operation not in kept:
                yield Anomaly(operation, Cause.LOST_WRITE, blames.get(operation, NO_FAULT))
