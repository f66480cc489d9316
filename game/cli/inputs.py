"""Levels and plans that the command line names; their errors become words and exit code 2."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from game.cli.exits import WrongUse
from game.engine.kinds import find_kinds, load_kinds
from game.level.attacks import Attack
from game.level.changes import Change
from game.level.find import (
    PACK,
    PROOFS,
    find_level,
    find_levels,
    levels_and_packs_in,
    levels_in,
)
from game.level.model import Level
from game.level.pack import inspect_pack
from game.level.paths import unreadable
from game.level.plan import Plan, PlanError, default_plan, make_plan, plan_of_pairs, read_plan
from game.level.problems import LevelErrors, Problems, Unreadable
from game.level.proofs import inspect_proofs, proofs_path
from game.level.read import inspect_level, read_level, read_level_bytes


@contextmanager
def told() -> Iterator[None]:
    """Whatever is wrong with an input becomes `WrongUse`."""
    try:
        yield
    except LevelErrors as error:
        path, count = error.problems[0].path, len(error.problems)
        errors = f"{count} errors" if count > 1 else "an error"
        raise WrongUse(f"{path} has {errors}\n\n{error}") from None
    except (Unreadable, PlanError) as error:
        raise WrongUse(str(error)) from None


def level_at(text: str) -> Level:
    """The level that an id, a file or a folder names. Raises `WrongUse`."""
    with told():
        return read_level(find_level(text), load_kinds())


def level_in(data: bytes, path: str) -> Level:
    """The level in a replay file. Raises `WrongUse`."""
    with told():
        level, problems = read_level_bytes(data, path, load_kinds())
        if level is None:
            raise LevelErrors(problems)
    return level


def level_files(words: Sequence[str]) -> list[Path]:
    """The files that ids, files and folders name; the campaign for none. Raises `WrongUse`."""
    if not words:
        return find_levels()
    return list(dict.fromkeys(path for text in words for path in files_at(text)))


def files_at(text: str) -> list[Path]:
    """The file that an id or a file names, or all level files in a folder. Raises `WrongUse`."""
    with told():
        found = levels_in(Path(text)) if text.strip() and os.path.isdir(text) else []
        # What holds no level, or cannot be looked at, is refused with a sentence there.
        return found or [find_level(text)]


def place_of(text: str) -> Path:
    """What is to be checked: a folder, a level, a file of proofs or a `pack.toml`.

    Raises `WrongUse`.
    """
    path = Path(text)
    known = os.path.isdir(path) or (is_beside_levels(path) and os.path.isfile(path))
    if text.strip() and known:
        return path
    with told():
        return find_level(text)


def is_beside_levels(path: Path) -> bool:
    """Whether a file is by its name no level, but belongs to one or to a pack."""
    return path.name == PACK or path.name.endswith(PROOFS)


def files_to_check(place: Path, unread: list[str]) -> list[Path]:
    """The files that are checked there; why something cannot be looked at goes to `unread`.

    Proofs are looked at together with their level.
    """
    if os.path.isdir(place):
        before = len(unread)
        try:
            found = levels_and_packs_in(
                place, lambda error: unread.append(str(unreadable(Path(error.filename), error)))
            )
        except Unreadable as error:
            unread.append(str(error))
            return []
        if not found and len(unread) == before:
            unread.append(f"{place} holds no level.")
        return found
    level = level_of_proofs(place)
    return [level if level is not None and os.path.isfile(level) else place]


def level_of_proofs(path: Path) -> Path | None:
    """The level's file that proofs lie beside; None for another file."""
    if not path.name.endswith(PROOFS):
        return None
    return path.with_name(f"{path.name.removesuffix(PROOFS)}.toml")


@dataclass(slots=True)
class Checked:
    """What is wrong with files."""

    found: dict[Path, Problems] = field(default_factory=dict)
    """All problems of each file that could be read, in the order in which they are told."""
    unread: list[str] = field(default_factory=list)
    """Why others could not be, a sentence each."""


def check_places(places: Iterable[Path]) -> Checked:
    """Check every file at these places."""
    checked = Checked()
    for place in places:
        for path in files_to_check(place, checked.unread):
            if path not in checked.found:
                check_file(path, checked)
    return checked


def check_file(path: Path, checked: Checked) -> None:
    """Check a level with its proofs, proofs without a level, or a `pack.toml`.

    The problems of proofs stand with those of the level, unless the level cannot be read.
    """
    try:
        if path.name == PACK:
            checked.found[path] = inspect_pack(path)
        elif path.name.endswith(PROOFS):
            checked.found[path] = inspect_proofs(path, None)
        else:
            level, checked.found[path] = inspect_level(path, find_kinds())
            _check_proofs(path, level, checked)
    except Unreadable as error:
        checked.unread.append(str(error))
        if not is_beside_levels(path):
            _check_proofs(path, None, checked)


def _check_proofs(level_path: Path, level: Level | None, checked: Checked) -> None:
    """Check the proofs of a level, if it has any."""
    path = proofs_path(level_path)
    if not os.path.exists(path):
        return
    try:
        found = inspect_proofs(path, level)
    except Unreadable as error:
        checked.unread.append(str(error))
        return
    told_with = level_path if level_path in checked.found else path
    checked.found[told_with] = Problems((*checked.found.get(told_with, ()), *found))


def choose_plan(
    level: Level,
    path: Path | None,
    settings: Sequence[tuple[str, str]],
    changes: Sequence[Change] = (),
    attacks: Sequence[Attack] = (),
) -> Plan:
    """The plan in the file, or the default one, with the settings over it, and the changes and
    attacks beside its own. Raises `WrongUse`."""
    with told():
        plan = default_plan(level) if path is None else read_plan(path, level)
        choices = {**dict(plan.values), **dict(settings)}
        together = {change.key: change for change in (*plan.changes, *changes)}
        return make_plan(
            level,
            choices,
            plan.name,
            tuple(together.values()),
            (*plan.attacks, *attacks),
        )


def plan_of(level: Level, pairs: Sequence[tuple[str, str]]) -> Plan:
    """The plan whose `pairs` these are. Raises `WrongUse`."""
    with told():
        return plan_of_pairs(level, pairs)
