"""The sheet of cells behind the map."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from game.tui.canvas import Canvas


def test_what_lies_outside_is_left_out() -> None:
    canvas = Canvas(4, 1)
    canvas.write(-1, 0, "abcdefg", 1)
    canvas.put(0, 5, "x", 1)

    assert canvas.signs == [["b", "c", "d", "e"]]


def test_a_copy_is_independent() -> None:
    canvas = Canvas(3, 1)
    twin = canvas.copy()
    twin.put(0, 0, "x", 1)

    assert canvas == Canvas(3, 1)
    assert twin != canvas


def test_a_row_is_told_in_pieces_of_one_ink() -> None:
    canvas = Canvas(5, 1)
    canvas.write(1, 0, "ab", 2)

    assert list(canvas.runs(0)) == [(" ", 0), ("ab", 2), ("  ", 0)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.sampled_from("xy"))))
def test_repainting_the_changed_spans_gives_the_new_canvas(
    cells: list[tuple[int, int, str]],
) -> None:
    old, new = Canvas(10, 4), Canvas(10, 4)
    for x, y, sign in cells:
        new.put(x, y, sign, 1)
    for y, x, width in new.changed_spans(old):
        old.signs[y][x : x + width] = new.signs[y][x : x + width]
        old.inks[y][x : x + width] = new.inks[y][x : x + width]

    assert old == new
