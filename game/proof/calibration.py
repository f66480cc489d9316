"""Calibration: how hard a level is, from many plans played on its graded seeds.

All plans where there are no more than asked for, else a Latin hypercube over the level's domain,
the same for the same number. Nothing here judges the level; `complaints` are what its author must
look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import median

from game.level.model import Level
from game.level.plan import Plan, default_plan
from game.proof.calibration_controls import Controls, look_at_controls
from game.proof.calibration_plans import Tried, try_plans
from game.proof.calibration_winners import (
    Suggestion,
    changes,
    nearest_winner,
    pareto,
    simplest,
    suggest_stars,
    worth,
)
from game.proof.extremes import biggest
from game.proof.plans import cheapest_plan
from game.proof.rule import Case, Share
from game.proof.share import LARGEST_SHARE, is_tutorial, share_of
from game.proof.table import entrants
from game.proof.verdicts import most_stars
from game.proof.words import share_words

BANDS = ((0.2, "tutorial"), (0.1, "easy"), (0.03, "medium"))
"""A level of which a larger share of plans wins is so; else it is hard."""
GOOD_RUN_S = 0.25
"""The median run of a pack takes so long."""
SLOW_RUN_S = 0.5
"""And none longer than this."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A plan and what its machines cost an hour."""

    plan: Plan
    cost_per_hour: float
    wins: bool


@dataclass(frozen=True, slots=True)
class Best:
    """The winners that stand out."""

    cheapest: Tried
    dearest: Tried
    simplest: Tried
    nearest: Tried
    """The one with the fewest controls changed from the default, or with the fewest attacks."""
    changed: tuple[str, ...]
    """These."""
    pareto: tuple[Tried, ...]
    """Those that no other winner beats in availability, p99, cost and parts at once; where the
    player attacks, in what the attacks cost and how few operations they leave."""
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Speed:
    """How long whole runs take; the one part of a calibration that differs each time."""

    runs: int
    """Runs that were played, whole or not."""
    events: int
    """Of the median whole run."""
    median_s: float
    slowest_s: float

    @property
    def verdict(self) -> str:
        """Against what players and proofs want."""
        if self.slowest_s > SLOW_RUN_S:
            return "slow"
        return "good" if self.median_s <= GOOD_RUN_S else "tolerable"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was found about a level."""

    level: Level
    tutorial: bool
    shares: tuple[Share, ...]
    """Of plans that win, that get two stars, and so on up to the most that the level gives."""
    gave_up: int
    """Plans with a run that was too expensive or impossible."""
    lucky: tuple[Tried, ...]
    """Plans whose verdict differs between graded seeds."""
    cheapest: Priced
    """Of all plans that were priced, winners or not."""
    dearest: Priced
    best: Best | None
    """None where nothing wins, neither of the plans that were tried nor of the named ones."""
    controls: Controls
    speed: Speed

    @property
    def band(self) -> str:
        """A hint at how hard the level is."""
        if self.best is None:
            return "not to be won"
        value = self.shares[0].value
        return next((name for least, name in BANDS if value > least), "hard")


def calibrate(case: Case, plans: int = 200, base: int = 1) -> Calibration:
    """Play and look. Raises `EngineFailed`."""
    size = case.domain.size()
    tried = try_plans(case, case.domain.all() if size <= plans else _drawn(case, plans, base))
    named = try_plans(case, [one.plan for one in entrants(case)])
    controls = look_at_controls(case, [*tried, *named])
    winners = _unlike([one for one in (*tried, *named) if one.wins])
    best = _best(case, winners) if winners else None
    cheapest, dearest = _prices(case, [*tried, *named])
    return Calibration(
        level=case.level,
        tutorial=is_tutorial(case.level),
        shares=tuple(
            share_of(sum(one.stars >= stars for one in tried), len(tried), size)
            for stars in range(1, most_stars(case) + 1)
        ),
        gave_up=sum(one.gave_up for one in tried),
        lucky=tuple(one for one in tried if one.by_luck),
        cheapest=cheapest,
        dearest=dearest,
        best=best,
        controls=controls,
        speed=_speed(case, [*tried, *named]),
    )


def _drawn(case: Case, count: int, base: int) -> list[Plan]:
    """So many different plans, by as many Latin hypercubes as it takes."""
    luck = Random(base)
    plans: dict[Plan, None] = {}
    while len(plans) < count:
        plans.update(dict.fromkeys(case.domain.spread((), count, luck)))
    return list(plans)[:count]


def complaints(found: Calibration) -> Iterator[str]:
    """What the author must look at, a sentence each."""
    share = found.shares[0]
    if found.best is None:
        yield f"no plan wins: none of {share.tried} that were tried, and no proof"
    if share.value > LARGEST_SHARE and not found.tutorial:
        yield (
            f"{share_words(share.value)} of the plans win, outside the tutorial at most "
            f"{share_words(LARGEST_SHARE)} may: tighten a goal, or make the night harder"
        )
    for control in found.controls.idle:
        yield f"control {control!r} changes no measure of any named plan: drop it, or make it count"


def _best(case: Case, winners: Sequence[Tried]) -> Best:
    nearest = nearest_winner(case, winners)
    by_cost = sorted(winners, key=lambda one: worth(one).cost)
    return Best(
        cheapest=by_cost[0],
        dearest=by_cost[-1],
        simplest=simplest(case, winners),
        nearest=nearest,
        changed=tuple(changes(case, nearest.plan)),
        pareto=tuple(pareto(winners)),
        suggestions=tuple(suggest_stars(case, winners)),
    )


def _unlike(tried: Sequence[Tried]) -> list[Tried]:
    """Each plan once, whatever it is called."""
    return list({replace(one.plan, name=""): one for one in tried}.values())


def _prices(case: Case, tried: Sequence[Tried]) -> tuple[Priced, Priced]:
    """The lowest and the highest price."""
    won = {replace(one.plan, name="") for one in tried if one.wins}
    extremes = [default_plan(case.level), cheapest_plan(case.level, case.price)]
    most = biggest(case) if case.of_role("reference") else None
    plans = [*extremes, *([] if most is None else [most]), *(one.plan for one in tried)]
    priced = [
        Priced(plan, micros / 1_000_000, replace(plan, name="") in won)
        for plan in plans
        if (micros := case.price(plan)) is not None
    ]
    by_price = sorted(priced, key=lambda one: one.cost_per_hour)
    return by_price[0], by_price[-1]


def _speed(case: Case, tried: Sequence[Tried]) -> Speed:
    whole = [run for one in tried for run in one.runs if run.stopped_us is None and not run.gave_up]
    return Speed(
        runs=case.runs.played,
        events=round(median(run.events for run in whole)) if whole else 0,
        median_s=median(run.seconds for run in whole) if whole else 0.0,
        slowest_s=max((run.seconds for run in whole), default=0.0),
    )
