"""A level's own measures: counts of events, and times from one event to another."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from game.engine.causes import Cause
from game.engine.events.event import Event, Happening, Night, Total, happenings
from game.engine.log import Log
from game.level.model import Measure, System
from game.level.sections import node_names

LAST = "last"
FIRST = "first"
_time_us = attrgetter("time_us")


@dataclass(frozen=True, slots=True)
class Named:
    """What one of the level's own measures comes down to, over one run or several."""

    measure: Measure
    count: int = 0
    """Of a count."""
    of: int = 0
    """What it is a part of, where the measure is told `per_hundred`."""
    times_us: array[int] = field(default_factory=lambda: array("q"), repr=False)
    """Ascending. Where the first time alone is taken, there is one of each run at most."""
    endless: int = 0
    """Times that began and did not end."""

    @property
    def is_time(self) -> bool:
        """Whether it is a time, and no count."""
        return self.measure.count is None


def night_of(system: System, log: Log, causes: Sequence[Cause]) -> Night:
    """A run, ready to look for events in it; `causes` of all operations, in order of the Log."""
    machines = {group.id: frozenset(node_names(group.id, group.count)) for group in system.nodes}
    return Night(log, machines, causes)


def find_named(measure: Measure, night: Night, window: tuple[int, int]) -> Named:
    """The measure of one run."""
    inside = window if measure.in_window else None
    if measure.count is not None:
        of = 0 if measure.per_hundred is None else _count(measure.per_hundred, night, inside)
        return Named(measure, _count(measure.count, night, inside), of)
    times = [length_us for _, length_us in times_of(measure, night, window)]
    ended = sorted(one for one in times if one is not None)
    return Named(measure, times_us=array("q", ended), endless=len(times) - len(ended))


def moments_of(measure: Measure, night: Night, window: tuple[int, int]) -> list[int]:
    """When each event happened that a measure counts, in order of time."""
    inside = window if measure.in_window else None
    return [one.time_us for one in _inside(_of(measure.count, night), inside)]


def times_of(
    measure: Measure, night: Night, window: tuple[int, int]
) -> list[tuple[int, int | None]]:
    """(begin, length) of each time that a measure takes, in order of begins; None: it did not
    end."""
    inside = window if measure.in_window else None
    begins = list(_inside(_of(measure.from_, night), inside))
    lengths = _times(measure, begins, _of(measure.to, night))
    found = [(one.time_us, length_us) for one, length_us in zip(begins, lengths, strict=True)]
    return found[:1] if measure.take == FIRST else found


def pool_named(found: Sequence[Named]) -> Named:
    """One measure over several runs: counts add up, and times lie together."""
    return Named(
        found[0].measure,
        sum(one.count for one in found),
        sum(one.of for one in found),
        array("q", sorted(us for one in found for us in one.times_us)),
        sum(one.endless for one in found),
    )


def _count(event: object, night: Night, inside: tuple[int, int] | None) -> int:
    if isinstance(event, Total):
        return event.counted(night.log.totals)
    return sum(1 for _ in _inside(_of(event, night), inside))


def _of(event: object, night: Night) -> list[Happening]:
    assert isinstance(event, Event), f"{event!r} is no event with a moment"
    return happenings(event, night)


def _inside(found: Iterable[Happening], window: tuple[int, int] | None) -> Iterator[Happening]:
    """Those in the window: an operation is there if it was invoked there."""
    for one in found:
        moment_us = one.time_us if one.invoked_us < 0 else one.invoked_us
        if window is None or window[0] <= moment_us <= window[1]:
            yield one


def _times(
    measure: Measure, begins: Iterable[Happening], ends: Iterable[Happening]
) -> Iterator[int | None]:
    """For each begin the time to its end, or None. Nothing that happened is its own end."""
    subject = attrgetter(measure.same) if measure.same else _anything
    ends_of: defaultdict[object, list[Happening]] = defaultdict(list)
    for one in ends:
        ends_of[subject(one)].append(one)
    may_be_its_own = measure.from_.source == measure.to.source
    for begin in begins:
        those = ends_of.get(subject(begin), [])
        later = bisect_right(those, begin.time_us, key=_time_us)
        if measure.until == LAST:
            yield those[-1].time_us - begin.time_us if later < len(those) else 0
            continue
        at_once = those[bisect_left(those, begin.time_us, key=_time_us) : later]
        before = len(at_once) - (may_be_its_own and begin in at_once)
        place = later + measure.nth - before - 1
        if measure.nth <= before:
            yield 0
        else:
            yield those[place].time_us - begin.time_us if place < len(those) else None


def _anything(_: Happening) -> None:
    return None
