"""Moments: the marks on the timeline of a post-mortem."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from game.engine.log import Change
from game.explain.elections import NOBODY, elections_of
from game.explain.facts import Facts
from game.explain.noticing import outs_of
from game.explain.reigns import reigns_of
from game.explain.words import count

MOST_MOMENTS = 60
"""More than this are thinned out: a mark that nobody can tell from the next one says nothing."""

MomentKind = Literal[
    "fault-began",
    "fault-ended",
    "first-failure",
    "last-failure",
    "noticed",
    "back",
    "machine-down",
    "machine-up",
    "breaker",
    "new-primary",
    "goal-lost",
    "broken-off",
]
_WEIGHT: dict[str, int] = {
    "goal-lost": 0,
    "broken-off": 0,
    "fault-began": 1,
    "fault-ended": 1,
    "first-failure": 2,
    "last-failure": 2,
    "noticed": 3,
    "new-primary": 3,
    "machine-down": 4,
    "machine-up": 4,
    "back": 5,
    "breaker": 5,
}
"""What is kept first where there are too many."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, and when."""

    time_us: int
    words: str
    kind: MomentKind


def moments_of(facts: Facts) -> tuple[Moment, ...]:
    """The moments of a run in order of time, the most telling ones where there are too many."""
    found = [
        *_strikes(facts),
        *_machines(facts),
        *_failures(facts),
        *_callers(facts),
        *_reigns(facts),
        *_goals(facts),
    ]
    kept = sorted(found, key=lambda moment: (_WEIGHT[moment.kind], moment.time_us))[:MOST_MOMENTS]
    return tuple(sorted(kept, key=lambda moment: (moment.time_us, _WEIGHT[moment.kind])))


def _strikes(facts: Facts) -> Iterator[Moment]:
    for strike in facts.strikes:
        name = facts.fault_id(strike.fault)
        yield Moment(strike.began_us, f"{name} begins", "fault-began")
        if strike.ended_us is not None:
            yield Moment(strike.ended_us, f"{name} is over", "fault-ended")


def _machines(facts: Facts) -> Iterator[Moment]:
    names = facts.log.places
    for time_us, change, place, value in facts.log.changes.rows():
        # Other rows may hold the index of a fault or of a station there.
        if change == Change.NODE_DOWN:
            how = "goes silent" if value == 1 else "is down"
            yield Moment(time_us, f"{names[place]} {how}", "machine-down")
        elif change == Change.NODE_UP:
            yield Moment(time_us, f"{names[place]} is up again", "machine-up")


def _failures(facts: Facts) -> Iterator[Moment]:
    for outage in facts.outages:
        yield Moment(outage.first_us, "users see the first failure", "first-failure")
        if outage.last_us > outage.first_us:
            words = f"the last of {count(outage.failed, 'failure')}"
            yield Moment(outage.last_us, words, "last-failure")


def _callers(facts: Facts) -> Iterator[Moment]:
    names = facts.log.places
    for out in outs_of(facts):
        caller, machine = names[out.caller], names[out.machine]
        yield Moment(out.from_us, f"{caller} takes {machine} out of rotation", "noticed")
        if out.to_us is not None:
            yield Moment(out.to_us, f"{caller} puts {machine} back", "back")
    for time_us, change, place, _ in facts.log.changes.rows():
        if change in (Change.BREAKER_OPENED, Change.BREAKER_CLOSED):
            verb = "opens" if change == Change.BREAKER_OPENED else "closes"
            yield Moment(time_us, f"the breaker of {names[place]} {verb}", "breaker")


def _reigns(facts: Facts) -> Iterator[Moment]:
    for reign in reigns_of(facts.log):
        before, primary = facts.names((reign.before, reign.primary))
        yield Moment(reign.time_us, f"{primary} leads in place of {before}", "new-primary")
    for election in elections_of(facts):
        if election.leader != NOBODY:
            (leader,) = facts.names((election.leader,))
            words = f"{leader} is elected leader of {election.service}"
            yield Moment(election.time_us, words, "new-primary")


def _goals(facts: Facts) -> Iterator[Moment]:
    for goal in facts.score.goals:
        if goal.lost_at_us is not None:
            yield Moment(goal.lost_at_us, f"the goal {goal.id} is lost", "goal-lost")
    if facts.log.verdict:
        yield Moment(facts.log.ended_us, f"the run breaks off: {facts.log.verdict}", "broken-off")
