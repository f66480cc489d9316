"""The first level, as a beginner meets it. Its proof is the business of `ninelives level test`."""

from __future__ import annotations

from tests.levels.playing import first_night, leading_cause, level_of

LEVEL = level_of("one-of-everything")


def test_the_chapter_opens_with_lamports_sentence() -> None:
    assert LEVEL.chapter == "A machine you have never heard of"
    words = " ".join(LEVEL.story.split())
    assert "the failure of a computer you didn't even know existed" in words


def test_every_choice_says_what_it_does() -> None:
    assert all(choice.says for control in LEVEL.controls for choice in control.choices)
    assert len(LEVEL.hints) == 3
    assert [control.id for control in LEVEL.controls if control.lesson] == ["servers"]


def test_the_plain_default_is_refused_by_the_only_server() -> None:
    assert leading_cause(first_night("one-of-everything")) == "refused"
