"""The measures: what a scorecard shows and what a goal may name, each computed from a tally.

A level's own measures stand behind those that every level has. Over several runs their counts add
up and all their times lie together, so that `mean`, a percentile and `max` are those of all times;
`first` then is the longest first time of a run. A time that did not end is longer than all others:
where the number would be one of these, there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from game.engine.causes import Cause
from game.score.named import Named
from game.score.of_kind import OfKind
from game.score.tally import Tally

SECOND_US = 1_000_000
MILLION = 1_000_000


class Unit(Enum):
    """What the number of a measure counts, and so how it is told."""

    SHARE = "share"
    MILLISECONDS = "ms"
    PER_SECOND = "a second"
    MONEY = "an hour"
    COUNT = ""
    ANSWER = "right or wrong"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure. `of` gives None where there is nothing to measure, or no number to give."""

    name: str
    unit: Unit
    says: str
    of: Callable[[Tally], float | int | None]
    of_latency: int | None = None
    """For percentiles: how many of a thousand operations are no slower."""


def percentile_us(tally: Tally, per_mille: int) -> int | None:
    """The exact percentile of all valid operations, by nearest rank.

    One that was not good counts as longer than any that was; None where the percentile falls there,
    and where there were no operations.
    """
    rank = fastest(tally.operations, per_mille)
    return tally.latencies_us[rank - 1] if 0 < rank <= tally.good else None


def fastest(operations: int, per_mille: int) -> int:
    """How many operations must be no slower than the percentile: its nearest rank."""
    return -(-operations * per_mille // 1000)


def _percentile(name: str, per_mille: int, says: str) -> Measure:
    def of(tally: Tally) -> float | None:
        latency_us = percentile_us(tally, per_mille)
        return None if latency_us is None else latency_us / 1000

    return Measure(name, Unit.MILLISECONDS, says, of, per_mille)


def _availability(tally: Tally) -> float | None:
    return tally.good / tally.operations if tally.operations else None


def _goodput(tally: Tally) -> float | None:
    if not tally.operations or not tally.window_us:
        return None
    return tally.good * SECOND_US / tally.window_us


def _wasted(tally: Tally) -> float | None:
    return tally.wasted_us / tally.service_us if tally.service_us else None


def _anomalies(name: str, cause: Cause, says: str) -> Measure:
    return Measure(name, Unit.COUNT, says, lambda tally: dict(tally.anomalies).get(cause.word, 0))


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("availability", Unit.SHARE, "good operations of all in the window", _availability),
        _percentile("p50_ms", 500, "half of all operations were answered in this time"),
        _percentile("p99_ms", 990, "99 of 100 operations were answered in this time"),
        _percentile("p999_ms", 999, "999 of 1000 operations were answered in this time"),
        Measure("goodput_rps", Unit.PER_SECOND, "good operations a second", _goodput),
        Measure(
            "cost_per_hour",
            Unit.MONEY,
            "machines, and bytes that leave a zone or a region",
            lambda tally: tally.cost_micros / MILLION,
        ),
        Measure("moving_parts", Unit.COUNT, "what must be kept right", lambda tally: tally.parts),
        Measure("wasted_share", Unit.SHARE, "work that nobody waited for", _wasted),
        Measure("messages", Unit.COUNT, "messages sent", lambda tally: tally.messages),
        Measure(
            "anomalies",
            Unit.COUNT,
            "broken promises of consistency, of all kinds together",
            lambda tally: sum(count for _, count in tally.anomalies),
        ),
        _anomalies("lost_writes", Cause.LOST_WRITE, "acknowledged writes that are gone"),
        _anomalies("duplicates", Cause.DUPLICATE, "writes that took effect more than once"),
        _anomalies("stale_reads", Cause.STALE, "answers that were older than promised"),
        _anomalies("oversold", Cause.OVERSOLD, "sales of what was not there"),
        _anomalies("wrong_values", Cause.WRONG_VALUE, "answers that were wrong"),
    )
}
"""All measures by name, in the order in which they are shown."""


def _longest(named: Named) -> float | None:
    return None if named.endless or not named.times_us else named.times_us[-1] / 1000


def _mean(named: Named) -> float | None:
    if named.endless or not named.times_us:
        return None
    return sum(named.times_us) / (1000 * len(named.times_us))


def _taken_percentile(per_mille: int) -> Callable[[Named], float | None]:
    def of(named: Named) -> float | None:
        times = named.times_us
        rank = fastest(len(times) + named.endless, per_mille)
        return times[rank - 1] / 1000 if 0 < rank <= len(times) else None

    return of


TAKES: Mapping[str, Callable[[Named], float | None]] = {
    "first": _longest,
    "mean": _mean,
    "p50": _taken_percentile(500),
    "p99": _taken_percentile(990),
    "max": _longest,
}
"""How one number is made of times, in milliseconds."""


def own_number(named: Named) -> float | int | None:
    """The value of one of a level's own measures: a count, so many in a hundred, or
    milliseconds."""
    if named.measure.per_hundred is not None:
        return 100 * named.count / named.of if named.of else None
    return TAKES[named.measure.take](named) if named.is_time else named.count


def value_of(tally: Tally, name: str) -> float | int | None:
    """The value of the measure of that name, a level's own one too."""
    if name in MEASURES:
        return MEASURES[name].of(tally)
    own = own_of(tally, name)
    if own is not None:
        return own_number(own)
    told = told_of(tally, name)
    assert told is not None, f"no measure {name!r}"
    return told.value


def own_of(tally: Tally, name: str) -> Named | None:
    """The level's own measure of that name, if it is one."""
    return next((one for one in tally.named if one.measure.id == name), None)


def told_of(tally: Tally, name: str) -> OfKind | None:
    """The measure of that name that only this kind of level has, if it is one."""
    return next((one for one in tally.of_kind if one.name == name), None)


def says_of(tally: Tally, name: str) -> str:
    """What a measure is, in a few words; the author's for one of the level's own."""
    if name in MEASURES:
        return MEASURES[name].says
    own, told = own_of(tally, name), told_of(tally, name)
    return own.measure.says if own else told.says if told else ""


def unit_of(name: str, times: Collection[str], answers: Collection[str] = ()) -> Unit:
    """What a measure counts. `times` are those of the level's own measures that are times,
    `answers` what the player says, which is right or wrong."""
    if name in MEASURES:
        return MEASURES[name].unit
    if name in answers:
        return Unit.ANSWER
    return Unit.MILLISECONDS if name in times else Unit.COUNT


def measured(tally: Tally) -> dict[str, float | int | None]:
    """Every measure of a tally by its name, the level's own ones last, and then those that only
    its kind of level has."""
    found = {name: measure.of(tally) for name, measure in MEASURES.items()}
    found |= {one.measure.id: own_number(one) for one in tally.named}
    return found | {one.name: one.value for one in tally.of_kind}
