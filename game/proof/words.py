"""Sentences about plans, goals and what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from game.level.changes import change_text
from game.level.model import Goal, Level
from game.level.plan import Plan, default_plan
from game.proof.played import Played, missed
from game.score.goals import GoalResult
from game.score.measures import MEASURES
from game.score.words import NEVER, WORDS, target_words


def plan_words(level: Level, plan: Plan) -> str:
    """What the plan sets otherwise than the default, for example `web=3, retry=twice`, its changes
    and its attacks."""
    changed = [f"{name}={label}" for name, label in _changed(level, plan)]
    changed += [change_text(change) for change in plan.changes]
    attacks = [attack.key for attack in plan.attacks]
    plain = "no attack" if level.weapons else "everything at its default"
    return ", ".join([*changed, *attacks]) or plain


def rerun_words(level: Level, plan: Plan, seed: int) -> str:
    """The command that plays this plan on this seed again."""
    sets = "".join(f" --set {quote(f'{name}={label}')}" for name, label in _changed(level, plan))
    changes = "".join(f" --change {quote(change_text(one))}" for one in plan.changes)
    attacks = "".join(f" --attack {quote(attack.key)}" for attack in plan.attacks)
    return f"ninelives run {quote(level.path)}{sets}{changes}{attacks} --seed {seed}"


def goal_words(goal: Goal, run: Played) -> str:
    """What a goal asks for, and what it got."""
    result = run.goal(goal.id)
    asked = f"goal {goal.id!r} ({goal.measure} {target_words(result)})"
    if run.gave_up:
        return f"{asked}: the run was {run.verdict}"
    if goal.id in run.lost and run.stopped_us:
        return f"{asked}: out of reach after {run.stopped_us / 1_000_000:.1f} s"
    return f"{asked}: measured {_measured(result)}"


def missed_words(run: Played, goals: tuple[Goal, ...]) -> str:
    """The first goal that was missed, with what it got."""
    return goal_words(missed(run, goals)[0], run)


def seeds_words(seeds: Sequence[int]) -> str:
    """A few seeds, and how many more there are."""
    shown = ", ".join(str(seed) for seed in seeds[:5])
    return shown if len(seeds) <= 5 else f"{shown} and {len(seeds) - 5} more"


def gave_up_words(given_up: int) -> str:
    """What is added where so many of the plans gave up; nothing where none did."""
    if not given_up:
        return ""
    return f"; {given_up} of them only because a run was too expensive or impossible"


def stars_words(stars: int) -> str:
    """A number of stars."""
    return f"{stars} star{'s' if stars > 1 else ''}"


def share_words(share: float) -> str:
    """A share in percent, with one digit where it has any."""
    return f"{share * 100:.1f}".removesuffix(".0") + " %"


def used_words(share: float) -> str:
    """How much of a budget is used."""
    return "more than all" if share == float("inf") else share_words(share)


def _measured(result: GoalResult) -> str:
    if result.measured is not None:
        return WORDS[result.unit](result.measured)
    if result.measure not in MEASURES:
        return NEVER
    latency = MEASURES[result.measure].of_latency is not None
    return "longer than the deadline" if latency else "nothing"


def _changed(level: Level, plan: Plan) -> list[tuple[str, str]]:
    default = dict(default_plan(level).values)
    return [(name, label) for name, label in plan.values if default[name] != label]
