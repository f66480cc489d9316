"""Numbers of one run, read from its Log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import inf

from game.engine.causes import Cause
from game.engine.log import Log
from game.lab.scenario import level_of
from game.level.model import System
from game.score.measures import own_number
from game.score.named import find_named, night_of


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


def good_shares(log: Log, step_us: int) -> dict[int, float]:
    """By the step in which they were invoked: the share of the operations that were good."""
    all_of: Counter[int] = Counter()
    good: Counter[int] = Counter()
    invoked = log.operations.column("invoked_us")
    for invoked_us, cause in zip(invoked, log.operations.column("cause"), strict=True):
        step = invoked_us // step_us
        all_of[step] += 1
        good[step] += cause == Cause.NONE
    return {step: good[step] / count for step, count in all_of.items()}


def own_measures(name: str, system: System, log: Log) -> dict[str, float]:
    """What the `[[measure]]` tables of the lab's level of that name came to over the whole run:
    counts, and times in milliseconds; "never" is infinite."""
    assert not log.verdict, log.error or log.verdict
    night = night_of(system, log, [Cause(cause) for cause in log.operations.column("cause")])
    whole = (0, log.duration_us)
    found = [find_named(measure, night, whole) for measure in level_of(name).measures]
    numbers = {one.measure.id: own_number(one) for one in found}
    return {name: inf if number is None else number for name, number in numbers.items()}
