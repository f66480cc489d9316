"""Levels with mistakes that were planted: each is found where it is, and nothing else.

A line `#! COLUMN CODE WORD` in a file of `broken/` says what is wrong with the line above it (which
other such lines may follow), and which word is suggested, if one is.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.problems import Problem
from game.level.read import inspect_level

FILES = sorted((Path(__file__).parent / "broken").glob("*.toml"))
PLANTED = re.compile(r"#! (\d+) (\w+) ?(.*)")
Place = tuple[int, int, str]
"""Line, column and code."""


def planted(path: Path) -> dict[Place, str]:
    """The mistakes of a file, with the word that is meant where there is one."""
    found: dict[Place, str] = {}
    above = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if match := PLANTED.fullmatch(line):
            found[above, int(match[1]), match[2]] = match[3]
        else:
            above = number
    return found


def reported(path: Path) -> dict[Place, Problem]:
    """What the checker says of a file."""
    _, problems = inspect_level(path, load_kinds())
    places = {(one.line, one.column, one.code): one for one in problems}
    assert len(places) == len(problems), "the same problem is told twice"
    return places


def test_there_are_more_than_a_hundred_and_twenty() -> None:
    assert len(FILES) >= 120
    assert all(planted(path) for path in FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_planted_mistake_is_found_in_its_place_and_nothing_else(path: Path) -> None:
    wanted, found = planted(path), reported(path)
    assert set(found) == set(wanted), "\n".join(map(str, found.values()))


def test_the_right_word_is_suggested_for_nine_of_ten_misspelt_ones() -> None:
    pairs = [
        (word, found[place].suggestion)
        for path in FILES
        for found in [reported(path)]
        for place, word in planted(path).items()
        if word
    ]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    assert len(pairs) > 100
    assert len(wrong) <= len(pairs) // 10, wrong
