"""Packs that the player has installed: their files, and what is unpacked of them.

A pack is played from a folder. That of a pack's file lies in the data folder's cache, under the
hash of the file's bytes, so that it never is that of another version.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from game.level.campaign import level_key
from game.level.pack import Pack, pack_campaign
from game.level.pack_file import SUFFIX, PackFile, load_pack_file, read_pack_file
from game.level.pack_folder import write_folder
from game.level.problems import LevelErrors, Unreadable, clean
from game.level.whole_file import write_whole

PACKS = "packs"
CACHE = "cache"
MOST_INSTALLED = 100
"""Files that are looked at."""
MOST_CACHED = 20
"""Unpacked packs that are kept; the one that was opened longest ago goes first."""


@dataclass(frozen=True, slots=True)
class Installed:
    """One file in the folder of packs."""

    path: Path
    pack: Pack | None
    """None where the file is refused."""
    levels: tuple[str, ...] = ()
    """What the saves know its levels by."""
    trouble: str = ""
    """Why it is refused, in one sentence."""

    @property
    def title(self) -> str:
        """What it is called."""
        return clean(self.pack.title if self.pack else self.path.name)


def installed(data_folder: Path) -> tuple[Installed, ...]:
    """The packs of the player, by title. What is refused comes last."""
    try:
        names = sorted(os.listdir(data_folder / PACKS))
    except OSError:
        return ()
    paths = [data_folder / PACKS / name for name in names if name.endswith(SUFFIX)]
    found = map(_look_at, paths[:MOST_INSTALLED])
    return tuple(sorted(found, key=lambda one: (one.pack is None, one.title.lower(), one.path)))


def _look_at(path: Path) -> Installed:
    try:
        file = read_pack_file(load_pack_file(path), str(path))
    except Unreadable as error:
        return Installed(path, None, trouble=str(error))
    return Installed(path, file.pack, _keys(file))


def _keys(file: PackFile) -> tuple[str, ...]:
    return tuple(level_key(file.pack.id, level.id) for level in file.manifest.levels)


def install(data_folder: Path, path: Path) -> Installed:
    """Check a pack's file and copy it into the data folder.

    Raises Unreadable with one sentence where it cannot be installed; then nothing has changed.
    """
    shown = clean(str(path))
    if os.path.isdir(path):
        raise Unreadable(
            f"{shown} is a folder: open it with ninelives play, or make it one file with "
            "ninelives level pack."
        )
    data = load_pack_file(path)
    file = read_pack_file(data, str(path))
    target = data_folder / PACKS / f"{file.pack.id}{SUFFIX}"
    if target.exists() and _bytes_of(target) != data:
        raise Unreadable(
            f'Another version of the pack "{file.pack.id}" is installed: remove that one first. '
            "What was won on it stays."
        )
    try:
        pack_campaign(_unpacked(data_folder, data, file))
    except LevelErrors as errors:
        first = errors.problems[0]
        name = clean(Path(first.path).name)
        raise Unreadable(
            f"{shown} is refused: {name}:{first.line}:{first.column}: {first.message}."
        ) from None
    _make(target.parent)
    write_whole(target, data)
    return Installed(target, file.pack, _keys(file))


def _bytes_of(path: Path) -> bytes:
    try:
        return load_pack_file(path)
    except Unreadable:
        return b""


def remove(data_folder: Path, one: Installed) -> None:
    """Take a pack away; what was won on it stays in the saves. Raises Unreadable."""
    assert one.path.parent == data_folder / PACKS, "only what is installed can be removed"
    cached = _place(data_folder, _bytes_of(one.path))
    try:
        one.path.unlink(missing_ok=True)
    except OSError as error:
        raise Unreadable(f"{one.title} cannot be removed: {error.strerror}.") from None
    shutil.rmtree(cached, ignore_errors=True)


def unpacked(data_folder: Path, path: Path) -> Path:
    """The folder of a pack's file, made in the cache if it is not there. Raises Unreadable."""
    data = load_pack_file(path)
    return _unpacked(data_folder, data, read_pack_file(data, str(path)))


def _unpacked(data_folder: Path, data: bytes, file: PackFile) -> Path:
    folder = _place(data_folder, data)
    if not folder.is_dir():
        _make(folder.parent)
        write_folder(folder, file.files)
        _forget_old(folder.parent)
    with suppress(OSError):
        os.utime(folder)
    return folder


def _place(data_folder: Path, data: bytes) -> Path:
    return data_folder / CACHE / PACKS / sha256(data).hexdigest()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreadable(f"{clean(str(folder))} cannot be made: {error.strerror}.") from None


def _forget_old(cache: Path) -> None:
    with suppress(OSError):
        kept = sorted(cache.iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
        for folder in kept[MOST_CACHED:]:
            shutil.rmtree(folder, ignore_errors=True)
