from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from game.level.codes import CODES
from game.level.nearest import listed, nearest
from game.level.problems import Problem, Problems, clean


def problem(excerpt: str, column: int, length: int = 1) -> Problem:
    return Problem("wrong-type", "wrong", "a.toml", 3, column, length, excerpt)


def test_codes_are_unique_and_say_one_sentence() -> None:
    assert len({code.code for code in CODES.values()}) == len(CODES)
    for name, code in CODES.items():
        assert code.name == name
        assert code.says.endswith(".")
        assert code.says.count(". ") == 0


@given(st.text())
def test_cleaned_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in cleaned)


def test_the_nearest_word_is_like_the_word_or_there_is_none() -> None:
    assert nearest("partion", ("crash", "partition")) == "partition"
    assert nearest("Crash", ("crash", "partition")) == "crash"
    assert nearest("zebra", ("crash", "partition")) == ""


def test_long_lists_of_words_are_cut() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(n) for n in range(99)]).endswith("12, 13, ...")


def test_carets_stand_under_the_place_in_a_line_with_tabs_and_wide_characters() -> None:
    lines = str(problem("\ta = '猫' # x", 6, 3)).split("\n")
    assert lines[3] == " 3 |  a = '猫' # x"
    assert lines[4] == "   |      ^^^^"


def test_a_long_line_is_cut_around_the_place() -> None:
    lines = str(problem("x" * 500 + "!" + "y" * 500, 501)).split("\n")
    assert len(lines[3]) < 110
    assert lines[3][lines[4].index("^")] == "!"


def test_of_very_many_problems_the_first_are_told_and_the_rest_counted() -> None:
    many = Problems(problem("a", 1) for _ in range(150))
    assert str(many).count("error[") == 100
    assert str(many).endswith("and 50 more")
