"""The scorecard: the Log measured against the Goals, for one seed and for all of a level's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from game.engine.events.event import Night
from game.engine.identity import ENGINE
from game.engine.kinds import find_kinds
from game.engine.log import Log
from game.level.attacks import Attack
from game.level.changes import Change
from game.level.identity import level_hash, plan_hash
from game.level.model import Level, System
from game.level.plan import Plan
from game.score.consistency.anomalies import Anomaly, find_anomalies
from game.score.goals import GoalResult, judge, stars, worst
from game.score.measures import measured
from game.score.named import find_named, night_of
from game.score.of_kind import measures_of_kind
from game.score.parts import moving_parts
from game.score.tally import Tally, outcomes, pool_tallies, tally_run
from game.score.window import window_us

PASSED = "passed"
FAILED = "failed"
TOO_EXPENSIVE = "too-expensive"
ENGINE_ERROR = "engine-error"
VERDICTS = (ENGINE_ERROR, TOO_EXPENSIVE, FAILED, PASSED)
"""All verdicts, gravest first: that of several seeds is the gravest among them."""


@dataclass(frozen=True, slots=True)
class _Score:
    """What the score of one run and that of several have in common."""

    verdict: str
    """`passed`, `failed`, `too-expensive` or `engine-error`."""
    error: str
    """One sentence about an `engine-error`, else ""."""
    stars: int
    goals: tuple[GoalResult, ...]
    """In order of the level."""
    tally: Tally
    digest: str

    @property
    def operations(self) -> int:
        """Valid operations: those invoked in the window."""
        return self.tally.operations

    @property
    def good(self) -> int:
        """Operations that were acknowledged, in their deadline, and right."""
        return self.tally.good

    @property
    def causes(self) -> dict[str, int]:
        """Cause to count, most frequent first; they add up to `operations - good`."""
        return dict(self.tally.causes)

    @property
    def blame(self) -> tuple[tuple[str, str, int], ...]:
        """(cause, id of the fault that is to blame or "", count), most frequent first."""
        return self.tally.blame

    @property
    def measures(self) -> dict[str, float | int | None]:
        """Every measure by its name, the level's own ones last; of several seeds over all their
        operations, counts and times together."""
        return measured(self.tally)

    @property
    def anomalies(self) -> dict[str, int]:
        """Kind to count, of what the consistency checkers found."""
        return dict(self.tally.anomalies)


@dataclass(frozen=True, slots=True)
class SeedScore(_Score):
    """One run against the level's goals. `digest` is the Log's."""

    seed: int
    window_us: tuple[int, int]
    """First and last microsecond of the window."""


@dataclass(frozen=True, slots=True)
class Scorecard(_Score):
    """A plan against the level's goals, over one seed or more.

    `goals` hold the worst seed's measure and are met where every seed meets them; `digest` is the
    SHA-256 of the seeds' hexadecimal digests, one after the other, also of a single one.
    """

    level: str
    """The level's id."""
    level_hash: str
    engine: int
    plan: str
    """The plan's name."""
    plan_hash: str
    seeds: tuple[SeedScore, ...]
    changes: tuple[Change, ...] = ()
    """What the plan sets during the run."""
    attacks: tuple[Attack, ...] = ()
    """The plan's attacks, in order of time."""

    @property
    def worst_seed(self) -> SeedScore:
        """The run to look at: the first of those with the fewest stars and the fewest good."""
        return min(
            self.seeds,
            key=lambda one: (
                VERDICTS.index(one.verdict),
                one.stars,
                sum(goal.met for goal in one.goals),
                one.good / one.operations if one.operations else 0.0,
            ),
        )


def score_run(level: Level, system: System, log: Log, *, parts: int | None = None) -> SeedScore:
    """Measure one run of a plan that made `system` of `level`.

    `parts` are the plan's moving parts; without it they are counted with the engine's own kinds.
    """
    if parts is None:
        parts = moving_parts(level, system, find_kinds())
    window = window_us(level, log)
    anomalies = find_anomalies(system, log)
    valid = tuple(outcomes(system, log, window, anomalies))
    night = _night(level, system, log, anomalies)
    named = tuple(find_named(measure, night, window) for measure in level.measures)
    told = measures_of_kind(level, system, night)
    tally = tally_run(system, log, window, valid, parts, anomalies, named, told)
    _check_causes(tally)
    complete = not log.verdict
    goals = tuple(judge(goal, tally, valid, log.seed, complete=complete) for goal in level.goals)
    earned = stars(goals) if complete else 0
    return SeedScore(
        verdict=log.verdict or (PASSED if earned else FAILED),
        error=log.error,
        stars=earned,
        goals=goals,
        tally=tally,
        digest=log.digest(),
        seed=log.seed,
        window_us=window,
    )


def _night(level: Level, system: System, log: Log, anomalies: Sequence[Anomaly]) -> Night:
    """The run, as events are looked for in it, where something of the level's own is."""
    if not level.measures and not level.questions:
        return night_of(system, log, ())
    every = outcomes(system, log, (0, log.duration_us), anomalies)
    return night_of(system, log, [one.cause for one in every])


def pool(level: Level, plan: Plan, seeds: Sequence[SeedScore]) -> Scorecard:
    """The scorecard of one plan over all the seeds that it was run on, at least one."""
    assert seeds, "a scorecard needs a run"
    goals = tuple(worst([one.goals[index] for one in seeds]) for index in range(len(level.goals)))
    verdict = min((one.verdict for one in seeds), key=VERDICTS.index)
    tally = pool_tallies([one.tally for one in seeds])
    _check_causes(tally)
    return Scorecard(
        verdict=verdict,
        error=next((one.error for one in seeds if one.error), ""),
        stars=min(one.stars for one in seeds),
        goals=goals,
        tally=tally,
        digest=sha256("".join(one.digest for one in seeds).encode()).hexdigest(),
        level=level.id,
        level_hash=level_hash(level),
        engine=ENGINE,
        plan=plan.name,
        plan_hash=plan_hash(level, plan),
        seeds=tuple(seeds),
        changes=plan.changes,
        attacks=plan.attacks,
    )


def _check_causes(tally: Tally) -> None:
    """The ledger closes: every operation was good or has exactly one cause."""
    explained = sum(count for _, count in tally.causes)
    assert explained == tally.operations - tally.good, "the causes do not add up"
    assert explained == sum(count for _, _, count in tally.blame), "the blame does not add up"
