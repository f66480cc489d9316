"""Backups: whole files beside the saves, one for each of the last seven days that were played.

A name tells its number, the day, and how many runs are in it:
`progress-000012-2026-01-31-57.sqlite3`. The number gives the order, since clocks jump.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from game.progress.file import connection, count_runs, look_over
from game.progress.place import Place, locked
from game.progress.trouble import Damaged, NotSaved, translated

KEPT = 7
RUNS_BETWEEN = 20
"""At most so many runs are in no backup, also on the first day."""
NAME = re.compile(r"progress-([0-9]{6,12})-([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{1,12})\.sqlite3")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup, by its name."""

    path: Path
    number: int
    day: str
    """ISO date, by the clock when it was made."""
    runs: int


def today() -> str:
    """The day by the clock."""
    return date.today().isoformat()


def backups(place: Place) -> list[Backup]:
    """All backups, oldest first."""
    try:
        names = os.listdir(place.backups)
    except OSError:
        return []
    matches = filter(None, map(NAME.fullmatch, names))
    found = [Backup(place.backups / m[0], int(m[1]), m[2], int(m[3])) for m in matches]
    return sorted(found, key=lambda backup: backup.number)


def is_due(place: Place, runs: int) -> bool:
    """Whether saves with so many runs want a backup: the first of the day, or much is new."""
    made = backups(place)
    return not made or made[-1].day != today() or runs >= made[-1].runs + RUNS_BETWEEN


def back_up(place: Place) -> None:
    """Make a backup, look it over, and let go of those that it replaces.

    Raises Damaged where the copy shows that the saves are, and NotSaved.
    """
    with translated():
        place.backups.mkdir(exist_ok=True)
    with locked(place):
        made = place.backups / "progress.new"
        try:
            runs = _copy(place.file, made)
        except (Damaged, NotSaved):
            _forget(made)
            raise
        before = backups(place)
        number = before[-1].number + 1 if before else 1
        day = today()
        with translated():
            os.replace(made, place.backups / f"progress-{number:06}-{day}-{runs}.sqlite3")
        _prune(place, day)


def _copy(file: Path, made: Path) -> int:
    _forget(made)
    with connection(file) as opened:
        opened.execute("VACUUM INTO ?", (str(made.absolute()),))
    look_over(made, deep=True)
    with translated(), made.open("rb+") as raw:
        os.fsync(raw.fileno())
    return count_runs(made)


def _prune(place: Place, day: str) -> None:
    """Keep the newest of this day, and the newest seven of all."""
    *older, _ = backups(place)
    kept = [backup for backup in older if backup.day != day][1 - KEPT :]
    for backup in older:
        if backup not in kept:
            _forget(backup.path)


def _forget(path: Path) -> None:
    with translated():
        path.unlink(missing_ok=True)
