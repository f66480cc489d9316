"""The templates of levels, as they are and broken."""

from __future__ import annotations

from functools import cache

from game.engine.kinds import load_kinds
from game.level.campaign import DATA
from game.level.model import Level
from game.level.problems import Problem, Problems
from game.level.read import read_level_bytes

TEMPLATES = DATA / "assets" / "templates"


def template_text(name: str, *replaced: tuple[str, str]) -> str:
    """The text of a template, with parts of it replaced, each of which must be there once."""
    text = (TEMPLATES / f"{name}.toml").read_text("utf-8")
    for before, after in replaced:
        assert text.count(before) == 1, f"{before!r} is there {text.count(before)} times"
        text = text.replace(before, after)
    return text


def read_text(text: str) -> tuple[Level | None, Problems]:
    """What reading says of a text."""
    return read_level_bytes(text.encode(), "kit.toml", load_kinds(), graded=True)


def level_of(name: str, *replaced: tuple[str, str]) -> Level:
    """The level of a template, which must have no errors."""
    level, problems = read_text(template_text(name, *replaced))
    assert level is not None, str(problems)
    return level


@cache
def template(name: str) -> Level:
    """The level of a template as it is."""
    return level_of(name)


def errors_of(name: str, *replaced: tuple[str, str]) -> list[tuple[str, str]]:
    """(code's name, underlined text) of each error that a template has after the change."""
    return [(one.name, marked(one)) for one in problems_of(name, *replaced)]


def problems_of(name: str, *replaced: tuple[str, str]) -> Problems:
    """The errors that a template has after the change."""
    return read_text(template_text(name, *replaced))[1].errors


def marked(problem: Problem) -> str:
    """The text that the carets underline."""
    return problem.excerpt[problem.column - 1 : problem.column - 1 + problem.length]
