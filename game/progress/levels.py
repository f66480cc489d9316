"""What the runs of a level add up to: stars, the best of each measure, the last plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from game.progress.runs import SavedRun


@dataclass(frozen=True, slots=True)
class Mark:
    """A value, and the run and identities that it was reached with."""

    value: float
    run: str
    """The run's id."""
    level_hash: str
    engine: int
    plan_hash: str


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """What a player has reached on a level. Of equal marks the first one stays."""

    level: str
    title: str = ""
    runs: int = 0
    wins: int = 0
    """Runs with a star or more."""
    won: Mark | None = None
    """The most stars; None where none was won."""
    availability: Mark | None = None
    """The best records are of wins only: a plan that loses can be as cheap as it likes."""
    p99_ms: Mark | None = None
    cost_per_hour: Mark | None = None
    moving_parts: Mark | None = None
    last: SavedRun | None = None
    """The last run, without its scorecard: its plan is the last plan."""

    @property
    def stars(self) -> int:
        """The most stars that were won."""
        return int(self.won.value) if self.won else 0

    @property
    def last_plan(self) -> tuple[tuple[str, str], ...]:
        """The plan of the last run, () where there was none."""
        return self.last.plan if self.last else ()


class Account:
    """A level's progress while runs are added to it."""

    __slots__ = ("best", "last", "runs", "wins")

    def __init__(self) -> None:
        self.runs = 0
        self.wins = 0
        self.best: dict[str, Mark] = {}
        self.last: SavedRun | None = None

    def add(self, run: SavedRun) -> None:
        """One more run."""
        self.runs += 1
        self.last = run
        if run.stars < 1:
            return
        self.wins += 1
        for name, value, sign in (
            ("won", run.stars, 1),
            ("availability", run.availability, 1),
            ("p99_ms", run.p99_ms, -1),
            ("cost_per_hour", run.cost_per_hour, -1),
            ("moving_parts", run.moving_parts, -1),
        ):
            best = self.best.get(name)
            if value is not None and (best is None or value * sign > best.value * sign):
                mark = Mark(value, run.id, run.level_hash, run.engine, run.plan_hash)
                self.best[name] = mark

    def copy(self) -> Account:
        """An account that goes on by itself."""
        other = Account()
        other.runs, other.wins = self.runs, self.wins
        other.best, other.last = dict(self.best), self.last
        return other

    def progress(self, level: str) -> LevelProgress:
        """What it adds up to."""
        title = self.last.title if self.last else ""
        return LevelProgress(level, title, self.runs, self.wins, **self.best, last=self.last)


class Tale:
    """What runs add up to: for each level, and for each level as it was at one hash."""

    def __init__(self) -> None:
        self.last = 0
        """Sequence number of the last run."""
        self._levels: defaultdict[str, Account] = defaultdict(Account)
        self._versions: defaultdict[tuple[str, str], Account] = defaultdict(Account)
        self._ids: set[str] = set()

    @property
    def runs(self) -> int:
        """How many runs it tells of."""
        return len(self._ids)

    def tell(self, runs: Iterable[SavedRun]) -> None:
        """Add runs, in order; those that are in it already change nothing."""
        for run in runs:
            if run.id not in self._ids:
                self._ids.add(run.id)
                self.last = max(self.last, run.sequence)
                self._levels[run.level].add(run)
                self._versions[run.level, run.level_hash].add(run)

    def level(self, level: str, level_hash: str | None = None) -> LevelProgress:
        """The progress on a level; with a hash, only by runs of the level as it was then."""
        if level_hash is None:
            account = self._levels.get(level)
        else:
            account = self._versions.get((level, level_hash))
        return (account or Account()).progress(level)

    def levels(self) -> dict[str, LevelProgress]:
        """The progress on each level that has a run."""
        return {level: account.progress(level) for level, account in self._levels.items()}

    def copy(self) -> Tale:
        """A tale that goes on by itself."""
        other = Tale()
        other.last, other._ids = self.last, set(self._ids)
        other._levels.update({key: one.copy() for key, one in self._levels.items()})
        other._versions.update({key: one.copy() for key, one in self._versions.items()})
        return other
