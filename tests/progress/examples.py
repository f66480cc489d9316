"""Runs to save, folders to break."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from game.progress import FinishedRun, Progress, SavedRun, finished_run, open_progress

HASH = "0123456789abcdef" * 4
OTHER_HASH = "fedcba9876543210" * 4


def scorecard(**changes: Any) -> dict[str, Any]:
    """A scorecard as `run --json` prints it, with some of its values changed."""
    measures = {"availability": 0.99, "p99_ms": 120.5, "cost_per_hour": 5.0, "moving_parts": 3}
    measures |= {key: changes.pop(key) for key in tuple(changes) if key in measures}
    identity = {"level": "nap", "level_hash": HASH, "engine": 1, "plan": "", "plan_hash": HASH}
    score = {
        "verdict": "passed",
        "stars": 1,
        "goals": [{"id": "served", "target": 0.9, "measured": 0.99, "met": True}],
        "measures": {**measures, "anomalies": {}},
        "operations": 1000,
        "good": 990,
        "causes": {"refused": 10},
        "digest": HASH,
    }
    seeds = [{"seed": seed, **identity, **score} for seed in changes.pop("seeds", (1, 2))]
    return identity | score | changes | {"seeds": seeds}


def finished(**changes: Any) -> FinishedRun:
    """A finished run; the changes are of its scorecard."""
    card = scorecard(**changes)
    return finished_run(card, title="A nap", plan=[("timeout", "250ms")], watched_seed=2)


def numbered(number: int) -> FinishedRun:
    """A run that is known by its number, which is its cost."""
    return finished(cost_per_hour=float(number))


def numbers(progress: Progress) -> list[int]:
    """The numbers of all runs, in order."""
    return [int(run.cost_per_hour or 0) for run in reversed(progress.runs(limit=1_000_000))]


def content(run: SavedRun | None) -> dict[str, Any]:
    """What a run says, without its place in the file."""
    assert run is not None
    names = (name for kind in type(run).__mro__ for name in getattr(kind, "__slots__", ()))
    return {name: getattr(run, name) for name in names if name != "sequence"}


def with_runs(folder: Path, count: int) -> Progress:
    """Saves with so many numbered runs."""
    progress = open_progress(folder)
    for number in range(count):
        assert progress.save(numbered(number))
    return progress


def copy_of(folder: Path, name: str) -> Path:
    """A copy of a folder beside it."""
    return Path(shutil.copytree(folder, folder.with_name(name)))


def sql(path: Path, *statements: str) -> list[Any]:
    """Do something to a file, past the game. Returns the rows of the last statement."""
    rows: list[Any] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        for statement in statements:
            rows = opened.execute(statement).fetchall()
    return rows
