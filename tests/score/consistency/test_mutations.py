"""Good histories of every object, changed on purpose: a read planted, an operation dropped, clients
renamed, times shifted."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.score.consistency.history import History, Map, Operation, Value, history_of
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.consistency.verdict import Answer
from tests.score.consistency.made import behaved, op, possible_in_some_order

Planted = tuple[tuple[str, Value], ...]
STALE: dict[str, Planted] = {
    "register": (("write", 98), ("write", 99), ("read", 98)),
    "cas-register": (("write", 98), ("cas", (98, 99)), ("read", 98)),
    "kv-append": (("put", "old"), ("append", "new"), ("get", "old")),
    "counter": (("add", 1_000), ("read", 0)),
    "set": (("add", 99), ("read", frozenset({1}))),
    "bank": (
        ("read", Map.of([(0, 500), (1, 0), (2, 0)])),
        ("transfer", (0, 1, 400)),
        ("read", Map.of([(0, 500), (1, 0), (2, 0)])),
    ),
}
"""One after the other, and the last one did not see what was done."""


def test_every_object_has_a_stale_read() -> None:
    assert set(STALE) == set(MODELS)


@pytest.mark.parametrize("name", sorted(MODELS))
@given(data=st.data())
def test_a_stale_read_that_is_planted_is_found(name: str, data: st.DataObject) -> None:
    model = MODELS[name]
    history = data.draw(behaved(model))
    last = 2 * len(history)
    planted = [
        op(9_000 + place, function, value, last + 2 * place, last + 2 * place + 1)
        for place, (function, value) in enumerate(STALE[name])
    ]
    verdict = check_linearizable(History((*history.operations, *planted)), model)
    assert verdict.invalid
    assert {one.number for one in planted} & {one.number for one in verdict.witness}


@pytest.mark.parametrize("name", sorted(MODELS))
@given(data=st.data())
def test_with_all_writes_dropped_only_what_was_there_at_first_can_be_read(
    name: str, data: st.DataObject
) -> None:
    model = MODELS[name]
    history = data.draw(behaved(model))
    reads = [one for one in history.operations if one.function in model.reads]
    seen = {one.output for one in reads if one.ok}
    # What a bank holds at first is what the first read says.
    good = len(seen) <= 1 if name == "bank" else seen <= {model.initial}
    assert check_linearizable(history_of(reads), model).valid == good


@st.composite
def mutated(draw: st.DrawFn, history: History, reads: frozenset[str]) -> History:
    """Some changes, each of a kind that is drawn."""
    operations = list(history.operations)
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(("plant", "drop", "rename", "shift")))
        looks = [one for one in operations if one.ok and one.function in reads]
        place = draw(st.integers(0, len(operations) - 1)) if operations else 0
        if kind == "plant" and looks and len(operations) < 6:
            begin = draw(st.integers(0, 12))
            operations.append(
                replace(
                    draw(st.sampled_from(looks)),
                    number=100 + len(operations),
                    process=100 + len(operations),
                    invoked=begin,
                    completed=begin + draw(st.integers(1, 3)),
                )
            )
        elif kind == "drop" and operations:
            del operations[place]
        elif kind == "rename":
            operations = [replace(one, process=f"client {one.number}") for one in operations]
        elif kind == "shift" and operations:
            operations[place] = shifted(operations[place], draw(st.integers(-6, 6)))
    return distinct(operations)


def shifted(one: Operation, by: int) -> Operation:
    """The operation so much earlier or later."""
    end = None if one.completed is None else one.completed + by
    return replace(one, invoked=one.invoked + by, completed=end)


def distinct(operations: list[Operation]) -> History:
    """The same with a place of its own for each event; at one place, what begins comes first."""
    events = sorted(
        [(one.invoked, 0, number) for number, one in enumerate(operations)]
        + [(one.completed, 1, n) for n, one in enumerate(operations) if one.completed is not None]
    )
    at = {(number, side): place for place, (_, side, number) in enumerate(events)}
    return history_of(
        replace(one, invoked=at[number, 0], completed=at.get((number, 1)))
        for number, one in enumerate(operations)
    )


@pytest.mark.parametrize("name", sorted(MODELS))
@settings(max_examples=150)
@given(data=st.data())
def test_verdicts_change_or_stay_as_the_definition_says(name: str, data: st.DataObject) -> None:
    model = MODELS[name]
    history = data.draw(mutated(data.draw(behaved(model, most=4)), model.reads))
    expected = possible_in_some_order(history.operations, model)
    assert check_linearizable(history, model).valid == expected


OVERSIZED = """
import resource
from game.score.consistency.linearizable import check_linearizable
from tests.score.consistency.test_linearizable import REGISTERS, crowded
print(check_linearizable(crowded({clients}, {rounds}), REGISTERS["cas-register"]).answer.value)
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units there")
@pytest.mark.parametrize(("clients", "rounds"), [(60, 84), (100, 500)])
def test_an_oversized_history_is_unknown_in_bounded_time_and_memory(
    clients: int, rounds: int
) -> None:
    """With the bounds that everybody gets: 30 s of a processor, and 1 GB."""
    code = OVERSIZED.format(clients=clients, rounds=rounds)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    answer, took_s, most_kib = done.stdout.split()
    assert answer == Answer.UNKNOWN.value
    assert float(took_s) < 30
    assert int(most_kib) < 1 << 20
