"""EDN: what can be read, and what is said of what cannot."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.problems import Unreadable
from game.score.consistency.history import Map, Symbol, Value
from game.score.histories.edn import Text, read_forms, written


def values(text: str) -> list[Value]:
    return [form.value for form in read_forms(Text(text, "a.edn"))]


def refused(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        values(text)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_every_kind_of_value() -> None:
    text = r"""; a comment
    nil true :ok sym -12 7N 1.5 2e3 "a\"b\n\u0041" \newline {:a 1, "b" #{1 2}} #_ gone
    #inst "2024" #jepsen.history.Op{:index 0}"""
    assert values(text) == [
        None,
        Symbol("true"),
        Symbol(":ok"),
        Symbol("sym"),
        -12,
        7,
        1.5,
        2000.0,
        'a"b\nA',
        Symbol("\\newline"),
        Map.of([(Symbol(":a"), 1), ("b", frozenset({1, 2}))]),
        "2024",
        Map.of([(Symbol(":index"), 0)]),
    ]


def test_the_outermost_vector_gives_its_values_one_by_one() -> None:
    assert values("[{:a [1 [2]]} 3 (4)]") == [*values("{:a [1 [2]]} 3"), (4,)]


def test_true_is_not_one() -> None:
    assert values("true") != [1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{:a 1\n :b}", "a.edn:1:1: the map has a key without a value"),
        ("{:a 1\n :a 2}", "a.edn:1:1: the map has a key twice"),
        ("#{1 1}", "a.edn:1:1: the set has an element twice"),
        ("\n  [1 2", 'a.edn:2:3: "[" is never closed'),
        ("{:a (1]}", 'a.edn:1:7: "]" closes nothing that is open'),
        (")", 'a.edn:1:1: ")" closes nothing that is open'),
        ('{:a "b}', "a.edn:1:5: the text that begins here never ends"),
        (r'"\q"', r'a.edn:1:2: "\q" stands for nothing'),
        ("12ab", 'a.edn:1:1: "12ab" is no number'),
        ("9" * 5000, "a.edn:1:1: a number of more than 40 digits"),
        ("1e999", "a.edn:1:1: the number is too large"),
        ("[" * 20_000, "a.edn:1:17: nested deeper than 16 levels"),
        ("#_", 'a.edn:1:3: there is no value here for the "#" before it'),
        ("{#inst}", 'a.edn:1:7: there is no value here for the "#" before it'),
        ("\\", 'a.edn:1:1: "\\" begins nothing that EDN has'),
    ],
)
def test_what_is_wrong_is_one_sentence_with_its_place(text: str, sentence: str) -> None:
    assert refused(text) == sentence


PLAIN = st.recursive(
    st.none()
    | st.integers(-(10**9), 10**9)
    | st.text(max_size=8)
    | st.sampled_from([Symbol(":a"), Symbol("true")]),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.frozensets(inner, max_size=3)
        | st.dictionaries(inner, inner, max_size=3).map(lambda it: Map.of(it.items()))
    ),
    max_leaves=8,
)


@given(value=PLAIN)
def test_what_is_written_is_read_again(value: Value) -> None:
    assert values(f"{{:value {written(value)}}}") == [Map.of([(Symbol(":value"), value)])]


@given(text=st.text(alphabet='{}[]()#_:"\\ \n;a1-+.eN', max_size=40))
def test_nothing_but_a_sentence_comes_of_nonsense(text: str) -> None:
    with suppress(Unreadable):
        values(text)
