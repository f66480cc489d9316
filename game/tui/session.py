"""A level on the table: the plan being made, the night being watched, and what became of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.tui.simulator import Simulator
from game.tui.watch import Slicer, Watch

if TYPE_CHECKING:
    from game.level.model import Choice, Control, Level, System
    from game.level.plan import Plan
    from game.score.scorecard import Scorecard, SeedScore


class Grading:
    """The graded seeds of one plan: those that were watched, and the rest behind."""

    def __init__(self, simulator: Simulator, level: Level, plan: Plan, system: System) -> None:
        self.plan = plan
        self.system = system
        self.scores: dict[int, SeedScore] = {}
        self._simulator = simulator
        self._level = level
        self._slicer: Slicer | None = None
        self._seed = 0

    @property
    def missing(self) -> tuple[int, ...]:
        """Graded seeds without a score, in order."""
        return tuple(seed for seed in self._level.seeds if seed not in self.scores)

    def keep(self, seed: int, score: SeedScore) -> None:
        """Take over the score of a run that was watched."""
        self.scores[seed] = score
        if self._seed == seed:
            self._slicer = None

    def work(self, budget_us: int, watched: int | None = None) -> bool:
        """Simulate for about so long of the wall's time; true when all seeds have a score.

        The seed that is being watched comes with its own run and is left out.
        """
        waiting = [seed for seed in self.missing if seed != watched]
        if not waiting:
            return not self.missing
        if self._slicer is None or self._seed not in waiting:
            self._seed = waiting[0]
            run = self._simulator.start(self.system, self._seed, trace=False)
            self._slicer = Slicer(run)
        if self._slicer.advance(self.system.duration, budget_us):
            log = self._slicer.run.log
            self.scores[self._seed] = self._simulator.score(self._level, self.system, log)
            self._slicer = None
        return not self.missing

    def card(self) -> Scorecard | None:
        """All graded seeds together, once each has a score."""
        if self.missing:
            return None
        scores = [self.scores[seed] for seed in self._level.seeds]
        return self._simulator.pool(self._level, self.plan, scores)


class Session:
    """What the player has chosen for a level, kept while screens come and go."""

    def __init__(self, level: Level, simulator: Simulator) -> None:
        self.level = level
        self.simulator = simulator
        self.choices = {control.id: control.default for control in level.controls}
        self.seed = level.seeds[0]
        self.losses = 0
        """Nights lost so far: the next hint is shown for each."""
        self._watched: Grading | None = None
        self._gradings: dict[tuple[tuple[str, str], ...], Grading] = {}

    @property
    def night(self) -> int:
        """The number of the chosen seed among the graded ones, from 1."""
        return self.level.seeds.index(self.seed) + 1

    def choose(self, control: str, label: str) -> None:
        """Set a control to one of its choices."""
        self.choices[control] = label

    def choice(self, control: Control) -> Choice:
        """The chosen setting of a control."""
        label = self.choices[control.id]
        return next(choice for choice in control.choices if choice.label == label)

    def grading(self) -> Grading:
        """The system and the scores of the plan as it is now."""
        key = tuple(sorted(self.choices.items()))
        known = self._gradings.get(key)
        if known is None:
            plan = self.simulator.plan(self.level, self.choices)
            system = self.simulator.system(self.level, plan)
            known = Grading(self.simulator, self.level, plan, system)
            self._gradings[key] = known
        return known

    def watch(self) -> Watch:
        """Begin the chosen night with the plan as it is now."""
        self._watched = self.grading()
        system = self._watched.system
        run = self.simulator.start(system, self.seed, trace=True)
        return Watch(run, self.simulator.picture, system.duration)

    def finish(self, watch: Watch) -> SeedScore:
        """Score the night that was watched to its end."""
        grading, log = self._watched, watch.run.log
        assert grading is not None, "no night has been begun"
        score = self.simulator.score(self.level, grading.system, log)
        grading.keep(log.seed, score)
        if score.stars == 0:
            self.losses += 1
        return score

    def expected_operations(self, watch: Watch) -> int | None:
        """About how many operations count in a night; None where clients wait for each other."""
        began_us, ended_us = self.simulator.window(self.level, watch.run.log)
        rates = [client.rate for client in self.grading().system.clients]
        if any(rate is None for rate in rates):
            return None
        return int(sum(rate or 0 for rate in rates) * (ended_us - began_us) / 1_000_000)

    def next_night(self) -> None:
        """Choose the next of the graded seeds, in a circle."""
        self.seed = self.level.seeds[self.night % len(self.level.seeds)]

    def hint(self) -> str | None:
        """The hint for the nights lost so far; the last one stays."""
        hints = self.level.hints
        if not hints or self.losses == 0:
            return None
        return hints[min(self.losses, len(hints)) - 1]
