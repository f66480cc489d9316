"""What the screens need from the floors below: one run to watch, its pictures, and its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from game.engine.frame import Frame
    from game.engine.log import Log
    from game.explain import PostMortem
    from game.level.model import Level, System
    from game.level.plan import Plan
    from game.score.scorecard import Scorecard, SeedScore


class LiveRun(Protocol):
    """A run that is advanced bit by bit."""

    @property
    def done(self) -> bool:
        """The night is over, or the run cannot go on."""
        ...

    @property
    def now_us(self) -> int:
        """How far it has been advanced."""
        ...

    @property
    def log(self) -> Log:
        """What has happened so far."""
        ...

    @property
    def plan(self) -> Plan | None:
        """The plan with all that was ordered meanwhile, on a level on call."""
        ...

    @property
    def settings(self) -> Mapping[str, str]:
        """What each control is set to at present, on a level on call."""
        ...

    def advance(self, until_us: int) -> None:
        """Simulate up to and including this time."""
        ...

    def order(self, control: str, label: str) -> object:
        """Set a control at once, on a level on call. Raises NotNow."""
        ...


class Simulator(Protocol):
    """Plans into systems, systems into runs, runs into pictures and scores."""

    def plan(self, level: Level, choices: Mapping[str, str]) -> Plan:
        """The plan with these choices."""
        ...

    def system(self, level: Level, plan: Plan) -> System:
        """The level's system with a plan applied."""
        ...

    def start(self, system: System, seed: int, *, trace: bool) -> LiveRun:
        """A run at its beginning."""
        ...

    def picture(self, log: Log, time_us: int, linger_us: int) -> Frame:
        """One moment of a run; messages are shown for at least `linger_us`."""
        ...

    def price(self, level: Level, system: System) -> tuple[int, int]:
        """What the plan's machines cost an hour in millionths, and its moving parts."""
        ...

    def window(self, level: Level, log: Log) -> tuple[int, int]:
        """First and last moment at which operations begin that count."""
        ...

    def score(self, level: Level, system: System, log: Log) -> SeedScore:
        """A finished run against the level's goals."""
        ...

    def pool(self, level: Level, plan: Plan, scores: Sequence[SeedScore]) -> Scorecard:
        """The scores of several seeds together."""
        ...

    def explain(self, level: Level, system: System, log: Log, score: SeedScore) -> PostMortem:
        """Why a finished run went as it did."""
        ...


class EngineSimulator:
    """The real one. Everything is imported at its first use: the first screen waits for nothing."""

    def read(self, path: Path | None) -> Level:
        """Read a level, the first of the campaign if none is named.

        Raises `LevelErrors` or `Unreadable`.
        """
        from game.engine.kinds import find_kinds
        from game.level.find import find_levels
        from game.level.read import read_level

        return read_level(path or find_levels()[0], find_kinds())

    def plan(self, level: Level, choices: Mapping[str, str]) -> Plan:
        from game.level.plan import make_plan

        return make_plan(level, dict(choices))

    def system(self, level: Level, plan: Plan) -> System:
        from game.engine.kinds import find_kinds
        from game.level.plan import system_with

        return system_with(level, plan, find_kinds())

    def start(self, system: System, seed: int, *, trace: bool) -> LiveRun:
        from game.engine.run import Run

        return Run(system, seed, trace=trace)

    def picture(self, log: Log, time_us: int, linger_us: int) -> Frame:
        from game.engine.frame import frame

        return frame(log, time_us, linger_us=linger_us)

    def price(self, level: Level, system: System) -> tuple[int, int]:
        from game.engine.kinds import find_kinds
        from game.score.cost import node_micros_per_hour
        from game.score.parts import moving_parts

        return node_micros_per_hour(system), moving_parts(level, system, find_kinds())

    def window(self, level: Level, log: Log) -> tuple[int, int]:
        from game.score.window import window_us

        return window_us(level, log)

    def score(self, level: Level, system: System, log: Log) -> SeedScore:
        from game.score.scorecard import score_run

        return score_run(level, system, log)

    def pool(self, level: Level, plan: Plan, scores: Sequence[SeedScore]) -> Scorecard:
        from game.score.scorecard import pool

        return pool(level, plan, scores)

    def explain(self, level: Level, system: System, log: Log, score: SeedScore) -> PostMortem:
        from game.explain import post_mortem

        return post_mortem(level, system, log, score)
