"""Measures in words, the same on the command line and on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from game.score.goals import GoalResult
from game.score.measures import MEASURES, Unit, own_of, told_of
from game.score.named import Named
from game.score.nines import Nines
from game.score.tally import Tally

NOTHING = "nothing to measure"
NEVER = "never"


def measure_words(name: str, value: float | None, tally: Tally) -> str:
    """The value of a measure as it is told: "99.93 %", "143.2 ms", "> 800 ms", "$0.25 an hour".

    `tally` is what the value was taken of: it knows whether there were operations, the deadline
    that a percentile lies beyond, and the level's own measures.
    """
    own = own_of(tally, name)
    if own is not None:
        return own_words(own, value)
    told = told_of(tally, name)
    if told is not None:
        if value is None:
            return NOTHING
        return WORDS[Unit.ANSWER if told.is_answer else Unit.COUNT](value)
    unit = MEASURES[name].unit
    if value is None:
        beyond = unit is Unit.MILLISECONDS and tally.operations > 0
        return f"> {_milliseconds(tally.deadline_us / 1000)}" if beyond else NOTHING
    return WORDS[unit](value)


def own_words(own: Named, value: float | None) -> str:
    """The value of a level's own measure; "never" for a time that did not end."""
    if value is None:
        return NEVER if own.endless else NOTHING
    return WORDS[Unit.MILLISECONDS if own.is_time else Unit.COUNT](value)


def target_words(goal: GoalResult) -> str:
    """What a goal asks for: "at least 99.9 %", "at most 200 ms", "right"."""
    if goal.unit is Unit.ANSWER:
        return WORDS[Unit.ANSWER](1)
    number = WORDS[goal.unit](goal.target)
    return f"at {'least' if goal.at_least else 'most'} {number}"


def nines_words(told: Nines) -> str:
    """An availability told three ways, in one sentence."""
    sentence = f"{told.failures:,} may fail, as in an outage of {told.outage_us / 1_000_000:.3g} s"
    if told.a_year is None:
        return sentence
    return f"{sentence}; {told.a_year:.1f} nines a year with nights like this one"


def _share(value: float) -> str:
    """A percentage that never rounds something short of all up to 100 %."""
    for digits in range(2, 10):
        text = f"{100 * value:.{digits}f}"
        if value == 1 or float(text) < 100:
            break
    return f"{text.rstrip('0').rstrip('.')} %"


def _milliseconds(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") + " ms"


def _plain(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


WORDS: Mapping[Unit, Callable[[float], str]] = {
    Unit.SHARE: _share,
    Unit.MILLISECONDS: _milliseconds,
    Unit.PER_SECOND: lambda value: f"{_plain(value)} a second",
    Unit.MONEY: lambda value: f"${value:,.2f} an hour",
    Unit.COUNT: _plain,
    Unit.ANSWER: lambda value: "right" if value else "wrong",
}
