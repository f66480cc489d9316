"""What is no TOML is told in words that say what to write, at the culprit."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.find import PROOFS, find_levels
from game.level.source import MOST_SYNTAX_PROBLEMS, read_source
from game.level.syntax import mistakes_in
from tests.level.fuzzed import ODD, WORDS

QUOTES = "stands in quotes: write "
MISTAKES = [
    ("deadline = 500ms", "500ms", f'{QUOTES}"500ms"'),
    ("steps = [{ cpu = 2ms }]", "2ms", f'{QUOTES}"2ms"'),
    ("share = 5%", "5%", f'{QUOTES}"5%"'),
    ("at = 10:30", "10:30", f'{QUOTES}"10:30"'),
    ("title = A bad cable", "A bad cable", f'{QUOTES}"A bad cable"'),
    ('x = ["a", b ]', "b", f'{QUOTES}"b"'),
    ('title = "A bad cable', '"A bad cable', 'no closing quote: write "A bad cable"'),
    ("title = 'A bad cable", "'A bad cable", "no closing quote: write 'A bad cable'"),
    ('x = { a = "1ms, b = 2 }', '"1ms, b = 2 }', 'no closing quote: write "1ms"'),
    ('x = """abc', '"""', 'write """'),
    ('x = "smart\u201d', "\u201d", 'another sort of quote: write "'),
    ("x = \u201csmart\u201d", "\u201csmart\u201d", 'write "smart"'),
    ("title = 'it's here'", "'", 'this quote ends the text: write "it\'s here"'),
    ('title = "say "hi" now"', '"', "this quote ends the text: write 'say \"hi\" now'"),
    ('x = "a\\q"', "\\q", "is no escape"),
    ("seeds = [1 2, 3]", "2", "a comma is missing before this: 2"),
    ('x = ["a" "b"]', '"b"', 'a comma is missing before this: "b"'),
    ('x = ["a"\n"b"]', '"b"', 'a comma is missing before this: "b"'),
    ("x = { a = 1 b = 2 }", "b", "a comma is missing before this: b"),
    ("x = { a = 1; b = 2 }", ";", "write a comma in place of ;"),
    ("x = [1,, 2]", ",", "an entry is missing before this comma"),
    ("x = [,1]", ",", "an entry is missing before this comma"),
    ("x = {a = 1, }", ",", "no comma stands before }"),
    ('seeds = [1, 2\nid = "x"', "[", "this list has no end"),
    ("seeds = [1, 2\n\n[[node]]\nid = 'n'", "[", "this list has no end"),
    ("x = [1, 2}", "}", "write ] in place of }"),
    ("x = [}", "}", "a list ends with ]"),
    ("x = (1, 2)", "(1", "square brackets"),
    ("x = {\n  a = 1,\n  b = 2\n}", "{", "stands on one line"),
    ("x = { a = 1,\n b = 2 }", "{", "stands on one line"),
    ("x = { a }", "a", "write a = ..."),
    ("retry = attempts = 3", "attempts", "write { attempts = 3 }"),
    ("rate = 100 ops", "100 ops", "a number stands alone: write 100"),
    ("rate = 100 ms", "100 ms", f'{QUOTES}"100 ms"'),
    ("rate = 1,5", "1,5", "write 1.5"),
    ("rate = 1 000", "1 000", "write 1000"),
    ("rate = 1,000,000", "1,000,000", "write 1000000"),
    ("rate = .5", ".5", "write 0.5"),
    ("rate = 1.", "1.", "write 1.0"),
    ("rate = 03", "03", "write 3"),
    ("x = True", "True", "true"),
    ("x = yes", "yes", "write true"),
    ("x = off", "off", "write false"),
    ("x = null", "null", "leave the key out"),
    ("rate =", "=", "a value is missing"),
    ("rate == 3", "==", "one = is enough"),
    ("rate 100", "1", "= is missing behind rate"),
    ('title "x"', '"', "= is missing behind title"),
    ("rate", "rate", "this key has no value"),
    ("rate: 100", ":", "write rate = ..."),
    ('x = { "a" : 1 }', ":", 'write "a" = ...'),
    ("warm up = '1s'", "warm up", "write warm_up = ..."),
    ("= 3", "=", "a key is missing"),
    ("gr\u00fcn = 3", "gr\u00fcn", 'write "gr\u00fcn"'),
    ("a = 1 b = 2", "b", "a line of its own"),
    ("a = 1;", ";", "take ; away"),
    ("a = 1, # one", ", # one", "only a comment"),
    ("// a comment", "/", "begins with #"),
    ("-- a comment", "-", "begins with #"),
    ("{ a = 1 }", "{ a = 1 }", "a line is"),
    ("[[node]\nid = 'n'", "[[node]", "write [[node]]"),
    ("[[node\nid = 'n'", "[[node", "write [[node]]"),
    ("[node]]\nid = 'n'", "[node]]", "write [node]"),
    ("[[my node]]", "[[my node]]", "write [[my_node]]"),
    ("[[]]", "[[]]", "a table has a name"),
    ("a.b = 1\na.b.c = 2", "a.b.c = 2", "taken above"),
    ("[a]\nb = 1\n[[a]]\nb = 2", "[[a]]", "taken above"),
]


