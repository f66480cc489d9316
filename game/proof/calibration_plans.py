"""Plans on all graded seeds: what became of each, and the measures that winners are compared by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from game.level.model import ATTACK_COST
from game.level.plan import Plan
from game.proof.played import Extent, Job, Played, missed
from game.proof.rule import Case

GROUP = 25
"""Plans are played in groups of so many, between which somebody may be told how far it is."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What a plan is worth: the worst that a graded seed measured."""

    availability: float
    p99_ms: float | None
    """None: longer than the deadline, or no operation at all."""
    cost_per_hour: float
    moving_parts: int
    attack_cost: float | None = None
    """Where the player attacks: what the attacks cost. The system is the same in every plan."""

    @property
    def cost(self) -> float:
        """What the player pays."""
        return self.cost_per_hour if self.attack_cost is None else self.attack_cost

    def none_worse(self, other: Quality) -> bool:
        """Whether no measure is worse than the other's."""
        return all(mine <= its for mine, its in zip(self._losses(), other._losses(), strict=True))

    def beats(self, other: Quality) -> bool:
        """Whether none is worse and one is better."""
        return self.none_worse(other) and self._losses() != other._losses()

    def _losses(self) -> tuple[float, ...]:
        if self.attack_cost is not None:
            return (self.attack_cost, self.availability)
        p99_ms = inf if self.p99_ms is None else self.p99_ms
        return (-self.availability, p99_ms, self.cost_per_hour, self.moving_parts)


@dataclass(frozen=True, slots=True)
class Tried:
    """One plan on every graded seed."""

    plan: Plan
    runs: tuple[Played, ...]
    """In order of the seeds; the run of a loser may have been stopped."""
    won_on: tuple[int, ...]
    """The seeds on which every goal of one star holds."""

    @property
    def wins(self) -> bool:
        """Whether every seed is won."""
        return len(self.won_on) == len(self.runs)

    @property
    def gave_up(self) -> bool:
        """Whether some run was too expensive, or the plan is impossible."""
        return any(run.gave_up for run in self.runs)

    @property
    def by_luck(self) -> bool:
        """Whether seeds differ in their verdict."""
        return 0 < len(self.won_on) < len(self.runs)

    @property
    def stars(self) -> int:
        """The stars that every seed gives."""
        return min(run.stars for run in self.runs) if self.wins else 0

    @property
    def quality(self) -> Quality | None:
        """None where a run was stopped or gave up."""
        return quality_of(self.runs)


def quality_of(runs: Sequence[Played]) -> Quality | None:
    """The worst of these runs together; None if one of them was not played to its end."""
    if any(run.gave_up or run.stopped_us is not None for run in runs):
        return None
    measures = [dict(run.measures) for run in runs]
    attacks = [cost for one in measures if (cost := one.get(ATTACK_COST)) is not None]
    p99s = [one.get("p99_ms") for one in measures]
    known = [p99_ms for p99_ms in p99s if p99_ms is not None]
    return Quality(
        availability=min(one.get("availability") or 0.0 for one in measures),
        p99_ms=max(known) if len(known) == len(p99s) else None,
        cost_per_hour=max(one.get("cost_per_hour") or 0.0 for one in measures),
        moving_parts=round(max(one.get("moving_parts") or 0 for one in measures)),
        attack_cost=max(attacks, default=None),
    )


def try_plans(case: Case, plans: Iterable[Plan]) -> list[Tried]:
    """Every plan on every graded seed; runs that have lost a goal of one star are stopped."""
    unlike = list({replace(plan, name=""): plan for plan in plans}.values())
    tried: list[Tried] = []
    for start in range(0, len(unlike), GROUP):
        group = unlike[start : start + GROUP]
        jobs = [Job(plan, seed, Extent.DECIDED) for plan in group for seed in case.level.seeds]
        runs = case.runs.play(jobs)
        many = len(case.level.seeds)
        for index, plan in enumerate(group):
            tried.append(_tried(case, plan, runs[index * many : (index + 1) * many]))
        case.say(f"{len(tried)} of {len(unlike)} plans played on every graded seed")
    return tried


def _tried(case: Case, plan: Plan, runs: Sequence[Played]) -> Tried:
    won_on = tuple(run.seed for run in runs if not missed(run, case.passing))
    return Tried(plan, tuple(runs), won_on)
