from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.level.problems import Complaint, Loc
from game.level.source import read_source

TEXT = """\
a.b."c d" = [1, { x = 'é', y = [2, 3] }] # words
"q\\u0041" = 4
[t]
k = 1.5
[t.u] # more
v = '''
two
lines'''
[[many]]
n = 1
[[many.inner]]
m = 2
[[many]]
n = 3
[many.under]
o = 4
"""


def written(loc: Loc, *, key: bool = False) -> str:
    source = read_source(TEXT.encode(), "a.toml")
    spot, depth = source.find(loc)
    assert depth == len(loc)
    span = spot.key if key else spot.value
    assert span is not None
    return source.data[span[0] : span[1]].decode()


@pytest.mark.parametrize(
    ("loc", "value"),
    [
        (("a", "b", "c d", 0), "1"),
        (("a", "b", "c d", 1, "x"), "'é'"),
        (("a", "b", "c d", 1, "y", 1), "3"),
        (("qA",), "4"),
        (("t", "k"), "1.5"),
        (("t", "u"), "[t.u]"),
        (("t", "u", "v"), "'''\ntwo\nlines'''"),
        (("many", 0, "inner", 0, "m"), "2"),
        (("many", 1), "[[many]]"),
        (("many", 1, "n"), "3"),
        (("many", 1, "under", "o"), "4"),
    ],
)
def test_the_place_of_every_value_is_known(loc: Loc, value: str) -> None:
    assert written(loc) == value


def test_the_place_of_every_key_is_known() -> None:
    assert written(("a", "b", "c d"), key=True) == '"c d"'
    assert written(("a", "b"), key=True) == "b"
    assert written(("many", 1, "under", "o"), key=True) == "o"


def test_every_value_of_the_document_has_a_place() -> None:
    source = read_source(TEXT.encode(), "a.toml")
    assert source.document == tomllib.loads(TEXT)
    stack: list[tuple[Loc, object]] = [((), source.document)]
    while stack:
        loc, value = stack.pop()
        assert source.find(loc)[1] == len(loc)
        if isinstance(value, dict):
            stack += [((*loc, key), entry) for key, entry in value.items()]
        elif isinstance(value, list):
            stack += [((*loc, n), entry) for n, entry in enumerate(value)]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.data())
def test_a_place_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    source = read_source(text.encode(), "a.toml")
    lines = source.data.decode().split("\n")
    line = data.draw(st.integers(1, len(lines)))
    column = data.draw(st.integers(1, len(lines[line - 1].rstrip("\r")) + 1))
    assert source.place(source.offset(line, column)) == (line, column)


def test_what_is_not_in_the_file_is_placed_at_what_it_belongs_to() -> None:
    source = read_source(b"[a]\nb = 1\n", "a.toml")
    source.complain(Complaint("missing-key", "gone", ("a", "c", "d")))
    (problem,) = source.problems()
    assert (problem.line, problem.column, problem.excerpt) == (1, 1, "[a]")


def test_every_syntax_error_below_the_first_is_told_too() -> None:
    source = read_source(b"a = = 2\nb = 1\nc = 'x\nd = 4\n", "a.toml")
    assert source.broken
    lines = [problem.line for problem in source.problems()]
    assert lines[0] == 1
    assert len(lines) > 1
    assert lines == sorted(lines)
