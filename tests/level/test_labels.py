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
from game.level.variants import Variant
from tests.level.toys import NIGHT, TOYS, only_problem, problems_of, with_lines


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
    def warner(
        level: Level, _registry: Registry, _found: tuple[Variant, ...]
    ) -> Iterator[Complaint]:
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


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ('id = "robots"', 'id = "web"', ('"web"', "first written here")),
        ("choices = [2, 3]", "choices = [2, 3, 3]", ("3", "first written here")),
        ("choices = [2, 3]", "choices = [2, 3, -4]", ("count", "the choice would stand here")),
        ("default = 2", "default = 4", ("choices", "these are the choices")),
        ("rate = 100\n", 'rate = 100\ngap = "1s"\n', ("rate", "this is the other one")),
        ('for = "20s"', 'for = "51s"', ("duration", "the run is this long")),
        ('warm_up = "2s"', 'warm_up = "60s"', ("duration", "the run is this long")),
        ('target = "web-1"', 'target = "users"', ('"users"', "this is a client")),
        ('on = ["web"]', 'on = ["web"]\non = []', ("on", "first written here")),
        (
            "[[service.steps]]\ncpu",
            '[[service.steps]]\ncall = "shop"\n\n[[service.steps]]\ncpu',
            (
                '{ call = "store", policy = "careful", fan_out = 2, first = 1 }',
                '"shop" calls "store" here',
            ),
        ),
    ],
)
def test_the_other_place_that_matters_is_labelled(
    before: str, after: str, label: tuple[str, str]
) -> None:
    problem = only_problem(with_lines(NIGHT, (before, after)))
    assert labelled(problem)[:1] == [label]


def test_what_two_controls_set_is_labelled_at_the_first() -> None:
    text = NIGHT + (
        '\n[[control]]\nid = "again"\nfamily = "redundancy"\nlabel = "Again"\n'
        'sets = "node.web.count"\ndefault = 2\nchoices = [2, 3]\n'
    )
    (problem,) = problems_of(text)
    assert labelled(problem) == [('"node.web.count"', "it is set here")]


def test_labels_stand_in_the_order_of_the_file_with_a_gap_between_them() -> None:
    problem = only_problem(with_lines(NIGHT, ('for = "20s"', 'for = "51s"')))
    lines = str(problem).split("\n")
    marks = [line.split("|", 1)[1].strip() for line in lines if "^" in line or "---" in line]
    assert marks[0].startswith("----")
    assert marks[-1].startswith("^^^^^")
    assert " ..." in lines
