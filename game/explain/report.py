"""The post-mortem: why a run went as it did, in words. The screen and the command line tell it."""

from __future__ import annotations

from dataclasses import dataclass

from game.engine.kinds import load_kinds
from game.engine.log import Log
from game.explain.bearing import controls_of
from game.explain.clue import Clue
from game.explain.clues import clues_of, next_missed, wanted_by
from game.explain.codex import codex_page
from game.explain.facts import Facts, facts_of
from game.explain.ledger import (
    CauseTold,
    GoalTold,
    MeasureTold,
    causes_told,
    goals_told,
    measures_told,
)
from game.explain.moments import Moment, moments_of
from game.explain.story import story
from game.explain.symptoms import symptoms_of
from game.explain.together import together
from game.explain.words import count, listed, moment
from game.level.level_kinds import DESIGN, NEMESIS, ON_CALL
from game.level.model import DIAGNOSIS, Level, System
from game.level.registry import Registry
from game.score.scorecard import ENGINE_ERROR, PASSED, TOO_EXPENSIVE, SeedScore

CHEAPER = " Try it for less money, with fewer parts, or on another seed."
NOW_TRY = {
    DESIGN: CHEAPER,
    ON_CALL: CHEAPER,
    NEMESIS: " Try it with a smaller budget, or on another seed.",
}
"""By kind of level: what is left to try where every goal was met."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """One fact, and where one would look because of it."""

    words: str
    controls: tuple[str, ...]
    """Ids of the level's controls that bear on it, the most telling first."""
    families: tuple[str, ...]
    """Their families."""
    codex: tuple[str, ...]
    """Ids of codex pages."""
    nodes: tuple[str, ...]
    """Names of machines."""


@dataclass(frozen=True, slots=True)
class PostMortem:
    """One run, explained. Every number in the words was counted in the Log."""

    seed: int
    verdict: str
    stars: int
    headline: str
    story: tuple[str, ...]
    """Sentences in order of time."""
    moments: tuple[Moment, ...]
    """For a timeline, in order of time."""
    goals: tuple[GoalTold, ...]
    causes: tuple[CauseTold, ...]
    """Most frequent first; the counts add up to the operations that were not good."""
    look_at: tuple[LookAt, ...]
    """First what spoils the goals that come next, the weightiest of them first. Where there is
    something to diagnose that the player has not found out: what was seen at each machine."""
    next_step: str
    measures: tuple[MeasureTold, ...] = ()
    """The level's own measures, in its order."""


def post_mortem(
    level: Level,
    system: System,
    log: Log,
    score: SeedScore,
    *,
    registry: Registry | None = None,
) -> PostMortem:
    """Explain one run of a plan that made `system` of `level`, and that was scored as `score`.

    `registry`: the kinds that the level was read with; default: the engine's own.
    """
    facts = facts_of(level, system, log, score, registry or load_kinds())
    clues = symptoms_of(facts) if facts.veiled else clues_of(facts)
    look_at = tuple(_look_at(level, clue) for clue in clues)
    return PostMortem(
        seed=log.seed,
        verdict=score.verdict,
        stars=score.stars,
        headline=headline(facts),
        story=story(facts),
        moments=moments_of(facts),
        goals=goals_told(facts),
        causes=causes_told(facts),
        look_at=look_at,
        next_step=next_step(facts, clues),
        measures=measures_told(facts),
    )


def headline(facts: Facts) -> str:
    """The verdict and the largest fact, in one sentence."""
    at = moment(facts.log.ended_us)
    if facts.score.verdict == TOO_EXPENSIVE:
        return f"Broken off at {at}: the run needs more events than the level allows."
    if facts.score.verdict == ENGINE_ERROR:
        return f"Broken off at {at}: the engine failed, which is no fault of the plan."
    if facts.score.verdict == PASSED:
        return f"Passed with {count(facts.score.stars, 'star')}: {_users(facts)}."
    missed = [goal.id for goal in facts.score.goals if not goal.met and goal.stars <= 1]
    return f"Failed ({listed(missed)}): {_users(facts)}." if missed else f"Failed: {_users(facts)}."


def _users(facts: Facts) -> str:
    operations, failed = facts.score.operations, facts.score.operations - facts.score.good
    if not operations:
        return "nothing was asked in the part of the night that counts"
    if not failed:
        return f"all {count(operations, 'operation')} were good"
    words = f"{failed:,} of {count(operations, 'operation')} failed"
    blame: dict[str, int] = {}
    for _, fault, number in facts.score.blame:
        blame[fault] = blame.get(fault, 0) + number
    found = together(facts)
    if found is not None and 2 * found.failed > failed:
        names = [facts.fault_id(fault) for fault in found.faults]
        return f"{words}, while {listed(names)} were at work together"
    if len(blame) > 1:
        names = sorted(blame, key=lambda fault: (-blame[fault], fault))
        parts = [f"{blame[name]:,} because of {name or 'no fault'}" for name in names]
        return f"{words}: {listed(parts)}"
    (fault,) = blame
    of_them = "" if failed == 1 else "all "
    return f"{words}, {of_them}{f'because of {fault}' if fault else 'without a fault'}"


def next_step(facts: Facts, clues: tuple[Clue, ...]) -> str:
    """What one would do now, in one sentence or two; it points to what spoils the goals it names.

    `clues`: those of the run, in their order.
    """
    if facts.score.verdict == ENGINE_ERROR:
        return "Run it again with ninelives run: it keeps a file that replays the failure."
    if facts.score.verdict == TOO_EXPENSIVE:
        return "Try a plan that sends fewer messages: fewer retries, hedges or health checks."
    if not facts.score.goals:
        return "The level sets no goals: compare plans by what users saw."
    missed = next_missed(facts)
    if not missed:
        return f"Every goal was met.{NOW_TRY.get(facts.level.kind, '')}"
    stars = missed[0].stars
    star = "the first star" if stars <= 1 else f"star {stars}"
    aim = f"Missing for {star}: {listed([goal.id for goal in missed])}."
    if facts.veiled:
        if all(goal.met or goal.measure == DIAGNOSIS for goal in facts.score.goals):
            return f"{aim} Mended, but not named: of what you changed, what was it that helped?"
        return f"{aim} Say what is wrong: what do those have in common that failed?"
    wanted = wanted_by(missed)
    clue = next((clue for clue in clues if not wanted.isdisjoint(clue.measures)), None)
    if clue is None:
        return aim
    labels = [control.label or control.id for control in controls_of(facts.level, clue)]
    pages = [title for page in clue.codex[:1] if (title := _title(page))]
    where = [*labels[:2], *(f"the codex page “{title}”" for title in pages)]
    return f"{aim} Look at {listed(where)}." if where else aim


def _title(page: str) -> str:
    found = codex_page(page)
    return found.title if found else ""


def _look_at(level: Level, clue: Clue) -> LookAt:
    controls = controls_of(level, clue)
    return LookAt(
        words=clue.words,
        controls=tuple(control.id for control in controls),
        families=tuple(dict.fromkeys(control.family for control in controls)),
        codex=clue.codex,
        nodes=clue.nodes,
    )
