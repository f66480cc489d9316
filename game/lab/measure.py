"""Numbers of one run, read from its Log."""

from __future__ import annotations

from collections.abc import Iterator

from game.engine.causes import Cause
from game.engine.log import Log
from game.level.model import System


def measured_span(system: System) -> tuple[int, int]:
    """From the end of the warm-up to the last arrival, in microseconds."""
    return system.warm_up, system.duration - max(client.deadline for client in system.clients)


def measured_operations(log: Log, system: System) -> Iterator[tuple[int, Cause, int]]:
    """(operation, cause, sojourn in microseconds) of all operations invoked in the span."""
    begins_us, ends_us = measured_span(system)
    for operation, _, invoked_us, ended_us, cause, *_ in log.operations.rows():
        if begins_us <= invoked_us < ends_us:
            yield operation, Cause(cause), ended_us - invoked_us


def good_sojourns(log: Log, system: System) -> list[int]:
    """Microseconds from invocation to answer of the good operations in the span."""
    assert not log.verdict, log.error or log.verdict
    return [
        sojourn for _, cause, sojourn in measured_operations(log, system) if cause is Cause.NONE
    ]


def share_of(log: Log, system: System, cause: Cause) -> float:
    """The share of the operations in the span that came to this cause."""
    assert not log.verdict, log.error or log.verdict
    causes = [got for _, got, _ in measured_operations(log, system)]
    return causes.count(cause) / len(causes)


def queue_waits(log: Log, system: System) -> list[int]:
    """Microseconds in the queue of each served attempt that arrived in the span."""
    assert not log.verdict, log.error or log.verdict
    begins_us, ends_us = measured_span(system)
    arrived = log.attempts.column("arrived_us")
    started = log.attempts.column("started_us")
    return [
        start - arrival
        for arrival, start in zip(arrived, started, strict=True)
        if begins_us <= arrival < ends_us and start >= 0
    ]
