"""Models: what an object does when its operations come one after the other.

A model says how a state follows from a state; checkers ask it for one `Step` for each operation,
and keep the states. It also says how the values of its operations look in a history.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from game.score.consistency.history import Map, Operation, Symbol, Value

ILLEGAL: Final = Symbol("illegal")
"""What a step gives where the operation cannot happen, or cannot return what it returned."""

UNSEEN: Final = "\0"
"""Stands for every text that no get saw, and that leads to none."""

Step = Callable[[Value], Value]
"""From the state before an operation to the state after it, or to `ILLEGAL`."""


class BadValue(Exception):
    """A value that is not what the operation takes or returns; the message says what it should
    be."""


class Model(Protocol):
    """One kind of object."""

    @property
    def name(self) -> str:
        """As `--model` takes it."""
        ...

    @property
    def initial(self) -> Value:
        """The state before the first operation."""
        ...

    @property
    def reads(self) -> frozenset[str]:
        """Functions that only look."""
        ...

    @property
    def writes(self) -> frozenset[str]:
        """Functions that change something."""
        ...

    @property
    def weight(self) -> int:
        """How many steps of a search one of its own stands for: large states take longer."""
        ...

    def input_of(self, function: str, value: Value) -> Value:
        """What an operation was asked with, as `step` wants it. Raises `BadValue`."""
        ...

    def output_of(self, function: str, value: Value) -> Value:
        """What it returned, as `step` wants it; None where that says nothing. Raises `BadValue`."""
        ...

    def prepared(self, operations: Sequence[Operation]) -> Model:
        """The model for these operations on one object alone."""
        ...

    def explains(self, operations: Sequence[Operation]) -> list[Operation]:
        """Of the operations that may have happened, those that could explain what others saw."""
        ...

    def step(self, operation: Operation) -> Step:
        """What the operation does. One with an unknown outcome does what it was asked."""
        ...

    def overwrites(self, operation: Operation) -> bool:
        """It can always happen, and the state after it does not depend on the one before."""
        ...


def whole(value: Value) -> int:
    """A whole number. Raises `BadValue`."""
    if not isinstance(value, int):
        raise BadValue("a whole number")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One value, which writes replace; `compare_and_set` adds `cas`, which takes [old new]."""

    compare_and_set: bool = False
    weight: ClassVar[int] = 1
    initial: Value = None

    @property
    def name(self) -> str:
        """See `Model`."""
        return "cas-register" if self.compare_and_set else "register"

    @property
    def reads(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"read"})

    @property
    def writes(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"write", "cas"} if self.compare_and_set else {"write"})

    def input_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        if function == "read":
            return None
        if function == "cas" and not (isinstance(value, tuple) and len(value) == 2):
            raise BadValue("[old new]")
        return value

    def output_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        return value if function == "read" else None

    def prepared(self, operations: Sequence[Operation]) -> Register:
        """See `Model`."""
        return self

    def explains(self, operations: Sequence[Operation]) -> list[Operation]:
        """See `Model`: what leaves a value that was seen, or that leads to one."""
        unsure = [one for one in operations if not one.ok]
        seen = {seen_by(one) for one in operations if one.ok and one.function != "write"}
        known = -1
        while known < len(seen):
            known = len(seen)
            seen.update(
                seen_by(one) for one in unsure if one.function == "cas" and left_by(one) in seen
            )
        return [one for one in unsure if left_by(one) in seen]

    def step(self, operation: Operation) -> Step:
        """See `Model`."""
        if operation.function == "read":
            seen = operation.output
            return lambda state: state if state == seen else ILLEGAL
        if operation.function == "cas":
            assert isinstance(operation.input, tuple)
            old, new = operation.input
            return lambda state: new if state == old else ILLEGAL
        written = operation.input
        return lambda state: written

    def overwrites(self, operation: Operation) -> bool:
        """See `Model`."""
        return operation.function == "write"


def left_by(operation: Operation) -> Value:
    """What a write or a compare-and-set leaves in a register."""
    if operation.function == "cas":
        assert isinstance(operation.input, tuple)
        new: Value = operation.input[1]
        return new
    return operation.input


