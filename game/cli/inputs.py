"""Levels and plans that the command line names; their errors become words and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from game.cli.exits import WrongUse
from game.engine.kinds import find_kinds, load_kinds
from game.level.attacks import Attack
from game.level.changes import Change
from game.level.find import find_level, find_levels, levels_in
from game.level.model import Level
from game.level.plan import Plan, PlanError, default_plan, make_plan, plan_of_pairs, read_plan
from game.level.problems import LevelErrors, Problems, Unreadable
from game.level.proofs import proofs_path, read_proofs
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
        try:
            found = levels_in(Path(text)) if text.strip() and Path(text).is_dir() else []
        except OSError:
            found = []
        # What cannot be looked into, and what holds no level, is refused with a sentence there.
        return found or [find_level(text)]


def inspect(path: Path) -> Problems:
    """All problems of a level file and, if it is a level, of its proofs. Raises `WrongUse` where
    one of them is unreadable."""
    with told():
        level, problems = inspect_level(path, find_kinds())
        if level is not None and proofs_path(path).exists():
            try:
                read_proofs(proofs_path(path), level)
            except LevelErrors as errors:
                return Problems((*problems, *errors.problems))
    return problems


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
