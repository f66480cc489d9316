from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level import find
from game.proof.seeds import fresh_seeds
from game.proof.share import TUTORIAL_CHAPTER, describe, is_tutorial, share_of
from tests.proof.fakes import level


def test_the_share_of_all_plans_has_no_interval() -> None:
    share = share_of(6, 36, 36)

    assert share.low == share.value == share.high
    assert describe(share) == "6 of 36 plans win (16.7 %)"


def test_the_interval_of_a_sample_is_wilsons() -> None:
    share = share_of(20, 200, 100_000)

    assert share.low == pytest.approx(0.0657, abs=1e-4)
    assert share.high == pytest.approx(0.1494, abs=1e-4)
    assert "95 % interval 6.6 % to 14.9 %" in describe(share)


@given(wins=st.integers(0, 200))
def test_the_interval_holds_the_share_and_stays_between_nothing_and_all(wins: int) -> None:
    share = share_of(wins, 200, 1000)

    assert 0 <= share.low <= share.value <= share.high <= 1


def test_fresh_seeds_leave_out_the_levels_own() -> None:
    assert fresh_seeds(level(seeds=(1, 1002)), 3) == (1001, 1003, 1004)


@pytest.mark.parametrize("chapter", ["Tutorial", TUTORIAL_CHAPTER])
def test_no_chapter_title_makes_a_level_of_somebody_else_a_tutorial(chapter: str) -> None:
    inside = str(find.campaign() / "01-one" / "fake.toml")

    assert not is_tutorial(replace(level(chapter=chapter), path="elsewhere/fake.toml"))
    assert is_tutorial(replace(level(chapter=chapter), path=inside)) is (
        chapter == TUTORIAL_CHAPTER
    )
