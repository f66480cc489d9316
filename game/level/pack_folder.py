"""From a pack's folder to its files, and back: nothing is half written, nothing lies outside."""

from __future__ import annotations

import os
import secrets
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from game.level.find import MOST_ENTRIES, PROOFS
from game.level.pack_file import MOST_BYTES, MOST_FILES, is_level_name, most_bytes
from game.level.pack_names import MANIFEST, SUFFIXES, colliding, wrong_name
from game.level.paths import reason, unreadable
from game.level.problems import Unreadable, clean
from game.level.schema_line import without_schema_line

RECORD = ".record.json"


@dataclass(slots=True)
class Gathered:
    """The files of a folder that belong into a pack."""

    files: dict[str, bytes] = field(default_factory=dict)
    """By names with slashes. Line ends are those of Unix, on every system, and no file says where
    its schema lies."""
    left_out: list[str] = field(default_factory=list)
    """What is in the folder and no part of a pack."""
    problems: list[str] = field(default_factory=list)
    """Why it cannot be a pack, each in one sentence."""

    @property
    def levels(self) -> list[str]:
        """Names of the levels, in order."""
        return sorted(filter(is_level_name, self.files))


def gather(folder: Path, *, with_proofs: bool) -> Gathered:
    """Read the files of a pack's folder. Raises Unreadable where one cannot be read."""
    found = Gathered()
    for name, path in _named(folder):
        proof = name.endswith((PROOFS, RECORD))
        if not name.endswith(SUFFIXES) or name == MANIFEST or (proof and not with_proofs):
            found.left_out.append(name)
        elif (why := wrong_name(name)) and name.endswith(".toml"):
            found.problems.append(why)
        elif why:
            # Pages beside the levels may be called as they like: no player needs them.
            found.left_out.append(name)
        elif os.path.islink(path):
            found.problems.append(f'"{name}" is a link; a pack holds plain files.')
        else:
            _read_into(found, name, path)
    found.problems += filter(None, [colliding(found.files)])
    if len(found.files) > MOST_FILES:
        found.problems.append(f"the pack has {len(found.files)} files; at most {MOST_FILES} go in.")
    if sum(map(len, found.files.values())) > MOST_BYTES:
        found.problems.append(f"the pack is larger than {MOST_BYTES >> 20} MiB.")
    if not found.levels:
        found.problems.append("the pack holds no level.")
    return found


def _named(folder: Path) -> list[tuple[str, Path]]:
    """Names and paths of all files below a folder, in order; hidden ones are passed over."""
    found: list[tuple[str, Path]] = []
    for place, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in names if not name.startswith("."))
        found += ((path.relative_to(folder).as_posix(), path) for path in paths)
        if len(found) + len(folders) > MOST_ENTRIES:
            raise Unreadable(f"{clean(str(folder))} holds more than {MOST_ENTRIES:,} files.")
    return sorted(found)


def _refuse(error: OSError) -> None:
    raise unreadable(Path(error.filename), error) from None


def _read_into(found: Gathered, name: str, path: Path) -> None:
    most = most_bytes(name)
    try:
        if not path.is_file():
            found.problems.append(f'"{name}" is no plain file.')
            return
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(data) > most:
        found.problems.append(f'"{name}" is larger than {most >> 10} KiB.')
    else:
        found.files[name] = _portable(name, data)


def _portable(name: str, data: bytes) -> bytes:
    """A file as a pack holds it: the schema's place is that of the author's machine."""
    data = data.replace(b"\r\n", b"\n")
    return without_schema_line(data) if name.endswith(".toml") else data


def same_ids(ids: Mapping[str, str]) -> list[str]:
    """One sentence for each id that several levels have; `ids` by name of the level."""
    counted = Counter(ids.values())
    return [
        f"{', '.join(sorted(name for name, own in ids.items() if own == twice))} have the same "
        f'id "{twice}".'
        for twice, count in sorted(counted.items())
        if count > 1
    ]


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder with these files, whole or not at all. Raises Unreadable.

    The names must be ones that a pack may have. A folder that is there already must be empty.
    """
    shown = clean(str(folder))
    try:
        if folder.is_symlink() or (folder.exists() and not _is_empty(folder)):
            raise Unreadable(f"{shown} is there already, and not empty: name another folder.")
        # A name such as "." has no siblings until it is written out.
        target = folder.absolute() if folder.name else folder.resolve()
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        unfinished.mkdir()
        try:
            _fill(unfinished, files)
            if target.exists():
                target.rmdir()
            unfinished.rename(target)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except (OSError, ValueError) as error:
        raise Unreadable(f"{shown} cannot be written: {reason(error)}.") from None


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and next(folder.iterdir(), None) is None


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    assert not any(map(wrong_name, files)), "names are checked before"
    for name, data in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)
