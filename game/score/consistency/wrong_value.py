"""Wrong values: good answers that came of a message which was changed on the way, or was forged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.attempt import FORGED, forger
from game.engine.causes import Cause
from game.engine.log import Change, Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly

Spoiled = dict[tuple[int, int], list[tuple[int, int]]]
"""By operation and station: when a message was changed, and by which fault."""


@REGISTRY.register(
    "checker",
    "wrong-value",
    says="an answer was made of a message that was changed on the way, or forged",
    codex="corrupt",
    causes=("wrong-value",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class WrongValue:
    """For services that believe what arrives; no parameters. An operation is wrong if the request,
    or the answer, of an attempt that it used was changed or misread, at whatever depth; attempts
    that failed or that nobody waited for do no harm. What a changed write leaves in a store is not
    followed further. A read is wrong, too, if what it returned was written by a forged request."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the operations' ends."""
        spoiled = spoiled_messages(log)
        blames = _forged_reads(log)
        if spoiled:
            blames.update(_used(log, spoiled))
        if not blames:
            return
        for operation, cause in zip(
            log.operations.column("operation"), log.operations.column("cause"), strict=True
        ):
            if cause == Cause.NONE and operation in blames:
                yield Anomaly(operation, Cause.WRONG_VALUE, blames[operation])


def spoiled_messages(log: Log) -> Spoiled:
    """All messages that were changed and that nobody checked."""
    found: Spoiled = {}
    for time_us, change, station, value in log.changes.rows():
        if change == Change.SPOILED:
            operation, fault = divmod(value, 1 << 16)
            found.setdefault((operation, station), []).append((time_us, fault))
    return found


def _forged_reads(log: Log) -> dict[int, int]:
    """The fault behind what each read returned last, where that was forged."""
    columns = (log.reads.column(name) for name in ("operation", "writer"))
    last = dict(zip(*columns, strict=True))
    return {reader: forger(writer) for reader, writer in last.items() if writer >= FORGED}


def _used(log: Log, spoiled: Spoiled) -> Iterator[tuple[int, int]]:
    """(operation, fault) for each attempt that was answered well, and by a changed message."""
    names = ("operation", "station", "sent_us", "ended_us", "cause", "wasted")
    columns = (log.attempts.column(name) for name in names)
    for operation, station, sent_us, ended_us, cause, wasted in zip(*columns, strict=True):
        if cause == Cause.NONE and not wasted:
            for time_us, fault in spoiled.get((operation, station), ()):
                if sent_us <= time_us <= ended_us:
                    yield operation, fault
