"""Finding level files: the packaged campaign, an id, a file or a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import game
from game.level.nearest import nearest
from game.level.paths import status_of, unreadable
from game.level.problems import Unreadable, clean
from game.level.source import load_bytes

PROOFS = ".proofs.toml"
PACK = "pack.toml"
MOST_ENTRIES = 10_000
"""Files and folders that are looked through for levels."""


def campaign() -> Path:
    """The folder of the campaign: inside an installed wheel, else beside the package."""
    package = Path(game.__file__).parent
    installed = package / "_data" / "levels"
    return installed if installed.is_dir() else package.parent / "levels"


def levels_in(folder: Path) -> list[Path]:
    """The level files of a folder and the folders in it, in order of their paths.

    Raises Unreadable for a folder with more in it than any pack of levels has, and where one of
    them cannot be opened.
    """
    return [path for path in levels_and_packs_in(folder) if path.name != PACK]


def _refuse(error: OSError) -> None:
    raise unreadable(Path(error.filename), error) from None


def levels_and_packs_in(folder: Path, refuse: Callable[[OSError], None] = _refuse) -> list[Path]:
    """The same, and each `pack.toml`; `refuse` is told of folders that cannot be opened."""
    found: list[Path] = []
    seen = 0
    for place, folders, names in os.walk(folder, onerror=refuse):
        seen += len(folders) + len(names)
        if seen > MOST_ENTRIES:
            shown = clean(str(folder))[:200]
            raise Unreadable(f"{shown} holds more than {MOST_ENTRIES:,} files; name a level in it.")
        found += (Path(place, name) for name in names if _may_be_level(name))
    return sorted(path for path in found if os.path.isfile(path))


def _may_be_level(name: str) -> bool:
    return name.endswith(".toml") and not name.endswith(PROOFS)


def find_levels() -> list[Path]:
    """The campaign's level files, in order."""
    return levels_in(campaign())


def find_level(text: str) -> Path:
    """The file that an id, a file or a folder with one level means. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("A level has a name; this one is empty.")
    path = Path(text)
    status = status_of(path)
    if status is not None and stat.S_ISDIR(status.st_mode):
        return _only(path)
    if status is not None and stat.S_ISREG(status.st_mode):
        return _level(path)
    levels = {path.stem: path for path in reversed(find_levels())}
    if text not in levels:
        levels |= {_level_id(path): path for path in find_levels()}
    if text in levels:
        return levels[text]
    if path.suffix == ".toml" or len(path.parts) > 1:
        raise Unreadable(f"There is no file {clean(text)[:200]}.")
    word = nearest(text, levels)
    hint = f' Did you mean "{word}"?' if word else ""
    raise Unreadable(f'There is no level "{clean(text)[:200]}".{hint}')


def _level(path: Path) -> Path:
    """A file, unless its name says that it is no level."""
    shown = clean(str(path))[:200]
    if path.name == PACK:
        raise Unreadable(f"{shown} tells of a pack, and is no level: name its folder.")
    if path.name.endswith(PROOFS):
        name = clean(path.name.removesuffix(PROOFS))
        raise Unreadable(f"{shown} holds the proofs of a level: name the level, {name}.toml.")
    return path


def _only(folder: Path) -> Path:
    levels = levels_in(folder)
    shown = clean(str(folder))
    if not levels:
        raise Unreadable(f"{shown} holds no level.")
    if len(levels) > 1:
        raise Unreadable(f"{shown} holds {len(levels)} files that may be levels; name one of them.")
    return levels[0]


def _level_id(path: Path) -> str:
    """The id that a level's file gives itself, or its name."""
    from game.level.source import read_source

    try:
        document = read_source(load_bytes(path), str(path)).document
    except Unreadable:
        return path.stem
    return str(document.get("id", path.stem))
