"""Every code is explained, and its examples are what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.codes import CODES, Code
from game.level.explanations import CONTROL, EXAMPLE_ID, PLAN, code_of, explanation, whole
from game.level.plan import PlanError, read_plan
from game.level.problems import Problems
from game.level.read import read_level_bytes


def problems_of(text: str) -> Problems:
    """What is wrong with the level of a text."""
    path = f"{EXAMPLE_ID}.toml"
    return read_level_bytes(text.encode(), path, load_kinds(), graded=True, warned=True)[1]


def problems_of_plan(text: str, folder: Path) -> Problems:
    """What is wrong with a plan for the example with a control."""
    path = f"{EXAMPLE_ID}.toml"
    level, problems = read_level_bytes(whole(CONTROL).encode(), path, load_kinds())
    assert level is not None, str(problems)
    file = folder / "plan.toml"
    file.write_text(text, "utf-8")
    try:
        read_plan(file, level)
    except PlanError as error:
        return error.problems
    return Problems()


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_the_wrong_example_gives_its_code_alone_and_the_right_one_none(
    code: Code, tmp_path: Path
) -> None:
    found = explanation(code)
    assert found.cause.endswith(".")
    if found.file == PLAN:
        wrong = problems_of_plan(found.wrong_written, tmp_path)
        right = problems_of_plan(found.right, tmp_path)
    else:
        wrong = problems_of(whole(found.wrong_written))
        right = problems_of(whole(found.right))
    assert {problem.code for problem in wrong} == {code.code}, str(wrong)
    assert not right, str(right)


@pytest.mark.parametrize("word", ["E021", "e021", "unknown-kind", "Unknown_Kind"])
def test_a_code_is_found_by_its_number_or_its_name(word: str) -> None:
    assert code_of(word) is CODES["unknown-kind"]


def test_what_is_no_code_is_not_found() -> None:
    assert code_of("E999") is None
