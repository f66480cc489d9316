"""Where the saves lie: one folder, the names in it, and the lock for work on whole files."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from game.progress.trouble import translated

VARIABLE = "NINELIVES_DATA_DIR"
LOCK_WAIT_S = 10.0


def data_folder(asked: Path | None = None) -> Path:
    """The folder that was asked for, else what NINELIVES_DATA_DIR names, else the system's own."""
    if asked is not None:
        return asked
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    # Loaded here: it takes longer than to open the saves.
    from platformdirs import user_data_path

    return user_data_path("ninelives", appauthor=False)


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one player's saves."""

    folder: Path

    @property
    def file(self) -> Path:
        """The saves."""
        return self.folder / "progress.sqlite3"

    @property
    def journal(self) -> Path:
        """SQLite's rollback journal of the saves."""
        return self.folder / "progress.sqlite3-journal"

    @property
    def fresh(self) -> Path:
        """A file being made that takes the place of the saves."""
        return self.folder / "progress.new"

    @property
    def lock(self) -> Path:
        """Held by who replaces or copies the file as a whole."""
        return self.folder / "progress.lock"

    @property
    def backups(self) -> Path:
        """The folder of backups."""
        return self.folder / "backups"

    def set_aside(self) -> list[Path]:
        """Damaged files that were set aside, oldest first."""
        found = self.folder.glob("progress.damaged-*")
        numbers = {path.suffix.removeprefix(".damaged-"): path for path in found}
        return [numbers[text] for text in sorted(filter(str.isdecimal, numbers), key=int)]

    def next_aside(self) -> Path:
        """The name for the next damaged file."""
        before = self.set_aside()
        last = int(before[-1].suffix.removeprefix(".damaged-")) if before else 0
        return self.folder / f"progress.damaged-{last + 1}"


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Be the only process that replaces or copies the file.

    An empty SQLite database is the lock: it works on every system, and ends with its process.
    Raises NotSaved.
    """
    with translated():
        lock = sqlite3.connect(place.lock, timeout=LOCK_WAIT_S, isolation_level=None)
    with closing(lock):
        with translated():
            lock.execute("BEGIN EXCLUSIVE")
        yield
