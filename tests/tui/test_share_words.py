from __future__ import annotations

import pytest

from game.level.share import ShareCard
from game.tui.glyphs import ASCII, UNICODE, GlyphSet
from game.tui.share_words import kind_words, share_below, share_words


@pytest.mark.parametrize(
    ("wins", "tried", "plans", "words"),
    [
        (18, 90, 90, "1 plan in 5 wins"),
        (8, 50, 50, "About 1 plan in 6 wins"),
        (4, 200, 9000, "About 1 plan in 50 wins"),
        (0, 200, 9000, "None of 200 plans wins"),
        (3, 4, 4, "8 plans in 10 win"),
        (1, 2, 2, "1 plan in 2 wins"),
        (9, 162, 162, "1 plan in 18 wins"),
    ],
)
def test_a_share_is_told_as_one_plan_in_so_many(
    wins: int, tried: int, plans: int, words: str
) -> None:
    assert share_words(ShareCard(wins=wins, tried=tried, plans=plans)) == words


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_the_bar_beside_the_words_says_the_same(glyphs: GlyphSet) -> None:
    share = ShareCard(wins=18, tried=90, plans=90)

    (bar, _), (words, _) = share_below(share, glyphs)

    assert len(bar.strip()) == 10
    assert len(set(bar.strip())) == 2
    assert words == " 1 plan in 5 wins."


def test_where_no_share_is_known_nothing_is_said() -> None:
    assert share_below(None, UNICODE) == []


def test_a_kind_is_words() -> None:
    assert kind_words("on-call") == "On call"
