"""A level's file while somebody writes it: has it changed, what does it say, what is wrong with it.

What is typed and not saved yet is kept as a draft in the data folder, so that nothing is lost when
the game is left.
"""

from __future__ import annotations

import os
import re
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
"""In the data folder: the player's own copies of levels that are not for editing in place."""
MARK = "\ufeff"
"""What some editors put before the text."""
_DRAFT = re.compile(rb"# A draft, based on (?P<base>[0-9a-f]{64})\n")
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_KINDS = {"\n": "LF", "\r\n": "CR LF", "\r": "CR"}


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


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file holds, as a text to edit."""

    text: str
    """Without the mark that some editors put before it."""
    marked: bool = False
    base: str = ""
    """The hash of the file's bytes."""
    trouble: str = ""
    """Why it can only be looked at, in one sentence: saving it would lose something."""

    def data(self, text: str) -> bytes:
        """The bytes to save for a text that was made of this one."""
        return (MARK * self.marked + text).encode()


def file_text(data: bytes, path: Path) -> FileText:
    """The text of a file of these bytes (of a large one its begin, and one byte more than is
    allowed, as `load_bytes` gives it)."""
    from game.level.bounds import MOST_BYTES, too_large
    from game.level.problems import clean

    base = base_of(data)
    if len(data) > MOST_BYTES:
        begin = data[:MOST_BYTES].decode(errors="replace")
        message = f"{clean(path.name)} cannot be edited here: {too_large().message}."
        return FileText(begin, base=base, trouble=message)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        message = f"{clean(str(path))} is not UTF-8 text (byte {error.start})."
        return FileText(data.decode(errors="replace"), base=base, trouble=message)
    bare = text.removeprefix(MARK)
    return FileText(bare, bare != text, base, _why_not_kept(bare, path))


def _why_not_kept(text: str, path: Path) -> str:
    """Why an editor of lines would not give back the same text; "" where it does."""
    from textual.document._document import Document

    from game.level.problems import clean

    if Document(text).text == text:
        return ""
    ends = sorted(set(_LINE_END.findall(text)))
    kinds = ", ".join(_KINDS.get(end) or f"U+{ord(end):04X}" for end in ends)
    return (
        f"{clean(path.name)} cannot be edited here: its lines end in several ways ({kinds}); make "
        "all of them LF, or all CR LF."
    )


def base_of(data: bytes) -> str:
    """What a draft remembers of the file that it began with."""
    return sha256(data).hexdigest()


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

    def load(self) -> bytes:
        """What the file holds, as far as a level may be long. Raises Unreadable."""
        from game.level.source import load_bytes

        return load_bytes(self.path)

    def text(self) -> FileText:
        """What the file holds. One that is not there is empty."""
        from game.level.problems import Unreadable

        try:
            return file_text(self.load(), self.path)
        except Unreadable as error:
            gone = not os.path.exists(self.path)
            return FileText("", base=base_of(b""), trouble="" if gone else str(error))

    def read(self) -> Reading:
        """The level of the file as it is now."""
        from game.level.problems import Problems, Unreadable

        try:
            return read_text(self.load(), self.path)
        except Unreadable as error:
            return Reading(None, Problems(), str(error))

    def write(self, data: bytes) -> None:
        """Replace what the file holds, whole or not at all. Raises Unreadable."""
        from game.level.whole_file import write_whole

        write_whole(self.path, data)
        self.look()


def own_copy(path: Path, folder: Path) -> Path:
    """The file itself; for a level of the campaign, or out of a pack's file, a copy in the data
    folder, made once.

    Raises OSError or Unreadable.
    """
    from game.level.find import campaign
    from game.level.proofs import proofs_path
    from game.level.whole_file import write_whole
    from game.progress.packs import CACHE, PACKS

    real, unpacked = path.resolve(), (folder / CACHE / PACKS).resolve()
    if real.is_relative_to(campaign().resolve()):
        copy = folder / WORKSHOP / path.name
    elif real.is_relative_to(unpacked):
        pack = real.relative_to(unpacked).parts[0]
        copy = folder / WORKSHOP / pack[:16] / path.name
    else:
        return path
    for source, target in ((path, copy), (proofs_path(path), proofs_path(copy))):
        if os.path.exists(source) and not os.path.exists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, source.read_bytes())
    return copy


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft."""

    text: str
    base: str
    """Of the file that it began with; "" where nobody knows."""


class Draft:
    """What was typed into one level's file and not saved."""

    def __init__(self, folder: Path, path: Path) -> None:
        name = sha256(str(path.resolve()).encode()).hexdigest()[:16]
        self._place = folder / DRAFTS / f"{path.stem[:40]}-{name}.toml"

    def keep(self, kept: Kept, *, durable: bool = True) -> None:
        """Keep it. Raises OSError or Unreadable."""
        from game.level.whole_file import write_whole

        self._place.parent.mkdir(parents=True, exist_ok=True)
        head = f"# A draft, based on {kept.base}\n"
        write_whole(self._place, (head + kept.text).encode(), durable=durable)

    def kept(self) -> Kept | None:
        """What is kept, or None."""
        try:
            data = self._place.read_bytes()
            head = _DRAFT.match(data)
            if head is None:
                return Kept(data.decode(), "")
            return Kept(data[head.end() :].decode(), head["base"].decode())
        except (OSError, ValueError):
            return None

    def forget(self) -> None:
        """It was saved, or is not wanted any more. Raises OSError."""
        self._place.unlink(missing_ok=True)
