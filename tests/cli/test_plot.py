"""Pictures in the terminal: curves and marks, with and without colour, at any width."""

from __future__ import annotations

import pytest

from game.cli.plot import picture_text
from game.lab.pictures import Picture, Series

PICTURE = Picture(
    title="sojourn over load",
    x_label="rho",
    y_label="time",
    published=(Series("closed form", (0.0, 0.5, 0.9), (1.0, 2.0, 10.0)),),
    measured=(Series("measured", (0.5, 0.9), (2.01, 9.9)), Series("p99", (0.5,), (9.2,))),
)


@pytest.mark.parametrize("width", [40, 80, 300])
def test_a_picture_is_as_wide_as_there_is_room_and_names_its_series(width: int) -> None:
    lines = picture_text(PICTURE, width, colour=False).splitlines()
    assert max(map(len, lines)) <= min(width, 100)
    text = "\n".join(lines)
    for words in ("sojourn over load", "rho", "time", "closed form", "measured", "p99, measured"):
        assert words in text


def test_without_colour_there_are_no_codes_and_marks_tell_the_series_apart() -> None:
    text = picture_text(PICTURE, 80, colour=False)
    assert "\x1b" not in text
    assert text.count("o") > 2
    assert "xx p99" in text


def test_with_colour_there_are_codes() -> None:
    assert "\x1b[" in picture_text(PICTURE, 80, colour=True)


def test_names_do_not_stand_beside_points() -> None:
    """They take rows of their own, above the highest point."""
    beside = [
        line.partition(name)[2]
        for line in picture_text(PICTURE, 80, colour=False).splitlines()
        for name in ("closed form", "p99, measured")
        if name in line
    ]
    assert len(beside) == 2
    assert [rest.strip(" │") for rest in beside] == ["", ""]


def test_a_second_picture_knows_nothing_of_the_first() -> None:
    once = picture_text(PICTURE, 80, colour=False)
    assert picture_text(PICTURE, 80, colour=False) == once
