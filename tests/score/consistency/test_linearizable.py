"""Linearizability: agreement with its definition, witnesses, mutations and bounds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.score.consistency.history import History, Map, Operation, Outcome, Value, history_of
from game.score.consistency.linearizable import check_linearizable, explained
from game.score.consistency.models import MODELS, Model, Register
from game.score.consistency.unique_register import check_unique_register, is_unique
from game.score.consistency.verdict import Answer, Bounds, Budget
from tests.score.consistency.made import behaved, made, op, possible_in_some_order, told

REGISTERS: dict[str, Model] = {
    "register": Register(initial=0),
    "cas-register": Register(compare_and_set=True, initial=0),
}
ALL: dict[str, Model] = {**MODELS, **REGISTERS}


@pytest.mark.parametrize("name", sorted(ALL))
@given(data=st.data())
def test_what_an_object_really_did_is_valid(name: str, data: st.DataObject) -> None:
    history = data.draw(behaved(ALL[name]))
    assert check_linearizable(history, ALL[name]).valid


def shaken(draw: st.DrawFn, history: History, model: Model) -> History:
    """The history with some answers exchanged, and some operations moved in time."""
    answers = [one.output for one in history.operations if one.ok and one.function in model.reads]
    changed: list[Operation] = []
    for one in history.operations:
        if answers and one.ok and one.function in model.reads and draw(st.booleans()):
            one = replace(one, output=draw(st.sampled_from(answers)))
        changed.append(one)
    return History(tuple(changed))


@st.composite
def small_histories(draw: st.DrawFn, model: Model) -> History:
    return shaken(draw, draw(behaved(model, most=5)), model)


@pytest.mark.parametrize("name", sorted(ALL))
@settings(max_examples=150)
@given(data=st.data())
def test_the_checker_agrees_with_the_definition(name: str, data: st.DataObject) -> None:
    model = ALL[name]
    history = data.draw(small_histories(model))
    expected = possible_in_some_order(history.operations, model)
    verdict = check_linearizable(history, model)
    assert verdict.answer is (Answer.VALID if expected else Answer.INVALID)


@pytest.mark.parametrize("name", sorted(ALL))
@given(data=st.data())
def test_a_witness_proves_its_history_wrong(name: str, data: st.DataObject) -> None:
    """Whatever else happened: all writes that are not in it count as possible at any time."""
    model = ALL[name]
    history = data.draw(small_histories(model))
    verdict = check_linearizable(history, model)
    if verdict.invalid:
        shown = {one.number for one in verdict.witness}
        assert shown
        rest = [
            one if one.number in shown else replace(one, outcome=Outcome.INFO, completed=None)
            for one in history.operations
            if one.possible and (one.number in shown or one.function not in model.reads)
        ]
        assert not possible_in_some_order(rest, model)


UNIQUE = Register(initial=None)


@st.composite
def unique_histories(draw: st.DrawFn) -> History:
    """Registers to which no value is written twice, with some answers exchanged."""
    history = draw(behaved(UNIQUE, most=8))
    renamed = {one.number: 100 + place for place, one in enumerate(history.operations)}
    operations = [
        replace(one, input=renamed[one.number]) if one.function == "write" else one
        for one in history.operations
    ]
    values: list[Value] = [None, *(one.input for one in operations if one.function == "write")]
    return History(
        tuple(
            replace(one, output=draw(st.sampled_from(values))) if one.function == "read" else one
            for one in operations
        )
    )


@settings(max_examples=300)
@given(history=unique_histories())
def test_the_fast_check_of_registers_agrees_with_the_search(history: History) -> None:
    assert is_unique(history.operations, None)
    quick = check_unique_register(history, None)
    assert quick.valid == (explained(history.operations, UNIQUE, Budget(Bounds())))


GROWING = ("read", "add")


@st.composite
def growing_sets(draw: st.DrawFn) -> History:
    """Sets to which each element is added once, with some elements put into reads or left out."""
    model = MODELS["set"]
    history = draw(behaved(model, most=7, functions=GROWING))
    added = [one.number for one in history.operations if one.function == "add"]
    anything = st.frozensets(st.sampled_from(added)) if added else st.just(frozenset())
    return History(
        tuple(
            replace(one, input=one.number)
            if one.function == "add"
            else replace(one, output=draw(anything))
            for one in history.operations
        )
    )


@settings(max_examples=300)
@given(history=growing_sets())
def test_the_fast_check_of_sets_agrees_with_the_search(history: History) -> None:
    model = MODELS["set"]
    possible = explained(history.operations, model, Budget(Bounds()))
    assert check_linearizable(history, model).valid == possible


@pytest.mark.parametrize("name", sorted(ALL))
@given(data=st.data(), shift=st.integers(-5, 10**12))
def test_other_names_and_another_clock_change_nothing(
    name: str, data: st.DataObject, shift: int
) -> None:
    model = ALL[name]
    history = data.draw(small_histories(model))
    moved = history_of(
        replace(
            one,
            process=f"client {one.process}",
            invoked=one.invoked + shift,
            completed=None if one.completed is None else one.completed + shift,
        )
        for one in history.operations
    )
    assert (
        check_linearizable(moved, model).answer is check_linearizable(history, model).answer
        or shift < 0
    )


@given(data=st.data())
def test_a_read_that_is_dropped_breaks_nothing(data: st.DataObject) -> None:
    model = REGISTERS["cas-register"]
    history = data.draw(behaved(model))
    dropped = data.draw(st.sampled_from(history.operations))
    if dropped.function == "read" or not dropped.possible:
        rest = History(tuple(one for one in history.operations if one is not dropped))
        assert check_linearizable(rest, model).valid


@given(data=st.data())
def test_a_write_that_was_read_cannot_be_dropped(data: st.DataObject) -> None:
    history = data.draw(behaved(REGISTERS["register"], functions=("write",)))
    last = 2 * len(history)
    write = op(9000, "write", 99, last, last + 1)
    read = op(9001, "read", 99, last + 2, last + 3)
    whole = History((*history.operations, write, read))
    assert check_linearizable(whole, REGISTERS["register"]).valid
    verdict = check_linearizable(History((*history.operations, read)), REGISTERS["register"])
    assert verdict.invalid
    assert told(verdict.witness) == [("read", 99)]


@given(data=st.data())
def test_a_stale_read_that_is_planted_is_found_with_its_witness(data: st.DataObject) -> None:
    history = data.draw(behaved(REGISTERS["register"]))
    last = 2 * len(history)
    planted = (
        op(9000, "write", 98, last, last + 1),
        op(9001, "write", 99, last + 2, last + 3),
        op(9002, "read", 98, last + 4, last + 5),
    )
    verdict = check_linearizable(History((*history.operations, *planted)), REGISTERS["register"])
    assert verdict.invalid
    assert told(verdict.witness) == [("write", 98), ("write", 99), ("read", 98)]


def test_a_failed_write_did_not_happen_and_an_unknown_one_may_have() -> None:
    model = REGISTERS["register"]
    read = op(2, "read", 7, 4, 5)
    failed = op(1, "write", 7, 0, 1, outcome=Outcome.FAIL)
    assert told(check_linearizable(made(failed, read), model).witness) == [("read", 7)]
    assert check_linearizable(made(op(1, "write", 7, 0), read), model).valid
    never_known = op(1, "write", 7, 0), op(2, "read", 0, 2, 3), read
    assert check_linearizable(made(*never_known), model).valid


def test_an_unknown_write_does_not_take_effect_twice() -> None:
    model = REGISTERS["cas-register"]
    once = op(1, "cas", (0, 1), 0), op(2, "write", 0, 4, 5), op(3, "cas", (1, 2), 6, 7)
    assert check_linearizable(made(*once), model).valid
    both = op(2, "read", 1, 2, 3)
    verdict = check_linearizable(made(*once, both), model)
    assert told(verdict.witness) == [("read", 1), ("write", 0), ("cas", (1, 2))]


def test_keys_are_checked_alone_and_the_witness_is_of_one() -> None:
    model = REGISTERS["register"]
    history = made(
        op(1, "write", 1, 0, 1, key="a"),
        op(1, "write", 2, 2, 3, key="b"),
        op(2, "read", 1, 4, 5, key="a"),
        op(2, "read", 0, 6, 7, key="b"),
    )
    verdict = check_linearizable(history, model)
    assert verdict.operations == 4
    assert [one.key for one in verdict.witness] == ["b", "b"]


SMALLEST: dict[str, tuple[str, tuple[Operation, ...], list[tuple[str, Value]]]] = {
    "a stale read of a register": (
        "register",
        (
            op(1, "write", 1, 0, 1),
            op(2, "read", 1, 2, 3),
            op(1, "write", 2, 4, 5),
            op(3, "read", 1, 8, 9),
        ),
        [("write", 1), ("write", 2), ("read", 1)],
    ),
    "an old value after a new one was read": (
        "register",
        (
            op(1, "write", 1, 0, 1),
            op(1, "write", 2, 2),
            op(2, "read", 2, 3, 4),
            op(3, "read", 1, 5, 6),
        ),
        [("write", 1), ("read", 2), ("read", 1)],
    ),
    "two compare-and-sets that both won": (
        "cas-register",
        (
            op(1, "cas", (0, 1), 0, 3),
            op(2, "cas", (0, 2), 1, 4),
            op(3, "read", 1, 5, 6),
        ),
        [("cas", (0, 1)), ("cas", (0, 2))],
    ),
    "an append that is lost": (
        "kv-append",
        (
            op(1, "append", "x", 0, 1),
            op(2, "append", "y", 2, 3),
            op(3, "get", "x", 4, 5),
        ),
        [("append", "y"), ("get", "x")],
    ),
    "a counter that goes back": (
        "counter",
        (
            op(1, "add", 1, 0, 9),
            op(2, "read", 1, 1, 2),
            op(3, "read", 0, 3, 4),
        ),
        [("read", 1), ("read", 0)],
    ),
    "an element that is lost": (
        "set",
        (
            op(1, "add", 1, 0, 1),
            op(1, "add", 2, 2, 3),
            op(2, "read", frozenset({2}), 4, 5),
        ),
        [("add", 1), ("read", frozenset({2}))],
    ),
    "money that was never there": (
        "bank",
        (
            op(1, "read", Map.of([(0, 10), (1, 10)]), 0, 1),
            op(2, "transfer", (0, 1, 4), 2, 3),
            op(3, "read", Map.of([(0, 6), (1, 10)]), 4, 5),
        ),
        [("read", Map.of([(0, 10), (1, 10)])), ("read", Map.of([(0, 6), (1, 10)]))],
    ),
    "a transfer that is lost": (
        "bank",
        (
            op(1, "read", Map.of([(0, 10), (1, 10)]), 0, 1),
            op(2, "transfer", (0, 1, 4), 2, 3),
            op(3, "read", Map.of([(0, 10), (1, 10)]), 4, 5),
        ),
        [
            ("read", Map.of([(0, 10), (1, 10)])),
            ("transfer", (0, 1, 4)),
            ("read", Map.of([(0, 10), (1, 10)])),
        ],
    ),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_the_smallest_witness(name: str) -> None:
    kind, operations, witness = SMALLEST[name]
    verdict = check_linearizable(made(*operations), ALL[kind])
    assert verdict.invalid
    assert told(verdict.witness) == witness


def crowded(clients: int, rounds: int, key: Value = None) -> History:
    """Many clients that all write at once, each time the same values; then all read what the first
    of them wrote, though another one was told that it wrote later."""
    writes = [
        op(client, "write", client, turn * 1000 + client, turn * 1000 + 500 + client, key=key)
        for turn in range(rounds)
        for client in range(clients)
    ]
    last = rounds * 1000
    return made(
        *writes,
        op(0, "write", 1, last, last + 1, key=key),
        op(1, "read", 0, last + 2, last + 3, key=key),
    )


def test_a_search_that_is_too_large_is_unknown_within_its_bounds() -> None:
    bounds = Bounds(steps=20_000)
    verdict = check_linearizable(crowded(60, 84), REGISTERS["cas-register"], bounds)
    assert verdict.answer is Answer.UNKNOWN
    assert verdict.operations == 60 * 84 + 2
    assert "20,000 steps" in verdict.reason
    assert not verdict.witness


def test_a_search_that_needs_too_much_memory_is_unknown() -> None:
    bounds = Bounds(memory_bytes=1 << 20)
    verdict = check_linearizable(crowded(60, 84), REGISTERS["cas-register"], bounds)
    assert verdict.answer is Answer.UNKNOWN
    assert "1 MiB" in verdict.reason


def test_a_key_that_is_wrong_decides_though_another_one_is_too_large() -> None:
    many = crowded(60, 84, key="many").operations
    stale = [
        op(200, "write", 5, 200_000, 200_001, key="few"),
        op(200, "read", 0, 200_002, 200_003, key="few"),
    ]
    verdict = check_linearizable(
        made(*many, *stale), REGISTERS["cas-register"], Bounds(steps=20_000)
    )
    assert told(verdict.witness) == [("write", 5), ("read", 0)]
