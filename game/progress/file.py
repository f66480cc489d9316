"""The SQLite file: its tables, how it is opened, read, added to and looked over.

A rollback journal and not a write-ahead log: that works on network homes and in folders that only
can be read, the saves are one file, and a run is saved every few seconds at most. With TRUNCATE and
`synchronous=FULL` SQLite syncs the journal's end too, so a commit outlives a power cut.
Connections are short: one for each call, in whichever thread that is. Rows are fetched all at once:
a closed connection with a statement that is not at its end keeps its locks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from game.progress.runs import (
    COLUMNS,
    BadRow,
    SavedRun,
    Scorecard,
    packed,
    row_of,
    run_from,
    unpacked,
)
from game.progress.settings import is_setting
from game.progress.trouble import Damaged, Newer, NotSaved, translated

FORMAT = 1
"""The format's number, in `user_version` and again in the table `about`, which every format has."""
APPLICATION = 0x4E4C5356
"""`application_id`: "NLSV"."""
WAIT_S = 5.0
"""How long to wait for another game that is saving."""

SCHEMA = (
    "CREATE TABLE about (format INTEGER NOT NULL)",
    f"INSERT INTO about VALUES ({FORMAT})",
    """CREATE TABLE runs (
        sequence INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
        level TEXT NOT NULL, title TEXT NOT NULL, level_hash TEXT NOT NULL,
        engine INTEGER NOT NULL, plan_name TEXT NOT NULL, plan TEXT NOT NULL,
        plan_hash TEXT NOT NULL, seeds TEXT NOT NULL, watched_seed TEXT NOT NULL,
        stars INTEGER NOT NULL, verdict TEXT NOT NULL, availability REAL, p99_ms REAL,
        cost_per_hour REAL, moving_parts REAL, checksum INTEGER NOT NULL)""",
    "CREATE TABLE scorecards (sequence INTEGER PRIMARY KEY, scorecard BLOB NOT NULL)",
    "CREATE TABLE settings (setting TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TRIGGER runs_stay BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'runs stay'); END",
    "CREATE TRIGGER runs_hold BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'runs stay'); END",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {FORMAT}",
)
SELECT = f"SELECT sequence, {', '.join(COLUMNS)}, checksum FROM runs"
INSERT = (
    f"INSERT OR IGNORE INTO runs ({', '.join(COLUMNS)}, checksum) "
    f"VALUES ({', '.join('?' * (len(COLUMNS) + 1))})"
)

HEADER_BYTES = 100
MAGIC = b"SQLite format 3\x00"
ROLLBACK = b"\x01\x01"
"""Bytes 18 and 19 of a file that never was in write-ahead mode; ours never are."""


@contextmanager
def connection(
    path: Path, *, mode: str = "rw", wait_s: float = WAIT_S
) -> Iterator[sqlite3.Connection]:
    """An open connection. Raises Damaged, and NotSaved where the file cannot be used."""
    with translated():
        uri = f"{path.absolute().as_uri()}?mode={mode}"
        with closing(connect(uri, wait_s)) as opened:
            # Bytes that are no UTF-8 are found by the checksum, not by an exception.
            opened.text_factory = lambda data: data.decode(errors="replace")
            opened.execute("PRAGMA journal_mode = TRUNCATE")
            opened.execute("PRAGMA synchronous = FULL")
            opened.execute("PRAGMA cell_size_check = ON")
            yield opened


def connect(uri: str, wait_s: float) -> sqlite3.Connection:
    """SQLite's own connection, which begins no transaction by itself."""
    return sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None)


@contextmanager
def transaction(opened: sqlite3.Connection) -> Iterator[None]:
    """One transaction that has the right to write from its start; durable at its end."""
    opened.execute("BEGIN IMMEDIATE")
    try:
        yield
        opened.execute("COMMIT")
    except BaseException:
        if opened.in_transaction:
            opened.execute("ROLLBACK")
        raise


def identity(path: Path) -> tuple[int, int]:
    """Which file a name means now. Raises NotSaved."""
    with translated():
        found = path.stat()
    return found.st_dev, found.st_ino


def create(path: Path) -> None:
    """Make an empty file of saves, unless somebody has made one meanwhile."""
    with connection(path, mode="rwc") as opened, transaction(opened):
        if not opened.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            for statement in SCHEMA:
                opened.execute(statement)


def add(path: Path, runs: Iterable[SavedRun], settings: Mapping[str, str]) -> int:
    """Add runs that the file does not have yet, in this order, and set settings.

    Returns how many runs were new, once all is durable. Raises Damaged and NotSaved.
    """
    waiting = tuple(runs)
    while True:
        target = identity(path)
        try:
            with connection(path) as opened, transaction(opened):
                added = sum(_add_run(opened, run) for run in waiting)
                change = "INSERT OR REPLACE INTO settings VALUES (?, ?)"
                opened.executemany(change, settings.items())
        except NotSaved:
            if identity(path) == target:
                raise
        if identity(path) == target:
            return added
        # Another game set the file aside as damaged meanwhile: once more, into the new one.


