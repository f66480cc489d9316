"""Levels and plans that the command line names; their errors become words and exit code 2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from game.cli.exits import WrongUse
from game.engine.kinds import load_kinds
from game.level.find import find_level
from game.level.model import Level
from game.level.plan import Plan, PlanError, make_plan, read_plan
from game.level.problems import LevelErrors, Problems, Unreadable
from game.level.read import inspect_level, read_level, read_level_bytes


@contextmanager
def told() -> Iterator[None]:
    """Whatever is wrong with an input becomes `WrongUse`."""
    try:
        yield
    except (Unreadable, LevelErrors, PlanError) as error:
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


def inspect(path: Path) -> Problems:
    """All problems of a level file. Raises `WrongUse` for a file that cannot be read."""
    with told():
        _, problems = inspect_level(path, load_kinds())
    return problems


def choose_plan(level: Level, path: Path | None, settings: Sequence[tuple[str, str]]) -> Plan:
    """The plan in the file, or the default one, with the settings over it. Raises `WrongUse`."""
    with told():
        if path is None:
            return make_plan(level, dict(settings))
        plan = read_plan(path, level)
        return make_plan(level, {**dict(plan.values), **dict(settings)}, plan.name)
