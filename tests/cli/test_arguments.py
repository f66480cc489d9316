"""Options: what is read, and the one sentence for what is not."""

from __future__ import annotations

import argparse
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.cli.arguments import assignment, jobs, nearest, one_of, seed, seeds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", (7,)),
        ("1-3", (1, 2, 3)),
        ("5,3,5", (5, 3)),
        ("1-3, 2-4", (1, 2, 3, 4)),
        ("18446744073709551615", (2**64 - 1,)),
    ],
)
def test_seeds_are_ranges_and_numbers_each_once(text: str, expected: tuple[int, ...]) -> None:
    assert seeds(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no list of seeds"),
        ("1-", "is no list of seeds"),
        ("a-b", "is no list of seeds"),
        ("-3", "is no list of seeds"),
        ("٣", "is no list of seeds"),
        ("9-1", "it must rise"),
        ("18446744073709551616", "end by 2^64 - 1"),
        ("0-10000", "more than 10,000 seeds"),
        ("0-9998,20000-20001", "more than 10,000 seeds"),
    ],
)
def test_wrong_seeds_get_one_sentence(text: str, says: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=says.replace("^", r"\^")):
        seeds(text)


@given(st.integers(0, 2**64 - 1))
def test_every_64_bit_seed_is_read(number: int) -> None:
    assert seed(str(number)) == number
    assert seeds(str(number)) == (number,)


@given(st.text())
def test_any_text_is_seeds_or_a_sentence(text: str) -> None:
    found: tuple[int, ...] = (0,)
    with contextlib.suppress(argparse.ArgumentTypeError):
        found = seeds(text)
    assert len(set(found)) == len(found) > 0


@pytest.mark.parametrize("text", ["0", "257", "-1", "two", "1.5", ""])
def test_wrong_numbers_of_jobs_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="from 1 to 256"):
        jobs(text)


def test_an_assignment_is_cut_at_the_first_equals_sign() -> None:
    assert assignment("limit=a=b") == ("limit", "a=b")


@pytest.mark.parametrize("text", ["limit", "=3", ""])
def test_a_setting_without_control_or_value_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="CONTROL=VALUE"):
        assignment(text)


def test_a_wrong_word_gets_the_nearest_right_one() -> None:
    assert nearest("crahs", ["crash", "pause"]) == '; did you mean "crash"?'
    assert nearest("xyz", ["crash", "pause"]) == ""
    assert one_of("fault", "x", []) == 'there is no fault "x" (there are: none)'
