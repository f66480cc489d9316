"""Numbers in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from game.explain.words import count, lasting, listed, moment, sentence, share


@pytest.mark.parametrize(
    ("length_us", "words"),
    [
        (0, "0 us"),
        (999, "999 us"),
        (4_200, "4.2 ms"),
        (850_000, "850 ms"),
        (999_600, "1 s"),
        (2_349_000, "2.35 s"),
        (20_000_000, "20 s"),
        (800_000_000, "13 min 20 s"),
    ],
)
def test_lengths_of_time_have_the_unit_that_is_read_most_easily(length_us: int, words: str) -> None:
    assert lasting(length_us) == words


def test_moments_are_seconds_of_the_night() -> None:
    assert [moment(0), moment(12_000_000), moment(12_049_000)] == ["0 s", "12 s", "12.05 s"]


@given(some.integers(1, 10**6), some.data())
def test_a_share_is_none_or_all_only_when_it_is(whole: int, data: some.DataObject) -> None:
    part = data.draw(some.integers(0, whole))
    assert (share(part, whole) == "0 %") == (part == 0)
    assert (share(part, whole) == "100 %") == (part == whole)


def test_lists_are_cut_where_nobody_reads_on() -> None:
    assert listed([]) == "nothing"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefg")) == "a, b, c, d and 3 more"


def test_counts_agree_with_their_noun() -> None:
    assert [count(1, "operation"), count(2004, "operation")] == ["1 operation", "2,004 operations"]


def test_a_sentence_of_the_author_gets_one_full_stop() -> None:
    assert [sentence("It falls."), sentence("It falls ")] == ["It falls.", "It falls."]
    assert sentence('"It is fine."') == '"It is fine."'