def seen_by(operation: Operation) -> Value:
    """What a read or a compare-and-set found in a register."""
    if operation.function == "cas":
        assert isinstance(operation.input, tuple)
        old: Value = operation.input[0]
        return old
    return operation.output


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendMap:
    """Text under a key, at first empty: `get`, `put` (replaces it) and `append`."""

    name: str = "kv-append"
    weight: ClassVar[int] = 1
    initial: Value = ""
    seen: tuple[str, ...] | None = None
    """What gets saw, in order; None where that is not known."""
    replaced: bool = True
    """Something is put. Else each append must be the next part of what the longest get saw."""

    @property
    def reads(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"get"})

    @property
    def writes(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"put", "append"})

    def input_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        if function != "get" and not isinstance(value, str):
            raise BadValue("text")
        return None if function == "get" else value

    def output_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        if function == "get" and value is not None and not isinstance(value, str):
            raise BadValue("text")
        return value if function == "get" else None

    def prepared(self, operations: Sequence[Operation]) -> AppendMap:
        """See `Model`."""
        seen = {str(one.output) for one in operations if one.ok and one.function == "get"}
        replaced = any(one.function == "put" for one in operations if one.possible)
        return AppendMap(seen=tuple(sorted(seen)), replaced=replaced)

    def explains(self, operations: Sequence[Operation]) -> list[Operation]:
        """See `Model`: text that is part of what was seen."""
        seen = {str(one.output) for one in operations if one.ok and one.function == "get"}
        return [
            one for one in operations if not one.ok and any(str(one.input) in text for text in seen)
        ]

    def step(self, operation: Operation) -> Step:
        """See `Model`."""
        text = operation.input
        if operation.function == "get":
            seen = operation.output
            return lambda state: state if state == seen else ILLEGAL
        assert isinstance(text, str)
        if operation.function == "put":
            put = self.kept(text)
            return lambda state: put
        longest = max(self.seen or (), key=len, default="")

        def append(state: Value) -> Value:
            assert isinstance(state, str)
            if not text or state == UNSEEN:
                return state
            after = self.kept(state + text)
            lost = after == UNSEEN and not self.replaced and len(state) < len(longest)
            return ILLEGAL if lost else after

        return append

    def kept(self, text: str) -> str:
        """The text, or `UNSEEN` if no get saw it or anything that begins with it."""
        if self.seen is None:
            return text
        place = bisect_left(self.seen, text)
        found = place < len(self.seen) and self.seen[place].startswith(text)
        return text if found else UNSEEN

    def overwrites(self, operation: Operation) -> bool:
        """See `Model`."""
        return operation.function == "put"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A whole number, at first 0: `read` and `add`, or `increment` and `decrement` by 1."""

    name: str = "counter"
    weight: ClassVar[int] = 1
    initial: Value = 0

    @property
    def reads(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"read"})

    @property
    def writes(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"add", "increment", "decrement"})

    def input_of(self, function: str, value: Value) -> Value:
        """See `Model`. All but reads give what they add."""
        if function == "read":
            return None
        if function == "add":
            return whole(value)
        by = 1 if value is None else whole(value)
        return by if function == "increment" else -by

    def output_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        return None if function != "read" or value is None else whole(value)

    def prepared(self, operations: Sequence[Operation]) -> Counter:
        """See `Model`."""
        return self

    def explains(self, operations: Sequence[Operation]) -> list[Operation]:
        """See `Model`: anything."""
        return [one for one in operations if not one.ok]

    def step(self, operation: Operation) -> Step:
        """See `Model`."""
        if operation.function == "read":
            seen = operation.output
            return lambda state: state if state == seen else ILLEGAL
        by = whole(operation.input)
        return lambda state: whole(state) + by

    def overwrites(self, operation: Operation) -> bool:
        """See `Model`."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """Elements, at first none: `add`, `remove`, and `read`, which returns all of them."""

    name: str = "set"
    weight: ClassVar[int] = 1
    initial: Value = frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"read"})

    @property
    def writes(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"add", "remove"})

    def input_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        return None if function == "read" else value

    def output_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        if function != "read" or value is None:
            return None
        if isinstance(value, Map) or not isinstance(value, (frozenset, tuple)):
            raise BadValue("a set or a list")
        return frozenset(value)

    def prepared(self, operations: Sequence[Operation]) -> Set:
        """See `Model`."""
        return self

    def explains(self, operations: Sequence[Operation]) -> list[Operation]:
        """See `Model`: what has to do with elements that were seen, or removed."""
        seen: set[Value] = set()
        for one in operations:
            if one.ok and one.function == "read":
                seen |= elements(one.output)
        return [
            one
            for one in operations
            if not one.ok and (one.function == "remove" or one.input in seen)
        ]

    def step(self, operation: Operation) -> Step:
        """See `Model`."""
        if operation.function == "read":
            seen = operation.output
            return lambda state: state if state == seen else ILLEGAL
        one = frozenset((operation.input,))
        if operation.function == "add":
            return lambda state: elements(state) | one
        return lambda state: elements(state) - one

    def overwrites(self, operation: Operation) -> bool:
        """See `Model`."""
        return False


def elements(state: Value) -> frozenset[Value]:
    """A state of a set."""
    assert isinstance(state, frozenset)
    return state


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """Accounts and what is on them: `transfer` {:from a :to b :amount n}, and `read`, which returns
    all balances. What was on them at first is what the first read says; a state is the pair of
    whether that is known and the balances, or what was added to them."""

    name: str = "bank"
    weight: ClassVar[int] = 8
    initial: Value = (False, frozenset())

    @property
    def reads(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"read"})

    @property
    def writes(self) -> frozenset[str]:
        """See `Model`."""
        return frozenset({"transfer"})

    def input_of(self, function: str, value: Value) -> Value:
        """See `Model`. A transfer is (from, to, amount)."""
        if function == "read":
            return None
        pairs = value if isinstance(value, Map) else Map()
        fields = {name.text.lstrip(":"): it for name, it in pairs if isinstance(name, Symbol)}
        if set(fields) < {"from", "to", "amount"} or not isinstance(fields.get("amount"), int):
            raise BadValue("{:from account :to account :amount whole number}")
        return fields["from"], fields["to"], fields["amount"]

    def output_of(self, function: str, value: Value) -> Value:
        """See `Model`."""
        if function != "read" or value is None:
            return None
        if not isinstance(value, Map) or not all(isinstance(balance, int) for _, balance in value):
            raise BadValue("a map from accounts to whole numbers")
        return value

    def prepared(self, operations: Sequence[Operation]) -> Bank:
        """See `Model`."""
        return self

    def explains(self, operations: Sequence[Operation]) -> list[Operation]:
        """See `Model`: anything."""
        return [one for one in operations if not one.ok]

    def step(self, operation: Operation) -> Step:
        """See `Model`."""
        if operation.function == "read":
            seen = operation.output
            assert isinstance(seen, Map)
            return lambda state: balances_seen(state, seen)
        assert isinstance(operation.input, tuple)
        source, target, amount = operation.input
        return lambda state: balances_after(state, ((source, -amount), (target, amount)))

    def overwrites(self, operation: Operation) -> bool:
        """See `Model`."""
        return False


def balances_after(state: Value, changes: Sequence[tuple[Value, int]]) -> Value:
    """The state of a bank after the changes."""
    assert isinstance(state, tuple)
    known, pairs = state
    balances = dict(pairs)
    for account, by in changes:
        balances[account] = balances.get(account, 0) + by
    return known, frozenset((account, it) for account, it in balances.items() if it)


def balances_seen(state: Value, seen: Map) -> Value:
    """The state of a bank in which `seen` was read: from then on the balances are known."""
    assert isinstance(state, tuple)
    read = frozenset((account, balance) for account, balance in seen if balance != 0)
    if not state[0]:
        return True, read
    return state if state[1] == read else ILLEGAL


MODELS: Mapping[str, Model] = {
    "register": Register(),
    "cas-register": Register(compare_and_set=True),
    "kv-append": AppendMap(),
    "counter": Counter(),
    "set": Set(),
    "bank": Bank(),
}
"""By the name that `--model` takes."""
