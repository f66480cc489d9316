"""Measures that only one kind of level has: what attacks cost, whether what was said is right.

They stand behind the level's own measures. An answer has the id of the control that says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from game.engine.events.event import Event, Night, Total, happenings
from game.level.model import ATTACK_COST, DIAGNOSIS, Level, Question, System


class OfKind(NamedTuple):
    """One such measure of one run, or of several."""

    name: str
    value: int
    """Of an answer: 1 where it is right, 0 where it is wrong or was not given."""
    is_answer: bool
    says: str
    """What it is, in a few words."""
    right: str = ""
    """Of an answer: the one that would have been right; "" where none would, or where it was
    another one in another run."""


class Found(NamedTuple):
    """What a run says of one answer to a question."""

    id: str
    times: int
    """How often its event happened; 0 for an answer without one."""
    first_us: int | None
    """When it happened first; None where it did not, or where that is not known."""


def measures_of_kind(level: Level, system: System, night: Night) -> tuple[OfKind, ...]:
    """All that the level's kind has, of one run of a plan that made `system`."""
    return tuple(_measures(level, system, night))


def _measures(level: Level, system: System, night: Night) -> Iterator[OfKind]:
    said = dict(system.answers)
    if level.diagnoses:
        right = next(one.id for one in level.diagnoses if one.right)
        says = "whether what you say is wrong is what is wrong"
        yield OfKind(DIAGNOSIS, int(said.get(DIAGNOSIS) == right), True, says, right)
    if level.weapons:
        yield OfKind(ATTACK_COST, system.attack_cost, False, "what the attacks cost")
    for question in level.questions:
        right = right_answer(question, night)
        value = int(right != "" and said.get(question.id) == right)
        yield OfKind(question.id, value, True, question.asks, right)


def right_answer(question: Question, night: Night) -> str:
    """The id of the answer that a run makes right; "" where two are equal, and while the run is not
    over."""
    if night.log.ended_us < night.log.duration_us:
        return ""
    found = answers_found(question, night)
    those = [one for one in found if one.times]
    if not those:
        return next((one.id for one in question.answer if one.event is None), "")
    earliest = question.right == "earliest"
    ranks = {one.id: one.first_us if earliest else -one.times for one in those}
    best = min(rank for rank in ranks.values() if rank is not None)
    first = [identity for identity, rank in ranks.items() if rank == best]
    return first[0] if len(first) == 1 else ""


def answers_found(question: Question, night: Night) -> tuple[Found, ...]:
    """How often the event of each answer happened in a run, and when first, in order."""
    return tuple(_found(one.id, one.event, night) for one in question.answer)


def _found(identity: str, event: object, night: Night) -> Found:
    if isinstance(event, Total):
        return Found(identity, event.counted(night.log.totals), None)
    if event is None:
        return Found(identity, 0, None)
    assert isinstance(event, Event), f"{event!r} is no event with a moment"
    times = happenings(event, night)
    return Found(identity, len(times), times[0].time_us if times else None)


def pool_of_kind(runs: Sequence[tuple[OfKind, ...]]) -> tuple[OfKind, ...]:
    """Those of several runs of one plan: an answer is right where it was right in each."""
    return tuple(_pooled(one) for one in zip(*runs, strict=True))


def _pooled(one: Sequence[OfKind]) -> OfKind:
    alike = len({each.right for each in one}) == 1
    least = min(one, key=lambda each: each.value)
    return least if alike else least._replace(right="")
