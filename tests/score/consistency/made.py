"""Histories made by hand, and at random from objects that really behave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, permutations

from hypothesis import strategies as st

from game.score.consistency.history import History, Map, Operation, Outcome, Value, history_of
from game.score.consistency.models import ILLEGAL, Model

NEVER = None


def op(
    process: int,
    function: str,
    value: Value = None,
    begin: int = 0,
    end: int | None = None,
    *,
    key: Value = None,
    outcome: Outcome | None = None,
    node: str = "",
) -> Operation:
    """An operation from `begin` to `end`; without an end its outcome is not known. `value` is what
    a read returned, or what anything else was asked with. Times are a millisecond for each step."""
    outcome = outcome or (Outcome.INFO if end is None else Outcome.OK)
    looks = function in LOOKS
    return Operation(
        number=begin,
        process=process,
        function=function,
        key=key,
        input=None if looks else value,
        output=value if looks and outcome is Outcome.OK else None,
        outcome=outcome,
        invoked=begin,
        completed=end,
        invoked_us=begin * 1000,
        completed_us=None if end is None else end * 1000,
        node=node,
    )


LOOKS = frozenset({"read", "get", "statement", "final-read"})


def made(*operations: Operation) -> History:
    """The history of the operations."""
    return history_of(operations)


def told(operations: Iterable[Operation]) -> list[tuple[str, Value]]:
    """Function and value of each, in order."""
    return [
        (one.function, one.output if one.function in LOOKS else one.input) for one in operations
    ]


def possible_in_some_order(operations: Sequence[Operation], model: Model) -> bool:
    """Linearizability by its definition: all orders of all that was, and may have been."""
    sure = [one for one in operations if one.ok]
    maybe = [one for one in operations if one.outcome is Outcome.INFO]
    maybe = [one for one in maybe if one.function not in model.reads]
    return any(
        fits(order, model)
        for size in range(len(maybe) + 1)
        for chosen in combinations(maybe, size)
        for order in permutations([*sure, *chosen])
    )


def fits(order: Sequence[Operation], model: Model) -> bool:
    """Whether the operations can have happened in this order."""
    state = model.initial
    for place, one in enumerate(order):
        if any(later.before(one) for later in order[place + 1 :]):
            return False
        state = model.step(one)(state)
        if state is ILLEGAL:
            return False
    return True


ASKS: dict[str, tuple[str, ...]] = {
    "register": ("read", "write"),
    "cas-register": ("read", "write", "cas"),
    "kv-append": ("get", "put", "append"),
    "counter": ("read", "add"),
    "set": ("read", "add", "remove"),
    "bank": ("read", "transfer"),
}


def drawn_input(draw: st.DrawFn, function: str) -> Value:
    """What an operation is asked with."""
    small = st.integers(0, 3)
    if function in LOOKS:
        return None
    if function == "cas":
        return draw(small), draw(small)
    if function in ("put", "append"):
        return draw(st.sampled_from(("a", "b", "ab")))
    if function == "transfer":
        return draw(st.integers(0, 1)), draw(st.integers(1, 2)), draw(small)
    return draw(small)


def answer(model: Model, state: Value) -> Value:
    """What a read of the state returns."""
    if model.name != "bank":
        return state
    assert isinstance(state, tuple)
    balances = dict(state[1])
    return Map.of((account, 10 + balances.get(account, 0)) for account in range(3))


@st.composite
def behaved(
    draw: st.DrawFn,
    model: Model,
    most: int = 30,
    functions: Sequence[str] = (),
    *,
    unique: bool = False,
) -> History:
    """A history that an object really gave: operations took effect one by one, and each was under
    way for some time before and after; some never heard of it, and some were told that they failed,
    which then did nothing. `unique`: no value is written twice."""
    names = functions or ASKS[model.name]
    state = model.initial
    count = draw(st.integers(1, most))
    spans: list[tuple[float, float, Operation]] = []
    for place in range(count):
        function = draw(st.sampled_from(names))
        given = 100 + place if unique and function == "write" else drawn_input(draw, function)
        outcome = draw(st.sampled_from((Outcome.OK,) * 6 + (Outcome.INFO, Outcome.FAIL)))
        one = Operation(
            number=place, process=place, function=function, input=given, outcome=outcome, invoked=0
        )
        happens = outcome is Outcome.OK or (outcome is Outcome.INFO and draw(st.booleans()))
        after = state if function in model.reads else model.step(one)(state)
        if after is ILLEGAL and outcome is not Outcome.INFO:
            one = replace(one, outcome=Outcome.FAIL)
        elif happens and after is not ILLEGAL:
            state = after
        if one.ok and function in model.reads:
            one = replace(one, output=answer(model, state))
        length = st.floats(0, 4, allow_nan=False)
        spans.append((place - draw(length), place + draw(length), one))
    return in_order(spans)


def in_order(spans: Sequence[tuple[float, float, Operation]]) -> History:
    """The history of operations that were under way in these spans; each has a process of its own.

    At one moment, what begins comes before what ends.
    """
    moments = sorted(
        [(begin, 0, place) for place, (begin, _, _) in enumerate(spans)]
        + [(end, 1, place) for place, (_, end, _) in enumerate(spans)]
    )
    at = {(place, side): order for order, (_, side, place) in enumerate(moments)}
    return history_of(
        replace(
            one,
            invoked=at[place, 0],
            completed=None if one.outcome is Outcome.INFO else at[place, 1],
        )
        for place, (_, _, one) in enumerate(spans)
    )