def _add_run(opened: sqlite3.Connection, run: SavedRun) -> bool:
    """Whether the run was new; a known one can get back a scorecard that was lost."""
    added = opened.execute(INSERT, row_of(run)).rowcount == 1
    if run.scorecard is not None:
        opened.execute(
            "INSERT OR IGNORE INTO scorecards SELECT sequence, ? FROM runs WHERE run = ?",
            (packed(run.scorecard), run.id),
        )
    return added


def may_write(path: Path) -> None:
    """Raises NotSaved where the file is read-only, or its folder is."""
    with connection(path, wait_s=0) as opened:
        try:
            opened.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return  # Somebody else is writing just now.
            raise
        # Only a change makes SQLite create its journal, and so look at the folder.
        opened.execute("UPDATE about SET format = format")
        opened.execute("ROLLBACK")


def runs_after(opened: sqlite3.Connection, sequence: int) -> list[SavedRun]:
    """All runs after that one, in order, without scorecards. Raises Damaged."""
    query = f"{SELECT} WHERE sequence > ? ORDER BY sequence"
    return _sound(opened.execute(query, (sequence,)).fetchall())


def last_runs(opened: sqlite3.Connection, level: str | None, limit: int) -> list[SavedRun]:
    """The last runs, of one level or of all, newest first, without scorecards. Raises Damaged."""
    query = f"{SELECT} WHERE ?1 IS NULL OR level = ?1 ORDER BY sequence DESC LIMIT ?2"
    return _sound(opened.execute(query, (level, limit)).fetchall())


def run_of(opened: sqlite3.Connection, run: str) -> SavedRun | None:
    """The run with that id, without its scorecard; None where there is none. Raises Damaged."""
    found = _sound(opened.execute(f"{SELECT} WHERE run = ?", (run,)).fetchall())
    return found[0] if found else None


def _sound(rows: Sequence[Sequence[Any]]) -> list[SavedRun]:
    try:
        return [run_from(row) for row in rows]
    except BadRow:
        raise Damaged("a run is not as it was written") from None


def scorecard_of(opened: sqlite3.Connection, sequence: int) -> Scorecard | None:
    """The scorecard of a run, None where there is none. Raises Damaged."""
    query = "SELECT scorecard FROM scorecards WHERE sequence = ?"
    rows = opened.execute(query, (sequence,)).fetchall()
    try:
        return unpacked(rows[0][0] if rows else None)
    except BadRow:
        raise Damaged("a scorecard is not as it was written") from None


def settings_in(opened: sqlite3.Connection) -> dict[str, str]:
    """The settings of the file that are allowed."""
    rows: list[tuple[Any, Any]] = opened.execute("SELECT setting, value FROM settings").fetchall()
    return {setting: value for setting, value in rows if is_setting(setting, value)}


def look_over(path: Path, *, deep: bool) -> None:
    """Check that a file is sound: its pages, or if `deep` all that is written in it too.

    Raises Newer, Damaged, and NotSaved where the file cannot be read.
    """
    check_header(path)
    with connection(path) as opened:
        check = "integrity_check" if deep else "quick_check"
        said = opened.execute(f"PRAGMA {check}(1)").fetchall()
        if said != [("ok",)]:
            raise Damaged(str(said))
        if opened.execute("SELECT format FROM about").fetchall() != [(FORMAT,)]:
            raise Damaged("the format's number is wrong")
        settings_in(opened)
        if deep:
            for run in runs_after(opened, 0):
                scorecard_of(opened, run.sequence)


def count_runs(path: Path) -> int:
    """How many runs a file holds. Raises Damaged and NotSaved."""
    with connection(path) as opened:
        return int(opened.execute("SELECT count(*) FROM runs").fetchone()[0])


def check_header(path: Path) -> None:
    """Raises Newer and Damaged. Reads bytes only, so that a newer file stays as it is.

    On POSIX systems to close a file ends all locks that this process has on it, those of SQLite's
    connections too: not to be called while another thread writes.
    """
    with translated(), path.open("rb") as raw:
        header = raw.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise Damaged("it is no database")
    if int.from_bytes(header[68:72], "big") != APPLICATION:
        raise Damaged("it holds no saves of this game")
    version = int.from_bytes(header[60:64], "big")
    if version > FORMAT and not _says_it_is_ours(path):
        raise Newer(version)
    if version != FORMAT or header[18:20] != ROLLBACK:
        raise Damaged("its header is wrong")


def _says_it_is_ours(path: Path) -> bool:
    """Whether a newer number in the header is damage: in doubt it is not, and the file stays."""
    try:
        with connection(path, mode="ro") as opened:
            return opened.execute("SELECT format FROM about").fetchall() == [(FORMAT,)]
    except (Damaged, NotSaved):
        return False
