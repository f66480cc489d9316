"""What each control does: one at a time, and over all plans that were played."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from game.level.plan import Plan, default_plan
from game.proof.calibration_plans import Quality, Tried, quality_of, try_plans
from game.proof.goals import matters
from game.proof.played import Extent, Job
from game.proof.rule import Case

FEWEST_PAIRS = 2
"""A choice is called worse than another only where so many plans differ in nothing else."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One choice of one control in a plan that is otherwise a known one."""

    control: str
    choice: str
    own: bool
    """Whether the known plan has this choice itself."""
    stars: int
    """On every graded seed."""
    gave_up: bool
    quality: Quality | None
    """On the first graded seed; None where the run gave up."""


@dataclass(frozen=True, slots=True)
class Dominated:
    """A choice that another one of its control beat wherever the two were compared."""

    control: str
    choice: str
    by: str
    pairs: int
    """Pairs of plans that differ in this choice alone."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What was found about the controls."""

    from_default: tuple[Effect, ...]
    from_reference: tuple[Effect, ...]
    """() where the level has no reference."""
    idle: tuple[str, ...]
    """Controls that change no measure of any named plan."""
    never_wins: tuple[tuple[str, str], ...]
    """(control, choice) of what no winner has; () where nothing wins."""
    dominated: tuple[Dominated, ...]


def look_at_controls(case: Case, tried: Sequence[Tried]) -> Controls:
    """Play what is missing, and look."""
    reference = case.of_role("reference")
    from_default = one_at_a_time(case, default_plan(case.level))
    from_reference = one_at_a_time(case, reference[0].plan) if reference else ()
    case.say("which controls matter")
    idle = tuple(axis.id for axis in case.domain.axes if not matters(case, axis.id))
    return Controls(
        from_default=from_default,
        from_reference=from_reference,
        idle=idle,
        never_wins=tuple(never_in_a_winner(case, [one for one in tried if one.wins])),
        dominated=tuple(dominated_choices(case, [one.plan for one in tried])),
    )


def one_at_a_time(case: Case, known: Plan) -> tuple[Effect, ...]:
    """Every choice of every control, all else as in the known plan."""
    domain, seed = case.domain, case.level.seeds[0]
    now = domain.settings(known)
    effects = []
    for axis in domain.axes:
        plans = list(domain.along(known, axis.id))
        runs = case.runs.play(Job(plan, seed) for plan in plans)
        for plan, run, one in zip(plans, runs, try_plans(case, plans), strict=True):
            choice = domain.settings(plan)[axis.id]
            effects.append(
                Effect(
                    control=axis.id,
                    choice=choice,
                    own=choice == now[axis.id],
                    stars=one.stars,
                    gave_up=one.gave_up,
                    quality=quality_of([run]),
                )
            )
    return tuple(effects)


def never_in_a_winner(case: Case, winners: Sequence[Tried]) -> Iterator[tuple[str, str]]:
    """(control, choice) that no winner has."""
    won = [case.domain.settings(one.plan) for one in winners]
    for axis in case.domain.axes if won else ():
        used = {settings[axis.id] for settings in won}
        yield from ((axis.id, label) for label in axis.labels if label not in used)


def dominated_choices(case: Case, plans: Sequence[Plan]) -> Iterator[Dominated]:
    """Choices that another one beat in every pair of whole runs on the first graded seed."""
    domain, seed = case.domain, case.level.seeds[0]
    known = [default_plan(case.level), *(proof.plan for proof in case.proofs)]
    near = [plan for one in known for axis in domain.axes for plan in domain.along(one, axis.id)]
    qualities: dict[Plan, Quality] = {}
    for plan in (*plans, *known, *near):
        run = case.runs.known(Job(plan, seed, Extent.DECIDED))
        quality = None if run is None else quality_of([run])
        if quality is not None:
            qualities[replace(plan, name="")] = quality
    for axis in domain.axes:
        groups: dict[tuple[tuple[str, str], ...], dict[str, Quality]] = {}
        for plan, quality in qualities.items():
            settings = domain.settings(plan)
            choice = settings.pop(axis.id)
            groups.setdefault(tuple(settings.items()), {})[choice] = quality
        yield from _dominated(axis.id, axis.labels, list(groups.values()))


def _dominated(
    control: str, labels: Sequence[str], groups: Sequence[dict[str, Quality]]
) -> Iterator[Dominated]:
    found = set()
    for worse, better in permutations(labels, 2):
        pairs = [(one[worse], one[better]) for one in groups if worse in one and better in one]
        if (
            worse not in found
            and len(pairs) >= FEWEST_PAIRS
            and all(its.none_worse(mine) for mine, its in pairs)
            and any(its.beats(mine) for mine, its in pairs)
        ):
            found.add(worse)
            yield Dominated(control, worse, better, len(pairs))