@pytest.mark.parametrize(("text", "culprit", "words"), MISTAKES)
def test_a_mistake_is_told_where_it_is_and_what_to_write(
    text: str, culprit: str, words: str
) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    source = read_source(f"format = 1\n{text}\nlast = 1\n".encode(), "a.toml")
    (problem,) = source.problems()
    assert problem.code == "E001"
    assert problem.excerpt[problem.column - 1 :][: problem.length] == culprit
    assert words in problem.message


def test_every_mistake_of_a_file_is_told_once() -> None:
    lines = [text for text, *_ in MISTAKES if re.fullmatch(r"\w+ = (?!\"{3}).*", text)]
    for first in range(0, len(lines) - 3, 3):
        source = read_source("\n".join(lines[first : first + 3]).encode(), "a.toml")
        assert [problem.line for problem in source.problems()] == [1, 2, 3]


def test_no_mistake_is_found_where_there_is_none() -> None:
    for path in find_levels():
        for file in (path, path.with_name(path.stem + PROOFS)):
            assert mistakes_in(file.read_text(encoding="utf-8"), 1) == []


SCALARS = [
    r"1",
    r"-1",
    r"+1",
    r"1_000",
    r"0x1f",
    r"0o7",
    r"0b1",
    r"1.5",
    r"1e5",
    r"-1.5E-3",
    r"inf",
    r"-inf",
    r"nan",
    r"true",
    r"false",
    r'""',
    r"''",
    r'"a"',
    r'"\n\""',
    r"'\'",
    r'"a#b"',
    r"'['",
    r'"}"',
    r"'''a'b'''",
    r"2024-02-29",
    r"07:32:00",
    r"2024-02-29T07:32:00Z",
]
COMMENTED = ", # ]\n"
VALUES = st.recursive(
    st.sampled_from([*SCALARS, '"""a"b\n"""']),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[ {' , '.join(parts)} ]"),
        st.lists(inner, max_size=3).map(
            lambda parts: "[\n" + "".join(f"{part}{COMMENTED}" for part in parts) + "]"
        ),
        st.dictionaries(st.sampled_from(["a", "b-1", '"c d"', "e.f"]), inner, max_size=3).map(
            lambda table: "{" + ", ".join(f"{k} = {v}" for k, v in table.items()) + "}"
        ),
    ),
    max_leaves=6,
)
LINES = st.one_of(
    st.tuples(st.sampled_from(["k", "a.b", "'q'", "x . y"]), VALUES).map(" = ".join),
    st.sampled_from(["[a]", "[[b]] # ]", "[ c . 'd e' ]", "# = [", "", "\t"]),
)


@given(st.lists(LINES, max_size=6))
def test_what_is_toml_has_no_mistakes(lines: list[str]) -> None:
    assert mistakes_in("\n".join(lines), 1) == []


@given(st.lists(st.sampled_from([*ODD, *WORDS, "\n", " ", "=", '"', "'", ",", "[", "{"])))
def test_mistakes_are_few_in_order_and_inside_the_text(tokens: list[str]) -> None:
    text = "".join(tokens)
    mistakes = mistakes_in(text, MOST_SYNTAX_PROBLEMS)
    assert len(mistakes) <= MOST_SYNTAX_PROBLEMS
    assert mistakes == sorted(mistakes, key=lambda one: one.start)
    assert all(0 <= one.start < one.end <= len(text) + 1 for one in mistakes)
