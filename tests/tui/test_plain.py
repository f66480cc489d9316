"""ASCII for terminals that know nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from game.tui.plain import plain


def test_words_stay_readable() -> None:
    assert plain("Gérald’s “café” – 3 × 4…") == 'Gerald\'s "cafe" - 3 x 4.'


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn"]), max_size=40))
def test_whatever_comes_is_ascii_and_as_wide_as_before(text: str) -> None:
    assert plain(text).isascii()
    assert cell_len(plain(text)) == cell_len(text)
