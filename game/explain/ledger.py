"""The ledger in words: goals with the moment each was lost, causes with the fault each blames."""

from __future__ import annotations

from dataclasses import dataclass

from game.engine.causes import MEANINGS
from game.explain.facts import Facts
from game.explain.own_goals import goal_words
from game.explain.words import moment
from game.level.model import Goal
from game.score.goals import GoalResult
from game.score.measures import own_number
from game.score.words import own_words, target_words

MEANING = {cause.word: meaning for cause, meaning in MEANINGS.items()}


@dataclass(frozen=True, slots=True)
class GoalTold:
    """One goal, and how it went."""

    id: str
    says: str
    """The author's words, "" where there are none."""
    asks_for: str
    """ "at least 99.9 %"."""
    measured: str
    """ "98.85 %", "> 400 ms"."""
    stars: int
    met: bool
    lost_at_us: int | None
    words: str
    """All of it in one sentence."""


@dataclass(frozen=True, slots=True)
class MeasureTold:
    """One of the level's own measures."""

    id: str
    says: str
    """The author's words, "" where there are none."""
    measured: str
    """ "12", "4,210 ms", "never"."""
    is_goal: bool
    """Whether a goal names it."""


@dataclass(frozen=True, slots=True)
class CauseTold:
    """Operations that failed in one way because of one fault."""

    count: int
    word: str
    """Of the closed list of causes."""
    meaning: str
    fault: str
    """Its id, "" where no fault is to blame."""
    share: float
    """Of all operations that count and were not good."""


def goals_told(facts: Facts) -> tuple[GoalTold, ...]:
    """All goals of the level, in its order."""
    pairs = zip(facts.level.goals, facts.score.goals, strict=True)
    return tuple(_goal(facts, goal, result) for goal, result in pairs)


def _goal(facts: Facts, goal: Goal, result: GoalResult) -> GoalTold:
    asks_for = target_words(result)
    measured = goal_words(result, facts.score.tally)
    if facts.log.verdict:
        measured = "not measured"
        words = f"{result.id} asks for {asks_for}; the run broke off before it could be judged."
    elif result.met:
        words = f"{result.id} was met: {measured}, where {asks_for} was asked for."
    else:
        lost = "" if result.lost_at_us is None else f" It was lost at {moment(result.lost_at_us)}."
        words = f"{result.id} was missed: {measured}, where {asks_for} was asked for.{lost}"
    return GoalTold(
        id=result.id,
        says=goal.says,
        asks_for=asks_for,
        measured=measured,
        stars=result.stars,
        met=result.met,
        lost_at_us=result.lost_at_us,
        words=words,
    )


def measures_told(facts: Facts) -> tuple[MeasureTold, ...]:
    """The level's own measures, in its order. Of a run that broke off there are none."""
    if facts.log.verdict:
        return ()
    named = {goal.measure for goal in facts.level.goals}
    return tuple(
        MeasureTold(
            id=one.measure.id,
            says=one.measure.says,
            measured=own_words(one, own_number(one)),
            is_goal=one.measure.id in named,
        )
        for one in facts.score.tally.named
    )


def causes_told(facts: Facts) -> tuple[CauseTold, ...]:
    """Cause by cause and fault by fault, most frequent first; their counts add up."""
    failed = facts.score.operations - facts.score.good
    return tuple(
        CauseTold(number, word, MEANING[word], fault, number / failed)
        for word, fault, number in facts.score.blame
    )
