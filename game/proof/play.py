"""Playing jobs with the engine: what stands behind a proof's `Runs`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from time import perf_counter

from game.engine.kinds import load_kinds
from game.engine.log import Change, Log
from game.engine.run import Run
from game.level.model import Level, System
from game.level.plan import Plan, PlanError, system_with
from game.level.registry import Registry
from game.proof.budget import exactly_known
from game.proof.played import IMPOSSIBLE, Extent, Job, Played, goals_of, missed
from game.score.cost import node_micros_per_hour
from game.score.goals import GoalResult, target_of
from game.score.measures import unit_of
from game.score.parts import moving_parts
from game.score.reach import goals_out_of_reach
from game.score.scorecard import SeedScore, score_run
from game.score.window import window_us

LOOKS = 8
"""How often within the window a run is asked whether its goals are still in reach."""


@dataclass(slots=True)
class EnginePlayer:
    """Plays the jobs of one level, side by side where there is an executor."""

    level: Level
    registry: Registry
    executor: Executor | None = None
    _made: dict[Plan, tuple[System, int] | None] = field(default_factory=dict)

    def __call__(self, jobs: Sequence[Job]) -> list[Played]:
        if self.executor is None:
            return [self._play(job) for job in jobs]
        futures = [self._submit(job, self.executor) for job in jobs]
        return [future.result() for future in futures]

    def price(self, plan: Plan) -> int | None:
        """What the plan's machines cost an hour, in millionths; None if it is impossible."""
        made = self._make(plan)
        return None if made is None else node_micros_per_hour(made[0])

    def _play(self, job: Job) -> Played:
        made = self._make(job.plan)
        return impossible(self.level, job) if made is None else play_job(self.level, *made, job)

    def _submit(self, job: Job, executor: Executor) -> Future[Played]:
        made = self._make(job.plan)
        if made is None:
            return executor.submit(impossible, self.level, job)
        return executor.submit(play_job, self.level, *made, job)

    def _make(self, plan: Plan) -> tuple[System, int] | None:
        """The plan's system and its moving parts; None if its choices do not go together."""
        if plan not in self._made:
            try:
                system = system_with(self.level, plan, self.registry)
            except PlanError:
                self._made[plan] = None
            else:
                self._made[plan] = (system, moving_parts(self.level, system, self.registry))
        return self._made[plan]


def impossible(level: Level, job: Job) -> Played:
    """What comes of a plan whose choices do not go together: nothing."""
    goals = tuple(
        GoalResult(
            id=goal.id,
            measure=goal.measure,
            unit=unit_of(goal.measure, level.times, level.answers),
            target=target_of(goal),
            at_least=goal.at_least is not None,
            stars=goal.stars,
            measured=None,
            met=False,
            seed=job.seed,
            lost_at_us=None,
        )
        for goal in level.goals
    )
    return Played(
        seed=job.seed,
        verdict=IMPOSSIBLE,
        stars=0,
        goals=goals,
        measures=(),
        operations=0,
        good=0,
    )


def play_job(level: Level, system: System, parts: int, job: Job) -> Played:
    """One run of the system that the job's plan makes: what a worker of an executor does."""
    load_kinds()
    began = perf_counter()
    run = Run(system, job.seed, trace=job.traced)
    if job.extent is Extent.WHOLE:
        run.advance(system.duration)
    lost: tuple[str, ...] = ()
    if job.extent is Extent.DECIDED:
        lost = _advance_until_decided(level, system, parts, run, job.stars)
    score = score_run(level, system, run.log, parts=parts)
    stopped_us = run.log.ended_us if lost else None
    events = run.world.kernel.events
    played = _played(score, lost, stopped_us, events, perf_counter() - began)
    return replace(played, alarms=alarms_fired(run.log))


def _advance_until_decided(
    level: Level, system: System, parts: int, run: Run, stars: int
) -> tuple[str, ...]:
    """Play on until the end, or until goals are out of reach; gives these."""
    at_once = _lost_by_the_plan(level, system, parts, run.log, stars)
    if at_once:
        return at_once
    first, last = window_us(level, run.log)
    for look in range(LOOKS + 1):
        run.advance(min(first + (last - first) * look // LOOKS, system.duration))
        if run.done:
            return ()
        if lost := goals_out_of_reach(level, system, run.log, stars=stars):
            return tuple(goal.id for goal in lost)
    run.advance(system.duration)
    return ()


def alarms_fired(log: Log) -> tuple[tuple[str, int], ...]:
    """The alarms that fired so far, and when each first did, in microseconds."""
    first_us: dict[int, int] = {}
    for at_us, change, place, _ in log.changes.rows():
        if change == Change.ALARM_FIRED:
            first_us.setdefault(place, at_us)
    return tuple((name, first_us[n]) for n, name in enumerate(log.monitors) if n in first_us)


def _lost_by_the_plan(
    level: Level, system: System, parts: int, log: Log, stars: int
) -> tuple[str, ...]:
    """Ceilings on cost or parts that the plan exceeds before anything happens. Where machines come
    and go, nobody knows the cost before the end."""
    ceilings = tuple(
        goal
        for goal in goals_of(level.goals, stars)
        if exactly_known(goal) and (system.on_call is None or goal.measure != "cost_per_hour")
    )
    if not ceilings:
        return ()
    before = _played(score_run(level, system, log, parts=parts))
    return tuple(goal.id for goal in missed(before, ceilings))


def _played(
    score: SeedScore,
    lost: tuple[str, ...] = (),
    stopped_us: int | None = None,
    events: int = 0,
    seconds: float = 0.0,
) -> Played:
    return Played(
        seed=score.seed,
        verdict=score.verdict,
        stars=score.stars,
        goals=score.goals,
        measures=tuple(score.measures.items()),
        operations=score.operations,
        good=score.good,
        causes=tuple(score.causes.items()),
        digest=score.digest,
        answers=tuple((one.name, one.right) for one in score.tally.of_kind if one.is_answer),
        error=score.error,
        lost=lost,
        stopped_us=stopped_us,
        events=events,
        seconds=seconds,
    )
