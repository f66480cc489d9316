"""A level's file while somebody writes it: has it changed, what does it say, what is wrong with it.

What is typed and not saved yet is kept as a draft in the data folder, so that nothing is lost when
the game is left.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from game.level.model import Level
    from game.level.problems import Problems

LOOK_S = 0.1
"""How often the file is looked at."""
DRAFTS = "drafts"
WORKSHOP = "workshop"
"""In the data folder: the player's own copies of levels of the campaign."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a text: the level where it has no errors, and all its problems.

    `trouble` is said instead where the file cannot be read at all.
    """

    level: Level | None
    problems: Problems
    trouble: str = ""


def read_text(data: bytes, path: Path) -> Reading:
    """The level in these bytes, as if they were the file's."""
    from game.engine.kinds import load_kinds
    from game.level.problems import Problems, Unreadable
    from game.level.read import read_level_bytes

    try:
        level, problems = read_level_bytes(data, str(path), load_kinds(), graded=True, warned=True)
    except Unreadable as error:
        return Reading(None, Problems(), str(error))
    return Reading(level, problems)


class LevelFile:
    """One file on disk. `look` is cheap and may be called often."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None

    def look(self) -> bool:
        """Whether the file is another one than at the last look."""
        stamp = self._now()
        changed = stamp is not None and stamp != self._stamp
        if stamp is not None:
            self._stamp = stamp
        return changed

    def _now(self) -> tuple[int, int] | None:
        """None while it is not there: editors may put a new file in place of the old one."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def bytes(self) -> bytes:
        """What the file holds. Raises Unreadable."""
        from game.level.source import load_bytes

        return load_bytes(self.path)

    def read(self) -> Reading:
        """The level of the file as it is now."""
        from game.level.problems import Problems, Unreadable

        try:
            return read_text(self.bytes(), self.path)
        except Unreadable as error:
            return Reading(None, Problems(), str(error))

    def write(self, text: str) -> None:
        """Replace the file's text, whole or not at all. Raises OSError."""
        replace_file(self.path, text)
        self.look()


def own_copy(path: Path, folder: Path) -> Path:
    """The file itself, or for a level of the campaign a copy in the data folder, made once.

    Raises OSError.
    """
    from game.level.find import campaign
    from game.level.proofs import proofs_path

    if not path.resolve().is_relative_to(campaign().resolve()):
        return path
    copy = folder / WORKSHOP / path.name
    for source, target in ((path, copy), (proofs_path(path), proofs_path(copy))):
        if os.path.exists(source) and not os.path.exists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_file(target, source.read_text(encoding="utf-8"))
    return copy


def replace_file(path: Path, text: str) -> None:
    """Put a file with that text in the place of another, durable before it can be seen."""
    made = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with made.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            made.chmod(path.stat().st_mode)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


class Draft:
    """What was typed into one level's file and not saved."""

    def __init__(self, folder: Path, path: Path) -> None:
        name = sha256(str(path.resolve()).encode()).hexdigest()[:16]
        self._place = folder / DRAFTS / f"{path.stem[:40]}-{name}.toml"

    def keep(self, text: str) -> None:
        """Keep it. Raises OSError."""
        self._place.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._place, text)

    def text(self) -> str | None:
        """What is kept, or None."""
        try:
            return self._place.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None

    def forget(self) -> None:
        """It was saved, or is not wanted any more."""
        self._place.unlink(missing_ok=True)
