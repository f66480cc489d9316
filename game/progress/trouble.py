"""What can be wrong with the saves, in three words that the rest of the code knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class Damaged(Exception):
    """The file does not hold what was written to it."""


class NotSaved(Exception):
    """The file cannot be read or written now. `str` says why, as the end of a sentence."""


class Newer(Exception):
    """The file is of a later format than this game knows."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


REASONS = {
    sqlite3.SQLITE_BUSY: "another program holds them",
    sqlite3.SQLITE_LOCKED: "another program holds them",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk is full or broken",
    sqlite3.SQLITE_READONLY: "they are read-only",
    sqlite3.SQLITE_CANTOPEN: "their folder cannot be written to",
    sqlite3.SQLITE_PERM: "they may not be written to",
    sqlite3.SQLITE_AUTH: "they may not be written to",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
}
"""SQLite's primary error codes that say something about the machine, not about the file."""
PRIMARY = 0xFF
"""The bits of an extended error code that hold the primary one."""


@contextmanager
def translated() -> Iterator[None]:
    """Errors of SQLite and of files become NotSaved, or Damaged where the file itself is wrong."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & PRIMARY
        if code in REASONS:
            raise NotSaved(REASONS[code]) from error
        raise Damaged(str(error)) from error
    except UnicodeDecodeError as error:
        # SQLite's own message can quote a damaged file.
        raise Damaged("it holds bytes that are no text") from error
    except OSError as error:
        raise NotSaved((error.strerror or "their folder is missing").lower()) from error
