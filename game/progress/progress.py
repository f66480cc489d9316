"""The player's progress: what a game asks and tells its saves.

Threads: every method may be called from any thread. `save`, `change` and `merge` wait for the disk
and for other games (seconds at worst), so a screen calls them from a thread worker; the others take
milliseconds. None of them raises for what a disk does.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from game.progress import file, repair
from game.progress.backups import back_up, is_due
from game.progress.levels import LevelProgress, Tale
from game.progress.place import Place, data_folder
from game.progress.runs import FinishedRun, SavedRun, to_save
from game.progress.settings import Settings, is_setting, settings_from
from game.progress.trouble import Damaged, Newer, NotSaved

READ_WAIT_S = 0.25
"""Who only reads takes what it knew before rather than wait longer for another game."""
TRIES = 3


def open_progress(data_dir: Path | None = None) -> Progress:
    """Open the saves, made if there are none. Never raises for a bad disk: see `banner`."""
    return Progress(Place(data_folder(data_dir)))


class Progress:
    """The saves of one player, shared with every other game on the same folder.

    What the disk does not take stays in memory, is shown like the rest, and is tried again with the
    next save.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._writing = threading.Lock()
        """Held for whole saves. Taken before `_reading`, never after it."""
        self._reading = threading.RLock()
        """Held for what is in memory, and while whole files are looked over."""
        self._tale = Tale()
        self._told: tuple[int, int] | None = None
        """Which file the tale is of."""
        self._waiting: list[SavedRun] = []
        self._changed: dict[str, str] = {}
        """Settings that wait, like the runs."""
        self._settings: dict[str, str] = {}
        """What the file said of settings when it was last read."""
        self._newer = False
        self._suspect = False
        """Something that was read was not as it was written."""
        self._notice = ""
        self._trouble = ""
        with self._writing, self._reading:
            self._begin()

    @property
    def banner(self) -> str:
        """One sentence that the player should see, or ""."""
        return self._trouble or self._notice

    @property
    def is_saving(self) -> bool:
        """Whether all that was played is durable, and what comes is likely to be."""
        return not self._trouble

    def save(self, run: FinishedRun) -> bool:
        """Keep a finished run. True only after it is durable; otherwise `banner` says why not."""
        with self._writing:
            with self._reading:
                self._waiting.append(to_save(run))
            return self._flush()

    def change(self, setting: str, value: str) -> bool:
        """Set a setting; true after it is durable. Raises ValueError for what is not allowed."""
        if not is_setting(setting, value):
            raise ValueError(f"{setting!r} cannot be {value!r}")
        with self._writing:
            with self._reading:
                self._changed[setting] = value
            return self._flush()

    def merge(self, runs: Iterable[SavedRun], settings: Mapping[str, str]) -> int | None:
        """Add runs of another file that are not here yet, after those that are.

        Settings are taken over where this player set nothing. Returns how many runs were new once
        all is durable; None where nothing could be kept.
        """
        with self._writing:
            if not self._flush():
                return None
            before = self._known_settings()
            theirs = {name: value for name, value in settings.items() if name not in before}
            return self._write(sorted(runs, key=lambda run: run.sequence), theirs)

    def level(self, level: str, level_hash: str | None = None) -> LevelProgress:
        """What was reached on a level; with a hash, only by runs of the level as it was then."""
        with self._reading:
            return self._whole_tale().level(level, level_hash)

    def levels(self) -> dict[str, LevelProgress]:
        """What was reached on every level that was played, by id."""
        with self._reading:
            return self._whole_tale().levels()

    def runs(self, level: str | None = None, limit: int = 200) -> tuple[SavedRun, ...]:
        """The last runs, newest first, without scorecards."""
        found: list[SavedRun] = []
        with self._reading:
            waiting = [run for run in reversed(self._waiting) if level in (None, run.level)]
            with self._doubting(), self._opened() as opened:
                found = file.last_runs(opened, level, limit)
        ids = {run.id for run in waiting}
        return (*waiting, *(run for run in found if run.id not in ids))[:limit]

    def run(self, run: str) -> SavedRun | None:
        """A run by its id, with its scorecard if that is whole; None where there is no such run."""
        with self._reading:
            found = next((one for one in self._waiting if one.id == run), None)
            if found is None:
                with self._doubting(), self._opened() as opened:
                    found = file.run_of(opened, run)
                    if found is not None:
                        found = replace(found, scorecard=file.scorecard_of(opened, found.sequence))
        return found

    def settings(self) -> Settings:
        """The settings as they are now."""
        return settings_from(self._known_settings())

    def everything(self) -> tuple[list[SavedRun], dict[str, str]]:
        """All runs in order with their scorecards, and what was set: what an export holds."""
        found = repair.Salvage()
        with self._reading:
            repair.read_what_is_left(self.place.file, found, mode=self._mode)
            waiting = [run for run in self._waiting if run.id not in found.runs]
            return [*found.in_order(), *waiting], self._known_settings()

    def _begin(self) -> None:
        """Look the file over, and mend what is wrong. Both locks are held."""
        deep = self._suspect
        try:
            self._notice = repair.make_ready(self.place, deep=deep) or self._notice
            self._suspect = False
            self._read_on()
            self._trouble = ""
        except Newer as newer:
            self._newer = True
            self._trouble = (
                f"Not saving: your saves are of a newer Nine Lives (format {newer.number}, this "
                f"one knows {file.FORMAT}); they stay as they are."
            )
        except Damaged:
            self._suspect = True
            if deep:
                self._complain(NotSaved("they are damaged"))
            else:
                self._begin()
        except NotSaved as error:
            self._complain(error)
            self._keep_what_is_left()

    def _keep_what_is_left(self) -> None:
        """Show damaged saves that cannot be mended from memory."""
        with suppress(NotSaved, Newer):
            if not repair.is_sound(self.place, deep=True):
                found = repair.salvaged(self.place)
                known = {run.id for run in self._waiting}
                left = [run for run in found.in_order() if run.id not in known]
                self._waiting[:0] = left
                self._settings |= found.settings

    def _complain(self, error: NotSaved) -> None:
        self._trouble = (
            f"Not saving: {error} ({self.place.folder}). Play on: what is not saved is kept while "
            "the game is open, and tried again with each result."
        )

    def _flush(self) -> bool:
        """Write all that waits. `_writing` is held."""
        runs, settings = tuple(self._waiting), dict(self._changed)
        if self._write(runs, settings) is None:
            return False
        with self._reading:
            del self._waiting[: len(runs)]
            self._settings |= settings
            self._changed.clear()
        return True

    def _write(self, runs: Sequence[SavedRun], settings: Mapping[str, str]) -> int | None:
        """Returns how many runs were new, once they are durable. `_writing` is held."""
        for _ in range(TRIES):
            if self._newer:
                return None
            if self._suspect or self._trouble or not os.path.exists(self.place.file):
                with self._reading:
                    self._begin()
                if self._trouble:
                    return None
            try:
                added = file.add(self.place.file, runs, settings)
            except Damaged:
                self._suspect = True
            except NotSaved as error:
                self._complain(error)
                return None
            else:
                self._back_up()
                return added
        self._complain(NotSaved("they are damaged"))
        return None

    def _back_up(self) -> None:
        """Back up when it is due. A backup that fails is tried with the next save."""
        try:
            if is_due(self.place, self._whole_tale().runs):
                back_up(self.place)
        except NotSaved:
            pass
        except Damaged:
            self._suspect = True
            with self._reading:
                self._begin()

    @property
    def _mode(self) -> str:
        return "ro" if self._newer else "rw"

    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        return file.connection(self.place.file, mode=self._mode, wait_s=READ_WAIT_S)

    @contextmanager
    def _doubting(self) -> Iterator[None]:
        """What cannot be read is left out; the next save looks into damage."""
        try:
            yield
        except Damaged:
            self._suspect = True
        except NotSaved:
            pass

    def _whole_tale(self) -> Tale:
        """The tale of all runs, those that wait too."""
        with self._reading:
            with self._doubting():
                self._read_on()
            tale = self._tale.copy() if self._waiting else self._tale
            tale.tell(self._waiting)
            return tale

    def _read_on(self) -> None:
        target = file.identity(self.place.file)
        if target != self._told:
            self._tale = Tale()
        with self._opened() as opened:
            self._tale.tell(file.runs_after(opened, self._tale.last))
        self._told = target

    def _known_settings(self) -> dict[str, str]:
        with self._reading:
            with self._doubting(), self._opened() as opened:
                self._settings = file.settings_in(opened)
            return self._settings | self._changed
