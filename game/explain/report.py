"""The post-mortem: why a run went as it did, in words. The screen and the command line tell it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from game.engine.kinds import load_kinds
from game.engine.log import Log
from game.explain.clue import Clue
from game.explain.clues import clues_of
from game.explain.codex import codex_page
from game.explain.facts import Facts, facts_of
from game.explain.ledger import CauseTold, GoalTold, causes_told, goals_told
from game.explain.moments import Moment, moments_of
from game.explain.story import story
from game.explain.words import count, listed, moment
from game.level.model import Control, Level, Policy, System
from game.level.registry import Registry
from game.score.scorecard import ENGINE_ERROR, PASSED, TOO_EXPENSIVE, SeedScore

POLICY = "policy"
"""The field by which clients and calls name a policy."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """One fact, and where one would look because of it."""

    words: str
    controls: tuple[str, ...]
    """Ids of the level's controls that bear on it, in the level's order."""
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
    """Weightiest first."""
    next_step: str


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
    look_at = tuple(_look_at(level, clue) for clue in clues_of(facts))
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
        next_step=next_step(facts, look_at),
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
    if len(blame) > 1:
        names = sorted(blame, key=lambda fault: (-blame[fault], fault))
        parts = [f"{blame[name]:,} because of {name or 'no fault'}" for name in names]
        return f"{words}: {listed(parts)}"
    (fault,) = blame
    of_them = "" if failed == 1 else "all "
    return f"{words}, {of_them}{f'because of {fault}' if fault else 'without a fault'}"


def next_step(facts: Facts, look_at: tuple[LookAt, ...]) -> str:
    """What one would do now, in one sentence or two."""
    if facts.score.verdict == ENGINE_ERROR:
        return "Run it again with ninelives run: it keeps a file that replays the failure."
    if facts.score.verdict == TOO_EXPENSIVE:
        return "Try a plan that sends fewer messages: fewer retries, hedges or health checks."
    missed = [goal for goal in facts.score.goals if not goal.met]
    if not facts.score.goals:
        return "The level sets no goals: compare plans by what users saw."
    if not missed:
        return "Every goal was met. Try it for less money, with fewer parts, or on another seed."
    stars = min(goal.stars for goal in missed)
    star = "the first star" if stars <= 1 else f"star {stars}"
    aim = f"Missing for {star}: {listed([goal.id for goal in missed if goal.stars == stars])}."
    if not look_at:
        return aim
    labels = {control.id: control.label or control.id for control in facts.level.controls}
    controls = [labels[control] for control in look_at[0].controls]
    pages = [title for page in look_at[0].codex[:1] if (title := _title(page))]
    where = [*controls[:2], *(f"the codex page “{title}”" for title in pages)]
    return f"{aim} Look at {listed(where)}." if where else aim


def _title(page: str) -> str:
    found = codex_page(page)
    return found.title if found else ""


def _look_at(level: Level, clue: Clue) -> LookAt:
    wanted = frozenset(clue.fields)
    controls = [control for control in level.controls if wanted & fields_of(level, control)]
    return LookAt(
        words=clue.words,
        controls=tuple(control.id for control in controls),
        families=tuple(dict.fromkeys(control.family for control in controls)),
        codex=clue.codex,
        nodes=clue.nodes,
    )


def fields_of(level: Level, control: Control) -> frozenset[str]:
    """The fields that a control bears on: the words of its paths behind section and id.

    One that chooses among policies bears on what these policies do not have in common.
    """
    found = {word for path in control.sets for word in path.split(".")[2:]}
    if POLICY in found:
        chosen = {choice.value for choice in control.choices if isinstance(choice.value, str)}
        policies = [policy for policy in level.system.policies if policy.id in chosen]
        found |= {
            field.name
            for field in fields(Policy)
            if field.name != "id" and len({repr(getattr(one, field.name)) for one in policies}) > 1
        }
    return frozenset(found)
