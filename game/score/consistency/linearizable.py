"""Linearizability: every operation takes effect at one moment between its beginning and its end.

Defined by Herlihy and Wing, Linearizability: A Correctness Condition for Concurrent Objects, TOPLAS
1990. It is local (theorem 1), so each key is checked alone. The search is that of Wing and Gong,
Testing and Verifying Concurrent Objects, JPDC 1993, section 4, with the memory of Lowe, Testing for
Linearizability, CCPE 2017, section 5: no pair of (operations already placed, state) is looked at
twice. What is added here keeps the verdict and saves work:

* an operation that fits and leaves the state as it is, is placed at once;
* of operations that do the same, the one that ends first is placed first;
* no step is taken after which an operation on a register could not happen any more;
* operations that may never have happened come in when something needs them, and a search that used
  more of them than another one, at the same place, is given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from sys import getsizeof

from game.score.consistency.bank_total import check_bank_total
from game.score.consistency.counter_bounds import check_counter_bounds
from game.score.consistency.grow_only_set import check_grow_only_set, is_grow_only
from game.score.consistency.history import History, Operation, Outcome, Value
from game.score.consistency.models import (
    ILLEGAL,
    Bank,
    Counter,
    Model,
    Register,
    Set,
    Step,
    left_by,
    seen_by,
)
from game.score.consistency.shrink import TRIES, shrink
from game.score.consistency.unique_register import check_unique_register, is_unique
from game.score.consistency.verdict import (
    Bounds,
    Budget,
    OutOfBounds,
    Verdict,
    invalid,
    show,
    tell,
    unknown,
    valid,
)

NEVER_ENDS = 1 << 62
ENTRY_BYTES = 400
"""What one remembered place of the search takes, without its state."""


def check_linearizable(history: History, model: Model, bounds: Bounds | None = None) -> Verdict:
    """Whether the operations on each key are linearizable; one key that is not, decides."""
    bounds = bounds or Bounds()
    budget = Budget(bounds)
    given_up = ""
    for operations in history.by_key().values():
        try:
            broken = _check_key(operations, model, budget, bounds)
        except OutOfBounds as error:
            given_up = given_up or str(error)
        else:
            if broken is not None:
                return invalid(history, broken.reason, broken.witness)
        budget.forget_all()
    return unknown(history, given_up) if given_up else valid(history)


def _check_key(
    operations: list[Operation], model: Model, budget: Budget, bounds: Bounds
) -> Verdict | None:
    """What is wrong with one key, or None. Raises `OutOfBounds`."""
    history = History(tuple(operations))
    quick, exact = _check_quickly(history, model)
    if quick is not None and quick.invalid:
        end = max(one.completed or one.invoked for one in quick.witness)
        witness = smallest(operations, model, end, quick.witness, bounds)
        return invalid(history, quick.reason, witness)
    if exact or explained(operations, model, budget):
        return None
    stuck = first_stuck(operations, model, bounds)
    assert stuck.completed is not None
    witness = smallest(operations, model, stuck.completed, operations, bounds)
    return invalid(history, _reason(model, stuck), witness)


def _check_quickly(history: History, model: Model) -> tuple[Verdict | None, bool]:
    """What a fast check says of one key, and whether nothing is left to be said; what it calls
    invalid always is."""
    if isinstance(model, Register):
        exact = is_unique(history.operations, model.initial)
        return check_unique_register(history, model.initial), exact
    if isinstance(model, Set) and is_grow_only(history.operations):
        return check_grow_only_set(history), True
    if isinstance(model, Counter):
        return check_counter_bounds(history), False
    if isinstance(model, Bank):
        return check_bank_total(history, negative_balances=True), False
    return None, False


def _reason(model: Model, stuck: Operation) -> str:
    key = "" if stuck.key is None else f" of key {show(stuck.key)}"
    return (
        f"no order of these operations{key} explains what they saw: when ({tell(stuck)}) ends, "
        f"the {model.name} cannot have done it"
    )


def smallest(
    operations: Sequence[Operation],
    model: Model,
    end: int,
    witness: Sequence[Operation],
    bounds: Bounds,
) -> tuple[Operation, ...]:
    """Few of the witness's operations that are not linearizable, whatever the others did. `end` is
    when it was too late."""

    def still_invalid(fewer: list[Operation], budget: Budget) -> bool:
        return not explained(fewer, model, budget)

    needed = {one.number for one in witness}
    return shrink(upto(operations, end), model.reads, needed, still_invalid, bounds)


def first_stuck(operations: Sequence[Operation], model: Model, bounds: Bounds) -> Operation:
    """The first operation, by its end, that no order can have placed by then; a later one where the
    bounds of shrinking are hit. There is no order of all operations."""
    ends = sorted((one for one in operations if one.ok), key=lambda one: one.completed or 0)
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        budget = Budget(Bounds(steps=bounds.shrink_steps // TRIES))
        try:
            possible = explained(upto(operations, ends[middle].completed or 0), model, budget)
        except OutOfBounds:
            possible = True
        low, high = (middle + 1, high) if possible else (low, middle)
    return ends[high]


def upto(operations: Sequence[Operation], end: int) -> list[Operation]:
    """The history as it was right after one event: what ended later has not ended."""
    return [
        operation
        if operation.completed is None or operation.completed <= end
        else replace(operation, outcome=Outcome.INFO, completed=None)
        for operation in operations
        if operation.invoked < end and operation.possible
    ]


@dataclass(frozen=True, slots=True)
class Problem:
    """One key's operations, made ready for the search.

    Definite operations are numbered in order of their invocations, optional ones by what they do
    and then by invocation; those of one class do the same.
    """

    definite: list[Operation]
    begins: list[int]
    ends: list[int]
    steps: list[Step]
    looks: list[bool]
    overwrites: list[bool]
    same: list[int]
    """The class of each definite operation."""
    optional_begins: list[int]
    optional_steps: list[Step]
    optional_overwrites: list[bool]
    classes: list[tuple[int, int, int]]
    """(class, first, last + 1) of optional operations."""
    needs: dict[Value, list[int]]
    """The definite operations that can happen in one state alone, by that state."""
    makes: dict[Value, list[int]]
    """The definite operations that lead to one state alone, by that state."""
    may_make: dict[Value, int]
    """The optional ones, as bits."""

    def strands(self, base: int, placed: int, state: Value, used: int, moving: int) -> bool:
        """Whether to leave a state would leave behind who needs it, with nobody to bring it back.

        `moving` is the definite operation that leaves it, or -1.
        """
        if not self._any_left(self.needs.get(state, ()), base, placed, moving):
            return False
        if self.may_make.get(state, 0) & ~used:
            return False
        return not self._any_left(self.makes.get(state, ()), base, placed, moving)

    @staticmethod
    def _any_left(numbers: Sequence[int], base: int, placed: int, moving: int) -> bool:
        """Whether any of the definite operations is not placed."""
        for number in reversed(numbers):
            if number < base:
                return False
            if number != moving and not placed >> (number - base) & 1:
                return True
        return False


def problem_of(operations: Sequence[Operation], model: Model) -> Problem:
    """What must be placed, and what may be."""
    model = model.prepared(operations)
    definite = sorted((one for one in operations if one.ok), key=lambda one: one.invoked)
    numbers: dict[tuple[str, Value, Value], int] = {}

    def class_of(operation: Operation) -> int:
        output = operation.output if operation.ok else None
        what = (operation.function, operation.input, output)
        return numbers.setdefault(what, len(numbers))

    unsure = [
        one for one in operations if one.ok or (one.possible and one.function not in model.reads)
    ]
    optional = sorted(model.explains(unsure), key=lambda one: (class_of(one), one.invoked))
    kinds = [class_of(one) for one in optional]
    classes: list[tuple[int, int, int]] = []
    for place, kind in enumerate(kinds):
        if classes and classes[-1][0] == kind:
            classes[-1] = (kind, classes[-1][1], place + 1)
        else:
            classes.append((kind, place, place + 1))
    needs: dict[Value, list[int]] = {}
    makes: dict[Value, list[int]] = {}
    may_make: dict[Value, int] = {}
    if isinstance(model, Register):
        for number, one in enumerate(definite):
            if one.function != "write":
                needs.setdefault(seen_by(one), []).append(number)
            if one.function != "read":
                makes.setdefault(left_by(one), []).append(number)
        for number, one in enumerate(optional):
            may_make[left_by(one)] = may_make.get(left_by(one), 0) | 1 << number
    return Problem(
        needs=needs,
        makes=makes,
        may_make=may_make,
        definite=definite,
        begins=[one.invoked for one in definite],
        ends=[NEVER_ENDS if one.completed is None else one.completed for one in definite],
        steps=[model.step(one) for one in definite],
        looks=[one.function in model.reads for one in definite],
        overwrites=[model.overwrites(one) for one in definite],
        same=[class_of(one) for one in definite],
        optional_begins=[one.invoked for one in optional],
        optional_steps=[model.step(one) for one in optional],
        optional_overwrites=[model.overwrites(one) for one in optional],
        classes=classes,
    )


Place = tuple[int, int, Value, int, bool]
"""Where a search is: all definite operations before the first number are placed, and those whose
bits are set in the second one, counted from there; the state; the optional operations used; whether
the last step was an optional one that overwrote the state, which is good only for what looks at
it."""


def explained(operations: Sequence[Operation], model: Model, budget: Budget) -> bool:
    """Whether some order of one key's operations explains what they saw. Raises `OutOfBounds`."""
    problem = problem_of(operations, model)
    count = len(problem.definite)
    remembered: dict[tuple[int, int, Value, bool], list[int]] = {}
    stack: list[Place] = [(0, 0, model.initial, 0, False)]
    while stack:
        base, placed, state, used, wants = stack.pop()
        base, placed, open_now, next_end, looked = place_looks(problem, base, placed, state)
        budget.step(model.weight + (len(open_now) + len(problem.classes)) // 64)
        if base == count:
            return True
        wants = wants and not looked
        here = (base, placed, state, wants)
        uses = remembered.get(here)
        if uses is None:
            remembered[here] = [used]
            budget.remember(ENTRY_BYTES + getsizeof(state))
        elif any(other & ~used == 0 for other in uses):
            continue
        else:
            uses.append(used)
            budget.remember(40)
        waiting = len(stack)
        _push_optional(problem, stack, (base, placed, state, used, wants), open_now, next_end)
        _push_definite(problem, stack, (base, placed, state, used, wants), open_now)
        budget.remember(sum(ENTRY_BYTES + getsizeof(place[2]) for place in stack[waiting:]))
    return False


def place_looks(
    problem: Problem, base: int, placed: int, state: Value
) -> tuple[int, int, list[int], int, bool]:
    """Place all that fits and leaves the state as it is.

    Returns the place after that, the operations that may come next, the first end of those that are
    not placed, and whether anything was placed.
    """
    begins, ends, looks, steps = problem.begins, problem.ends, problem.looks, problem.steps
    count = len(begins)
    looked = False
    while True:
        while placed & 1:
            placed >>= 1
            base += 1
        next_end = NEVER_ENDS
        open_now: list[int] = []
        fits = 0
        missing = ~placed
        while True:
            bit = missing & -missing
            number = base + bit.bit_length() - 1
            if number >= count or begins[number] > next_end:
                break
            missing ^= bit
            if ends[number] < next_end:
                next_end = ends[number]
            if looks[number] and steps[number](state) == state:
                fits |= bit
            else:
                open_now.append(number)
        if not fits:
            return base, placed, open_now, next_end, looked
        looked = True
        placed |= fits


def _push_definite(problem: Problem, stack: list[Place], place: Place, open_now: list[int]) -> None:
    """Each definite operation that may come next; the one that ends first is tried first."""
    base, placed, state, used, wants = place
    tried: set[int] = set()
    found: list[Place] = []
    for number in sorted(open_now, key=lambda one: (problem.overwrites[one], problem.ends[one])):
        if problem.same[number] in tried or (wants and problem.overwrites[number]):
            continue
        tried.add(problem.same[number])
        after = problem.steps[number](state)
        if after is ILLEGAL or (
            after != state and problem.strands(base, placed, state, used, number)
        ):
            continue
        found.append((base, placed | 1 << (number - base), after, used, False))
    stack.extend(reversed(found))


def _push_optional(
    problem: Problem, stack: list[Place], place: Place, open_now: list[int], next_end: int
) -> None:
    """Each operation that may have happened now, if anything can come of it."""
    base, placed, state, used, wants = place
    definite = {problem.same[number] for number in open_now}
    for kind, first, last in problem.classes:
        number = first
        while number < last and used >> number & 1:
            number += 1
        if number == last or problem.optional_begins[number] > next_end or kind in definite:
            continue
        overwrites = problem.optional_overwrites[number]
        if wants and overwrites:
            continue
        after = problem.optional_steps[number](state)
        if after is ILLEGAL or after == state or problem.strands(base, placed, state, used, -1):
            continue
        if overwrites and not _wanted(problem, after, used | 1 << number, open_now):
            continue
        stack.append((base, placed, after, used | 1 << number, overwrites))


def _wanted(problem: Problem, state: Value, used: int, open_now: list[int]) -> bool:
    """Whether anything that looks at the state could come next."""
    if any(
        not problem.overwrites[number] and problem.steps[number](state) is not ILLEGAL
        for number in open_now
    ):
        return True
    return any(
        not problem.optional_overwrites[number]
        and problem.optional_steps[number](state) is not ILLEGAL
        for _, first, last in problem.classes
        for number in range(first, last)
        if not used >> number & 1
    )
