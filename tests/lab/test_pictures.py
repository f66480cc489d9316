"""Pictures: each shows points near the curve that they are held against."""

from __future__ import annotations

from math import isfinite

import pytest

from game.lab.checks import Check, UnknownCheck, checks_with_plot
from game.lab.pictures import curve, series
from game.lab.runner import draw, draw_pictures

CHECKS = checks_with_plot([])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.group)
def test_a_picture_has_a_curve_and_points_inside_its_frame(check: Check) -> None:
    for picture in draw(check.id, 0, 0.03):
        assert picture.published
        assert picture.measured
        every = (*picture.published, *picture.measured)
        assert all(isfinite(y) and y >= 0 for one in every for y in one.ys)
        assert all(len(one.xs) == len(one.ys) >= 2 for one in every)
        right = max(one.xs[-1] for one in picture.published)
        assert all(one.xs[-1] <= right * 1.3 for one in picture.measured)


def test_pictures_of_a_group_are_drawn_once_each() -> None:
    pictures = list(draw_pictures(["P9/layers-4-0.5", "P9/layers-2-1"], fast=True, seed_base=5))
    assert len(pictures) == 1
    (measured,) = pictures[0].measured
    (published,) = pictures[0].published
    assert measured.xs[-1] == published.xs[-1] == 1.0
    assert measured.ys[-1] == published.ys[-1] == 64


def test_where_nothing_can_be_drawn_those_that_can_are_named() -> None:
    with pytest.raises(UnknownCheck, match=r"none of these checks has a plot \(there are: P1, P3"):
        checks_with_plot(["P7"])


def test_a_curve_goes_from_end_to_end() -> None:
    line = curve("square", lambda x: x * x, 1, 3)
    assert (line.xs[0], line.ys[0], line.xs[-1], line.ys[-1]) == (1, 1, 3, 9)
    assert series("two", [(1, 2), (3, 4)]).ys == (2, 4)
