"""Moments and shares in words."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from game.tui.words import (
    moment,
    money,
    one_in,
    paragraphs,
    parts_words,
    percent,
    short_moment,
    speed_words,
)


def test_moments_are_minutes_seconds_and_tenths() -> None:
    assert moment(74_260_000) == "1:14.2"
    assert short_moment(74_260_000) == "1:14"


def test_speeds_are_told_as_factors() -> None:
    assert [speed_words(Fraction(4)), speed_words(Fraction(1, 16))] == ["4x", "1/16x"]


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_all_of_them_is_a_hundred_percent(good: int, more: int) -> None:
    assert percent(good, good + more) != "100 %"
    assert percent(more, more) == "100 %"


def test_failures_are_told_so_that_one_can_picture_them() -> None:
    assert one_in(0, 0) == "nobody has asked yet"
    assert one_in(0, 1_200) == "none of 1,200 failed"
    assert one_in(5, 1_000) == "1 in 200 failed"
    assert one_in(300, 1_000) == "300 of 1,000 failed"


def test_prices_and_parts() -> None:
    assert money(1_250_000) == "$1.25"
    assert [parts_words(1), parts_words(2)] == ["1 moving part", "2 moving parts"]


def test_lines_of_a_paragraph_are_joined_and_paragraphs_kept() -> None:
    assert paragraphs("\nOne\nline.\n\n  Another.\n").plain == "One line.\n\nAnother."


def test_words_between_asterisks_stand_out_and_markup_stays_text() -> None:
    content = paragraphs("That was *redundancy*. [red]2 * 3[/red] * 4")

    assert content.plain == "That was redundancy. [red]2 * 3[/red] * 4"
    assert [(span.start, span.end) for span in content.spans] == [(9, 19)]
