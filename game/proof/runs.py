"""Playing runs for a proof: each one once, several side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import median

from game.level.plan import Plan
from game.proof.played import Extent, Job, Played
from game.score.scorecard import ENGINE_ERROR

Player = Callable[[Sequence[Job]], list[Played]]
"""Plays jobs and gives back their runs in the same order."""


class EngineFailed(Exception):
    """A run ended in a broken assertion: the engine's fault, not the level's."""

    def __init__(self, job: Job, run: Played) -> None:
        super().__init__(run.error)
        self.job = job
        self.run = run


class Runs:
    """A memory in front of a player: what was played once is not played again.

    A whole run answers for a decided one too. Plans are told apart by what they set, not by name.
    """

    def __init__(self, player: Player) -> None:
        self._player = player
        self._known: dict[Job, Played] = {}
        self._seconds: list[float] = []

    @property
    def played(self) -> int:
        """Runs that were really played, time zero left out."""
        return len(self._seconds)

    @property
    def median_s(self) -> float:
        """The median time of the whole runs, 0 before the first."""
        return median(self._seconds_of_whole()) if self._seconds_of_whole() else 0.0

    def play(self, jobs: Iterable[Job]) -> list[Played]:
        """The runs of these jobs, in order."""
        asked = list(jobs)
        unknown = {_key(job): job for job in asked if self.known(job) is None}
        for job, run in zip(unknown.values(), self._player(list(unknown.values())), strict=True):
            if run.verdict == ENGINE_ERROR:
                raise EngineFailed(job, run)
            self._known[_key(job)] = run
            if job.extent is not Extent.NOTHING:
                self._seconds.append(run.seconds)
        found = [self.known(job) for job in asked]
        return [run for run in found if run is not None]

    def one(self, plan: Plan, seed: int, extent: Extent = Extent.WHOLE) -> Played:
        """One run."""
        return self.play([Job(plan, seed, extent)])[0]

    def whole(self, plan: Plan, seeds: Sequence[int]) -> list[Played]:
        """Whole runs of one plan, in order of the seeds."""
        return self.play(Job(plan, seed) for seed in seeds)

    def decided(self, plans: Sequence[Plan], seed: int, stars: int = 1) -> list[Played]:
        """One run for each plan, each stopped once a goal is out of reach."""
        return self.play(Job(plan, seed, Extent.DECIDED, stars) for plan in plans)

    def known(self, job: Job) -> Played | None:
        """The run of this job if it was played already."""
        if job.extent is Extent.DECIDED:
            whole = self._known.get(_key(replace(job, extent=Extent.WHOLE)))
            if whole is not None:
                return whole
        return self._known.get(_key(job))

    def _seconds_of_whole(self) -> list[float]:
        return [
            run.seconds
            for key, run in self._known.items()
            if key.extent is Extent.WHOLE and not key.traced
        ]


def _key(job: Job) -> Job:
    """What tells runs apart: no plan's name, and stars only where they decide."""
    stars = job.stars if job.extent is Extent.DECIDED else 0
    return replace(job, plan=replace(job.plan, name=""), stars=stars)
