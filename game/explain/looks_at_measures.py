"""Clues about a level's own measures: what they were, and what they have to do with."""

from __future__ import annotations

from collections.abc import Iterator

from game.explain.clue import Clue, Failures
from game.explain.facts import Facts
from game.explain.nearness import parts_near, parts_of
from game.explain.own_goals import goal_words, number_beyond
from game.explain.words import count
from game.score.goals import GoalResult
from game.score.measures import own_of
from game.score.named import Named
from game.score.words import target_words


def missed_measures(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Goals on the level's own measures that were missed: the first of each measure."""
    told: set[str] = set()
    for goal in sorted(facts.score.goals, key=lambda goal: goal.stars):
        own = own_of(facts.score.tally, goal.measure)
        if own is None or goal.met or facts.log.verdict or goal.measure in told:
            continue
        told.add(goal.measure)
        yield Clue(
            _words(facts, goal, own),
            max(1, len(failures)),
            (),
            ("measures",),
            measures=frozenset((goal.measure,)),
            near=parts_near(facts.system, parts_of(facts.system, own.measure)),
        )


def _words(facts: Facts, goal: GoalResult, own: Named) -> str:
    says = f" ({own.measure.says.rstrip('.')})" if own.measure.says else ""
    measured = goal_words(goal, facts.score.tally)
    words = f"{goal.measure}{says} was {measured}, and {goal.id} asks for {target_words(goal)}"
    times = len(own.times_us) + own.endless
    if own.is_time and not goal.at_least and times > 1:
        beyond = number_beyond(own.times_us, own.endless, goal.target)
        words += f": {beyond:,} of {count(times, 'time')} were longer"
        if own.endless and goal.measured is not None:
            words += f", and {own.endless:,} of them did not end"
    return f"{words}."
