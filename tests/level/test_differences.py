"""What is different between two levels."""

from __future__ import annotations

import re

import pytest

from game.engine.kinds import load_kinds
from game.level.differences import Difference, differences
from game.level.find import find_levels
from game.level.identity import level_hash
from game.level.model import Level
from game.level.read import read_level_bytes
from tests.level.packs import level_text

TEXT = level_text("nap")


def read(text: str) -> Level:
    level, problems = read_level_bytes(text.encode(), "nap.toml", load_kinds(), graded=True)
    assert level is not None, problems
    return level


def changed(old: str, new: str) -> tuple[Difference, ...]:
    """The differences after a replacement; they agree with the hash."""
    assert old in TEXT
    before, after = read(TEXT), read(TEXT.replace(old, new))
    found = differences(before, after)
    differ = any(not one.words_only for one in found)
    assert differ == (level_hash(before) != level_hash(after))
    return found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"99%"', '"95%"', ("goals", "goal answered: at_least", '"99%"', '"95%"')),
        ('at = "8s"', 'at = "9s"', ("faults", "fault crash: at", '"8s"', '"9s"')),
        ("rate = 20", "rate = 30", ("system", "client visitors: rate", "20", "30")),
        ("[1, 2]", "[1, 3]", ("choices", "control machines: choice 2", "2", "-")),
        ("[1, 2]", "[2, 1]", ("choices", "control machines: order of choices", "1, 2", "2, 1")),
        ("default = 1", "default = 2", ("controls", "control machines: default", '"1"', '"2"')),
        ('duration = "20s"', 'duration = "21s"', ("level", "duration", '"20s"', '"21s"')),
        ('duration = "20s"', 'duration = "20s"\nseeds = [7]',
         ("seeds", "seeds", "[1, 2, 3, 4, 5]", "[7]")),
        ('duration = "20s"', 'duration = "20s"\nwindow = ["1s", "9s"]',
         ("window", "window", "-", '["1s", "9s"]')),
        ("[[node]]", "[prices]\ncross_zone_gib = 1\n[[node]]",
         ("prices", "prices", "-", '{"cross_zone_gib": 1}')),
        ('steps = [{ cpu = "2ms" }]', 'steps = [{ cpu = "3ms" }]',
         ("system", "service shop: steps", '[{"cpu": "2ms"}]', '[{"cpu": "3ms"}]')),
    ],
)  # fmt: skip
def test_a_change_is_told_in_the_words_of_the_file(
    old: str, new: str, expected: tuple[str, str, str, str]
) -> None:
    assert Difference(*expected) in changed(old, new)


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('title = "Nap"', 'title = "Sleep"', "title"),
        ('label = "Machines"', 'label = "Cats"', "control machines: label"),
        ("lesson = true", "", "control machines: lesson"),
    ],
)
def test_words_are_named_and_not_shown(old: str, new: str, where: str) -> None:
    assert changed(old, new) == (Difference("words", where, "", ""),)


def test_what_is_new_or_gone_is_told_whole() -> None:
    (found,) = changed("[[goal]]", '[[measure]]\nid = "falls"\ncount = "node-down"\n\n[[goal]]')
    assert (found.group, found.where, found.old) == ("measures", "measure falls", "-")
    assert "node-down" in found.new


def test_a_level_is_not_different_from_itself() -> None:
    assert differences(read(TEXT), read(TEXT)) == ()


def test_comments_make_no_difference() -> None:
    assert changed("# A comment that stays.\n", "# Another one.\n") == ()


def test_words_of_answers_are_words() -> None:
    path = next(path for path in find_levels() if 'kind = "predict"' in path.read_text("utf-8"))
    text = path.read_text("utf-8")
    (old, *_) = re.findall(r"\[\[question\.answer\]\]\nid = [^\n]*\n(label = [^\n]*\n)", text)
    before, after = read(text), read(text.replace(old, 'label = "Something else."\n'))
    assert level_hash(before) == level_hash(after)
    (found,) = differences(before, after)
    assert found.words_only
    assert found.where.endswith(": answer")
