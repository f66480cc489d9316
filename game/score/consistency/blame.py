"""Which fault a broken promise is blamed on, where no copy says it: the newest one at work between
the moment from which on things could go wrong and the moment at which they were wrong."""

from __future__ import annotations

from collections.abc import Sequence

from game.engine.attempt import NO_FAULT
from game.engine.log import Change, Log

Span = tuple[int, int, int]
"""When a fault began, when it ended (the end of the run, if it did not), and its index."""


def fault_spans(log: Log) -> list[Span]:
    """All times at which faults were at work, in order of their beginnings."""
    found: list[Span] = []
    open_: dict[int, int] = {}
    for time_us, change, place, _ in log.changes.rows():
        if change == Change.FAULT_BEGAN:
            open_.setdefault(place, time_us)
        elif change == Change.FAULT_ENDED and place in open_:
            found.append((open_.pop(place), time_us, place))
    found.extend((began_us, log.duration_us, fault) for fault, began_us in open_.items())
    return sorted(found)


def fault_between(spans: Sequence[Span], first_us: int, last_us: int) -> int:
    """The fault that began last of those at work at any time between the two, or `NO_FAULT`."""
    for began_us, ended_us, fault in reversed(spans):
        if began_us <= last_us and ended_us >= first_us:
            return fault
    return NO_FAULT
