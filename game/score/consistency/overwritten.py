"""Overwritten updates: acknowledged changes that somebody wrote over who had not seen them.

P4 of Berenson and others, A Critique of ANSI SQL Isolation Levels, SIGMOD 1995, section 4.1, found
in the order in which a store has its writes; `lost_update.py` finds it in histories.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly, acknowledged_writes
from game.score.consistency.blame import fault_between, fault_spans


@REGISTRY.register(
    "checker",
    "lost-update",
    says="an acknowledged change was written over by somebody who had not seen it",
    codex="compare-and-set",
    causes=("lost-write",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Overwritten:
    """For operations that read a key, and then write it. Points at what was lost, and blames the
    newest fault at work between its beginning and the write over it; no parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the services and keys, and of the writes that went over others."""
        columns = (log.operations.column(name) for name in ("operation", "invoked_us"))
        begun = dict(zip(*columns, strict=True))
        spans = fault_spans(log)
        for service in services:
            acknowledged = acknowledged_writes(log, [service.id])
            told: set[int] = set()
            for gone, over_us in overwritten(log, service.id):
                if gone in acknowledged and gone not in told:
                    told.add(gone)
                    blame = fault_between(spans, begun[gone], over_us)
                    yield Anomaly(gone, Cause.LOST_WRITE, blame, service.id)


def overwritten(log: Log, service: str) -> Iterator[tuple[int, int]]:
    """(operation, when somebody went over what it had written without having read it)."""
    here = {index for index, (name, _) in enumerate(log.stations) if name == service}
    seen: dict[int, list[tuple[int, int]]] = {}
    for operation, read_us, station, writer in log.reads.rows():
        if station in here:
            seen.setdefault(operation, []).append((read_us, writer))
    written: dict[int, list[int]] = {}
    for operation, time_us, station, key, _ in log.effects.rows():
        if station not in here:
            continue
        order = written.setdefault(key, [])
        had = {writer for read_us, writer in seen.get(operation, ()) if read_us <= time_us}
        if had:
            for before in reversed(order):
                if before == operation or before in had:
                    break
                yield before, time_us
        order.append(operation)
