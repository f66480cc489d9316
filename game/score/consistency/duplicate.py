"""Duplicates: one write that took effect more than once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.attempt import NO_FAULT
from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly


@REGISTRY.register(
    "checker",
    "duplicate",
    says="one write took effect more than once",
    codex="duplicate-effect",
    causes=("duplicate",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Blames the fault that made the write come again; no parameters.

    It counts whether the client was told or not: a write that seemed to fail may have two effects.
    """

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the effects."""
        names = ("operation", "call", "station")
        rows = list(zip(*(log.effects.column(name) for name in names), strict=True))
        times = Counter(row[:2] for row in rows)
        twice = {
            operation: log.stations[station][0]
            for operation, call, station in rows
            if times[operation, call] > 1
        }
        blames = _first_blames(log) if twice else {}
        for operation, service in twice.items():
            yield Anomaly(operation, Cause.DUPLICATE, blames.get(operation, NO_FAULT), service)


def _first_blames(log: Log) -> dict[int, int]:
    """The first fault that an attempt of each operation is blamed on."""
    blames: dict[int, int] = {}
    for operation, blame in zip(
        log.attempts.column("operation"), log.attempts.column("blame"), strict=True
    ):
        if blame != NO_FAULT:
            blames.setdefault(operation, blame)
    return blames
