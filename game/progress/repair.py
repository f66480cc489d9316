"""Damaged saves: what can still be read is brought together in a new file, the old one is kept."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from game.progress.backups import backups
from game.progress.file import (
    SELECT,
    add,
    connection,
    create,
    look_over,
    may_write,
    runs_after,
    scorecard_of,
    settings_in,
    transaction,
)
from game.progress.place import Place, locked
from game.progress.runs import BadRow, SavedRun, run_from
from game.progress.trouble import Damaged, NotSaved, translated

MISSES = 2_000
"""A damaged file ends where so many sequence numbers in a row have no run that can be read."""
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises where a file is damaged: its own message can quote bytes that are no text."""


@dataclass(slots=True)
class Salvage:
    """What can still be read, of one file or of several together."""

    runs: dict[str, SavedRun] = field(default_factory=dict)
    """By id, with scorecards where those are whole."""
    settings: dict[str, str] = field(default_factory=dict)

    def keep(self, run: SavedRun) -> None:
        """Add a run, or the scorecard that a known one lacks."""
        known = self.runs.get(run.id)
        if known is None:
            self.runs[run.id] = run
        elif known.scorecard is None:
            self.runs[run.id] = replace(known, scorecard=run.scorecard)

    def in_order(self) -> list[SavedRun]:
        """The runs, in the order in which they were saved."""
        return sorted(self.runs.values(), key=lambda run: (run.sequence, run.id))


def make_ready(place: Place, *, deep: bool = False) -> str:
    """See to it that there is a sound file that can be written to; `deep` as in `look_over`.

    Returns a sentence for the player where saves had to be restored, else "". Raises Newer, and
    NotSaved. Not to be called while another thread reads or writes (see `check_header`).
    """
    with translated():
        place.folder.mkdir(parents=True, exist_ok=True)
    if is_sound(place, deep=deep):
        may_write(place.file)
        return ""
    with locked(place):
        # Another game may have seen to it while this one waited.
        return "" if is_sound(place, deep=deep) else _renew(place)


def is_sound(place: Place, *, deep: bool) -> bool:
    """Whether there are saves without damage. Raises Newer, and NotSaved where they are not read.

    Not to be called while another thread reads or writes (see `check_header`).
    """
    try:
        look_over(place.file, deep=deep)
    except Damaged:
        return False
    except NotSaved:
        if os.path.exists(place.file):
            raise
        return False
    return True


def _renew(place: Place) -> str:
    lost = os.path.exists(place.file) and os.path.getsize(place.file) > 0
    if not lost and not backups(place):
        create(place.file)
        return ""
    with ExitStack() as holding:
        if lost:
            holding.enter_context(_kept_from_writers(place.file))
        found = salvaged(place)
        _make_fresh(place.fresh, found)
        aside = _swap(place)
    count = len(found.runs)
    runs = f"{count:,} run{'' if count == 1 else 's'}"
    if aside is None:
        return f"Your saves were missing: {runs} restored from the backups."
    return f"Your saves were damaged: {runs} restored, the damaged file is kept as {aside.name}."


def salvaged(place: Place) -> Salvage:
    """What can be read of the saves and all their backups together."""
    found = Salvage()
    for path in [*(backup.path for backup in backups(place)), place.file]:
        # The newest settings win, the saves' own last.
        read_what_is_left(path, found)
    return found


def read_what_is_left(path: Path, found: Salvage, *, mode: str = "rw") -> None:
    """Add all of a file that can be read. Never fails."""
    with suppress(Damaged, NotSaved), connection(path, mode=mode) as opened:
        for run in _runs_left(opened):
            try:
                card = scorecard_of(opened, run.sequence)
            except (Damaged, *UNREADABLE):
                card = None
            found.keep(replace(run, scorecard=card))
        found.settings.update(settings_in(opened))


def _runs_left(opened: sqlite3.Connection) -> Iterator[SavedRun]:
    with suppress(Damaged, *UNREADABLE):
        yield from runs_after(opened, 0)
        return
    # A page of the table is broken: go down to every row by itself, around that page.
    sequence = last = 0
    while sequence < last + MISSES:
        sequence += 1
        with suppress(BadRow, *UNREADABLE):
            for row in opened.execute(f"{SELECT} WHERE sequence = ?", (sequence,)).fetchall():
                last = sequence
                yield run_from(row)


def _kept_from_writers(path: Path) -> ExitStack:
    """Holds the write lock of the old file as far as it still has one.

    A game that still has it open saves into it before it is read here, or after it was replaced,
    which that game then sees.
    """
    with suppress(Damaged), ExitStack() as holding:
        opened = holding.enter_context(connection(path))
        holding.enter_context(transaction(opened))
        return holding.pop_all()
    return ExitStack()


def _make_fresh(path: Path, found: Salvage) -> None:
    journal = path.with_name(f"{path.name}-journal")
    with translated():
        for left_over in (path, journal):
            left_over.unlink(missing_ok=True)
    create(path)
    add(path, found.in_order(), found.settings)
    with translated():
        journal.unlink(missing_ok=True)


def _swap(place: Place) -> Path | None:
    """Put the fresh file in the place of the old one, which gets a name of its own."""
    aside: Path | None = None
    with translated():
        if place.file.exists():
            aside = place.next_aside()
            _name_also(place.file, aside)
        if place.journal.exists() and place.journal.stat().st_size:
            # It belongs to the old file; SQLite would play it back into the new one.
            kept = aside or place.next_aside()
            os.replace(place.journal, kept.with_name(f"{kept.name}-journal"))
        os.replace(place.fresh, place.file)
        sync_folder(place.folder)
    return aside


def _name_also(path: Path, name: Path) -> None:
    """Give a file a second name, so that the first is never missing; else move it."""
    try:
        os.link(path, name)
    except OSError:
        os.replace(path, name)


def sync_folder(folder: Path) -> None:
    """Make names durable, where the system can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
