"""The window: the part of the night in which operations count.

It hangs on the level and the seed alone, never on the plan, so that every plan and every what-if is
measured over the same moments.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, takewhile

from game.engine.log import Log
from game.engine.script import drawn
from game.level.model import Fault, Level, System


def window_us(level: Level, log: Log) -> tuple[int, int]:
    """First and last microsecond (both belong to it) of the invocations that are valid.

    From one deadline before the first fault to the level's recovery time after the end of the last
    one; without faults from the end of the warm-up. It never reaches past the last arrival, which
    comes one deadline before the end. Of several client groups, the longest deadline opens the
    window and the shortest one closes it. A level that names its window has just that.
    """
    if level.window_us is not None:
        return level.window_us
    system = level.system
    deadlines = [client.deadline for client in system.clients]
    last_arrival = max(0, system.duration - min(deadlines, default=0))
    spans = [*scripted_spans(system), *drawn_spans(system, log.seed)]
    if not spans:
        return system.warm_up, max(system.warm_up, last_arrival)
    first = max(0, min(began for began, _ in spans) - max(deadlines, default=0))
    last = max(ended for _, ended in spans) + level.recovery_us
    return first, max(first, min(last, last_arrival))


def is_drawn(fault: Fault) -> bool:
    """Whether the fault comes by a law, at moments that only the seed decides."""
    return fault.at is None


def scripted_spans(system: System) -> Iterator[tuple[int, int]]:
    """Begin and end of each fault of the script.

    One without a length lasts as long as its kind says (`over_after_us`: a restart is over by
    itself), else to the end of the run.
    """
    for fault in system.faults:
        if is_drawn(fault):
            continue
        assert fault.at is not None
        lasts_us = fault.for_ or getattr(fault.what, "over_after_us", None)
        yield fault.at, system.duration if lasts_us is None else fault.at + lasts_us


def drawn_spans(system: System, seed: int) -> Iterator[tuple[int, int]]:
    """Begin of the first and end of the last strike of each drawn fault, for targets that have
    nothing to do with each other each by itself.

    They are drawn for the machines that the level has by default, so that a plan with more machines
    is measured over the same window. One that is going on at the end lasts to the end.
    """
    for fault in filter(is_drawn, system.faults):
        for strikes in drawn(system, fault, seed):
            inside = takewhile(
                lambda strike: strike[0] < system.duration,
                islice(strikes, system.event_budget),
            )
            spans = [(began, min(ended, system.duration)) for began, ended, _ in inside]
            if spans:
                yield spans[0][0], max(ended for _, ended in spans)
