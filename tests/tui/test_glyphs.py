"""Signs are told apart by their shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from game.tui.glyphs import ASCII, UNICODE, GlyphSet, choose_glyphs

SETS = pytest.mark.parametrize("glyphs", [ASCII, UNICODE], ids=["ascii", "unicode"])


@SETS
def test_everything_that_moves_has_a_shape_of_its_own(glyphs: GlyphSet) -> None:
    moving = [
        glyphs.request,
        glyphs.again,
        glyphs.answer,
        glyphs.refusal,
        glyphs.probe,
        glyphs.order,
        glyphs.lost,
    ]

    assert len(set(moving)) == len(moving)
    assert all(cell_len(sign) == 1 for sign in moving)


@SETS
def test_every_state_has_a_shape_of_its_own(glyphs: GlyphSet) -> None:
    signs = [glyphs.state(word) for word in ("up", "slow", "paused", "down", "off")]

    assert len(set(signs)) == 5


@SETS
def test_there_is_a_line_for_each_way_to_go_on(glyphs: GlyphSet) -> None:
    assert len(glyphs.lines) == 16
    assert cell_len(glyphs.lines) == 16


@SETS
@given(share=st.floats(0, 1.5), width=st.integers(1, 20))
def test_a_bar_fills_its_width_and_shows_even_a_little(
    glyphs: GlyphSet, share: float, width: int
) -> None:
    bar = glyphs.bar(share, width)

    assert cell_len(bar) == width
    assert (bar == glyphs.empty * width) == (share == 0)


def test_ascii_is_ascii() -> None:
    for name in GlyphSet.__slots__:
        assert getattr(ASCII, name).isascii(), name


def test_the_setting_decides_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINELIVES_ASCII", "1")

    assert choose_glyphs(ascii_only=False) is UNICODE
    assert choose_glyphs() is ASCII


def test_an_output_without_unicode_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    class Latin:
        encoding = "iso-8859-1"

    monkeypatch.setattr("sys.__stdout__", Latin())

    assert choose_glyphs() is ASCII
