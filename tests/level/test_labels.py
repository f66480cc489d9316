"""Second places, severity and help of problems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from game.level import warnings
from game.level.codes import CODES, Code
from game.level.model import Level
from game.level.problems import Complaint, Problem
from game.level.read import read_level_bytes
from game.level.registry import Registry
from tests.level.toys import NIGHT, TOYS, only_problem, with_lines


def labelled(problem: Problem) -> list[tuple[str, str]]:
    """What each second label underlines, and what it says."""
    return [
        (one.excerpt[one.column - 1 : one.column - 1 + one.length], one.text)
        for one in problem.labels
    ]


def test_a_reference_that_nearly_matches_shows_the_declaration() -> None:
    problem = only_problem(with_lines(NIGHT, ('on = ["web"]', 'on = ["wbe"]')))
    assert labelled(problem) == [('"web"', '"web" is declared here')]
    assert "declared here" in str(problem)


def test_every_problem_names_the_command_that_explains_it() -> None:
    problem = only_problem(with_lines(NIGHT, ("cores = 4", "cores = true")))
    assert problem.help[-1] == "`ninelives level explain E010`"
    assert problem.severity == "error"


def test_a_level_with_warnings_alone_is_a_level(monkeypatch: pytest.MonkeyPatch) -> None:
    def warner(level: Level, _registry: Registry) -> Iterator[Complaint]:
        yield Complaint("pointless", f"{level.title} is dull", ("title",))

    monkeypatch.setitem(CODES, "pointless", Code("W999", "pointless", "This has no use."))
    monkeypatch.setattr(warnings, "WARNERS", (warner,))
    level, problems = read_level_bytes(NIGHT.encode(), "night.toml", TOYS, warned=True)
    assert level is not None
    assert not problems.errors
    assert [str(one).split("\n")[0] for one in problems.warnings] == [
        "warning[W999]: A night is dull"
    ]
    assert not read_level_bytes(NIGHT.encode(), "night.toml", TOYS)[1]
