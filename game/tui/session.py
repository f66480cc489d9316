"""A level on the table: the plan being made, the night being watched, and what became of others."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from secrets import randbits
from typing import TYPE_CHECKING

from game.level.attacks import (
    PLACED,
    Attack,
    NoAttack,
    check_attacks,
    cost_of,
    in_order,
    is_attack,
    parse_attack,
)
from game.level.campaign import level_key
from game.level.changes import (
    Change,
    NoChange,
    changes_in_order,
    check_changes,
    is_key,
    parse_change,
)
from game.level.level_kinds import ON_CALL
from game.tui.simulator import Simulator
from game.tui.watch import Slicer, Watch

if TYPE_CHECKING:
    from game.engine.log import Log
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


@dataclass(slots=True, eq=False)
class Finished:
    """A night that was watched to its end, and what becomes of its plan."""

    session: Session
    grading: Grading
    log: Log
    score: SeedScore
    card: Scorecard | None = None
    """All graded nights together, as soon as each has been judged."""
    kept: str = ""
    """What is told of the save: nothing yet, that it is on its way, or that it is there."""
    records: tuple[str, ...] = ()
    """What this plan does better than all before it, in words."""


class Session:
    """What the player has chosen for a level, kept while screens come and go."""

    def __init__(
        self,
        level: Level,
        simulator: Simulator,
        choices: Mapping[str, str] | None = None,
        *,
        pack: str = "",
    ) -> None:
        self.level = level
        self.pack = pack
        """Whence it is, as in `LevelCard.pack`."""
        self.simulator = simulator
        self.choices = {control.id: control.default for control in level.controls}
        self.seed = level.seeds[0]
        self.losses = 0
        """Nights lost so far: the next hint is shown for each."""
        self._watched: Grading | None = None
        self._gradings: dict[tuple[tuple[str, str], ...], Grading] = {}
        self._prices: dict[tuple[tuple[str, str], ...], tuple[int, int] | None] = {}
        self.attacks: tuple[Attack, ...] = ()
        """In order of time, on a level in which the player attacks."""
        self.changes: tuple[Change, ...] = ()
        """What is set during the night, on a level on call."""
        self._undo: list[tuple[dict[str, str], tuple[Attack, ...], tuple[Change, ...]]] = []
        if choices:
            self.take_over(choices)

    @property
    def key(self) -> str:
        """What the saves know the level by."""
        return level_key(self.pack, self.level.id)

    @property
    def night(self) -> int:
        """The number of the chosen seed among the graded ones, from 1; 0 for a night of its own."""
        seeds = self.level.seeds
        return seeds.index(self.seed) + 1 if self.seed in seeds else 0

    @property
    def night_words(self) -> str:
        """The chosen night as the player calls it."""
        if self.night:
            return f"night {self.night} of {len(self.level.seeds)}"
        return f"a night of its own ({self.seed})"

    @property
    def pairs(self) -> dict[str, str]:
        """The plan as texts: choices by control, its attacks and its changes."""
        attacks = {attack.key: PLACED for attack in self.attacks}
        return {**self.choices, **attacks, **{one.key: one.value for one in self.changes}}

    @property
    def budget_left(self) -> int:
        """What may still be spent on attacks."""
        return self.level.attack_budget - cost_of(self.level, self.attacks)

    def place(self, attack: Attack) -> str:
        """Add an attack; "" where that was done, else why not, in one sentence."""
        attacks = in_order((*self.attacks, attack))
        for said in check_attacks(self.level, attacks):
            return said.message[:1].upper() + said.message[1:] + "."
        self._keep()
        self.attacks = attacks
        return ""

    def take_away(self, attack: Attack) -> None:
        """Leave an attack out."""
        self._keep()
        self.attacks = tuple(one for one in self.attacks if one != attack)

    def _keep(self) -> None:
        """Remember the plan as it is, for `undo`."""
        self._undo.append((dict(self.choices), self.attacks, self.changes))

    def take_over(self, choices: Mapping[str, str]) -> None:
        """Set the controls, and take attacks and changes, as an earlier plan did (its `pairs`);
        what the level no longer has is left out."""
        self._keep()
        self.attacks = ()
        self.changes = ()
        for key, value in choices.items() if self.level.kind == ON_CALL else ():
            if is_key(key):
                with suppress(NoChange):
                    changes = (*self.changes, parse_change(f"{key}={value}"))
                    if not any(check_changes(self.level, changes)):
                        self.changes = changes_in_order(changes)
        for key in choices if self.level.weapons else ():
            if is_attack(key):
                with suppress(NoAttack):
                    attacks = in_order((*self.attacks, parse_attack(key)))
                    if not any(check_attacks(self.level, attacks)):
                        self.attacks = attacks
        for control in self.level.controls:
            label = choices.get(control.id)
            if control.when != "during" and label in {one.label for one in control.choices}:
                assert label is not None
                self.choices[control.id] = label

    def choose(self, control: str, label: str) -> None:
        """Set a control to one of its choices."""
        self._keep()
        self.choices[control] = label

    def reset(self) -> None:
        """Set every control back to its default, and take all attacks and changes away."""
        defaults = {control.id: control.default for control in self.level.controls}
        if defaults != self.choices or self.attacks or self.changes:
            self._keep()
            self.choices, self.attacks, self.changes = defaults, (), ()

    def act(self, watch: Watch, control: str, label: str) -> str:
        """Set a control at the playhead of a night that runs; "" where that was done, else why
        not, in one sentence."""
        from game.engine.on_call import NotNow

        if watch.clock.playhead_us < watch.run.now_us and not watch.run.done:
            return "You are looking back: nobody can act in the past. Go on to the present first."
        try:
            watch.run.order(control, label)
        except NotNow as refused:
            return str(refused)
        return ""

    def drop(self, change: Change) -> None:
        """Leave a change out of the plan."""
        self._keep()
        self.changes = tuple(one for one in self.changes if one != change)

    def undo(self) -> bool:
        """Take back the last change of the plan; false where there is none."""
        if not self._undo:
            return False
        self.choices, self.attacks, self.changes = self._undo.pop()
        return True

    def choice(self, control: Control) -> Choice:
        """The chosen setting of a control."""
        label = self.choices[control.id]
        return next(choice for choice in control.choices if choice.label == label)

    def price(self, control: str, label: str) -> tuple[int, int] | None:
        """What the plan with that choice costs an hour in millionths, and its moving parts.

        None for a choice that does not go together with the others.
        """
        choices = {**self.choices, control: label}
        key = tuple(sorted(choices.items()))
        if key not in self._prices:
            system = self._system(choices)
            self._prices[key] = (
                None if isinstance(system, str) else self.simulator.price(self.level, system)
            )
        return self._prices[key]

    def trouble(self) -> str:
        """Why the plan does not work, in one sentence; "" for one that does."""
        system = self._system(self.choices)
        return system if isinstance(system, str) else ""

    def _system(self, choices: Mapping[str, str]) -> System | str:
        from game.level.plan import PlanError

        try:
            return self.simulator.system(self.level, self._plan(choices))
        except PlanError as error:
            return str(error)

    def _plan(self, choices: Mapping[str, str]) -> Plan:
        plan = self.simulator.plan(self.level, choices)
        return replace(plan, attacks=self.attacks, changes=self.changes)

    def grading(self) -> Grading:
        """The system and the scores of the plan as it is now."""
        key = tuple(sorted(self.pairs.items()))
        known = self._gradings.get(key)
        if known is None:
            plan = self._plan(self.choices)
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

    def finish(self, watch: Watch) -> Finished:
        """Score the night that was watched to its end. What was done in it is in the plan now."""
        plan = watch.run.plan
        if plan is not None and plan.changes != self.changes:
            self._keep()
            self.changes = plan.changes
            self._watched = self.grading()
        grading, log = self._watched, watch.run.log
        assert grading is not None, "no night has been begun"
        score = self.simulator.score(self.level, grading.system, log)
        grading.keep(log.seed, score)
        if score.stars == 0:
            self.losses += 1
        return Finished(self, grading, log, score)

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

    def new_night(self) -> None:
        """Choose a night that nobody has seen. It counts for nothing."""
        self.seed = randbits(31)

    def hint(self) -> str | None:
        """The hint for the nights lost so far; the last one stays."""
        hints = self.level.hints
        if not hints or self.losses == 0:
            return None
        return hints[min(self.losses, len(hints)) - 1]
