"""Making a witness smaller: what can be left out while the rest still proves the point.

To leave out a read is to know less. To leave out a write is to hold it possible that it happened at
any time, or never: so what is left proves the history wrong, whatever the others did. The order of
tries is that of Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, TSE 2002,
section 3: half of them at once, then quarters, and so on down to single operations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from game.score.consistency.history import Operation, Outcome
from game.score.consistency.verdict import Bounds, Budget, OutOfBounds

TRIES = 10
"""One try may take this part of all steps of shrinking."""

StillInvalid = Callable[[list[Operation], Budget], bool]


def shrink(
    operations: Sequence[Operation],
    reads: frozenset[str],
    needed: Set[int],
    still_invalid: StillInvalid,
    bounds: Bounds,
) -> tuple[Operation, ...]:
    """Those of the needed operations, by number, that cannot be left out, in their order.

    Ends early, with more than the fewest, where the bounds of shrinking are hit.
    """
    budget = Budget(Bounds(steps=bounds.shrink_steps, memory_bytes=bounds.memory_bytes))
    numbers = [one.number for one in operations if one.ok and one.number in needed]
    left_out = {one.number for one in operations if one.ok} - set(numbers)
    size = max(1, len(numbers) // 2)
    try:
        while numbers:
            dropped = _drop(operations, reads, numbers, left_out, size, still_invalid, budget)
            if size == 1 and not dropped:
                break
            size = max(1, size // 2)
    except OutOfBounds:
        pass
    return tuple(one for one in operations if one.number in set(numbers))


def _drop(
    operations: Sequence[Operation],
    reads: frozenset[str],
    numbers: list[int],
    left_out: set[int],
    size: int,
    still_invalid: StillInvalid,
    budget: Budget,
) -> bool:
    """Leave out as many as can be, so many at once; whether there were any."""
    first = 0
    before = len(numbers)
    while first < len(numbers):
        chunk = numbers[first : first + size]
        fewer = without(operations, reads, left_out.union(chunk))
        if _still(fewer, still_invalid, budget):
            left_out.update(chunk)
            del numbers[first : first + size]
        else:
            first += size
    return len(numbers) < before


def _still(fewer: list[Operation], still_invalid: StillInvalid, budget: Budget) -> bool:
    """Whether it is sure that the rest is invalid. Raises `OutOfBounds` when no steps are left."""
    budget.step(len(fewer) // 16)
    part = budget.part(budget.steps_first // TRIES)
    try:
        return still_invalid(fewer, part)
    except OutOfBounds:
        return False
    finally:
        budget.spend(part)


def without(
    operations: Sequence[Operation], reads: frozenset[str], left_out: set[int]
) -> list[Operation]:
    """What is left to prove the point with."""
    fewer: list[Operation] = []
    for operation in operations:
        if operation.number not in left_out:
            fewer.append(operation)
        elif operation.function not in reads:
            fewer.append(replace(operation, outcome=Outcome.INFO, completed=None))
    return fewer
