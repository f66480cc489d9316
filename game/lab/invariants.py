"""Both sides of the invariants, computed from a Log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from game.engine.causes import Cause
from game.engine.log import AttemptKind, Log, MessageKind
from game.lab.scenario import UNIT_US

Span = tuple[int, int]
COUNTED = {AttemptKind.FIRST, AttemptKind.RETRY, AttemptKind.HEDGE}


def inside(spans: Iterable[Span], window: Span) -> int:
    """The total length of what of the spans lies in the window."""
    begins_us, ends_us = window
    return sum(
        max(0, min(until_us, ends_us) - max(from_us, begins_us)) for from_us, until_us in spans
    )


def counted(log: Log, station: int, window: Span) -> int:
    """The integral of a station's traced count over the window, in request microseconds."""
    begins_us, ends_us = window
    area = present = 0
    since_us = begins_us
    for time_us, at_station, queued, serving in log.load.rows():
        if at_station != station:
            continue
        until_us = min(max(time_us, begins_us), ends_us)
        area += present * (until_us - since_us)
        since_us, present = until_us, queued + serving
    return area + present * (ends_us - since_us)


def stayed(log: Log, station: int, window: Span) -> int:
    """The sojourns of a station's requests inside the window, added up."""
    arrived, served = log.attempts.column("arrived_us"), log.attempts.column("served_us")
    at_station = log.attempts.column("station")
    spans = zip(arrived, served, at_station, strict=True)
    return inside(((a, b) for a, b, place in spans if place == station), window)


def under_way(log: Log, client: int, window: Span) -> int:
    """The time that requests and answers spent between clients and servers."""
    carried = {MessageKind.REQUEST, MessageKind.ANSWER, MessageKind.REFUSAL}
    return inside(
        (
            (sent_us, arrives_us)
            for sent_us, arrives_us, places, _, what in log.messages.rows()
            if client in divmod(places, 65536) and what >> 16 in carried
        ),
        window,
    )


def busy_ratio(log: Log) -> float:
    """Busy time over completions times the mean demand. Nothing is left at the end of the run."""
    assert not log.verdict, log.error or log.verdict
    completed = sum(served_us >= 0 for served_us in log.attempts.column("served_us"))
    return log.totals["busy_us"] / (completed * UNIT_US)


def unbalanced_operations(log: Log) -> int:
    """Operations issued, minus those that are good or have one cause, each in one row."""
    issued = log.operations.column("operation")
    causes = Counter(log.operations.column("cause"))
    failed = sum(causes[cause] for cause in Cause if cause is not Cause.NONE)
    missing = max(issued) + 1 - len(set(issued))
    return abs(len(issued) - causes[Cause.NONE] - failed) + len(issued) - len(set(issued)) + missing


def unbalanced_attempts(log: Log) -> int:
    """Operations whose own attempts do not add up to one first, its retries and its hedges."""
    made: dict[int, Counter[int]] = {}
    for operation, kind, depth, *_ in log.attempts.rows():
        if depth == 0 and kind in COUNTED:
            made.setdefault(operation, Counter())[kind] += 1
    wrong = 0
    for operation, _, _, _, _, _, attempts, *_ in log.operations.rows():
        kinds = made.get(operation, Counter())
        firsts = kinds[AttemptKind.FIRST]
        wrong += firsts != 1 or kinds.total() != attempts
    return wrong
