"""Sequential consistency of registers: one order of all operations, which keeps that of each
process.

Lamport, How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs, IEEE
Trans. Comput. 1979. It is not local, so all keys are searched together; the problem is NP-complete
even when it is known who read what (Gibbons and Korach, Testing Shared Memories, 1997, section 3),
so this is a bounded search over how far each process has come, after the causal check has found
what it can: what is not causal is not sequential.
"""

from __future__ import annotations

from collections.abc import Sequence

from game.score.consistency.causal import check_causal
from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import (
    Bounds,
    Budget,
    OutOfBounds,
    Verdict,
    invalid,
    unknown,
    valid,
)

Line = list[Operation]
"""What one process did, in turn."""


def check_sequential(
    history: History, initial: Value = None, bounds: Bounds | None = None
) -> Verdict:
    """Whether registers are sequentially consistent; the witness of a search that fails is all that
    some process could not get past, with all that the others had done until then."""
    causal = check_causal(history, initial)
    if causal.invalid:
        return causal
    try:
        stuck = _search(history, initial, Budget(bounds or Bounds()))
    except OutOfBounds as error:
        return unknown(history, str(error))
    if stuck is None:
        return valid(history)
    return invalid(history, "no order that all processes could have seen explains this", stuck)


def _lines(history: History) -> tuple[list[Line], list[tuple[Operation, int, int]]]:
    """What each process surely did, and the writes that may have happened: each with the line of
    its process, and how much of that must come first."""
    lines: list[Line] = []
    maybe: list[tuple[Operation, int, int]] = []
    for operations in history.by_process().values():
        line: Line = []
        for one in operations:
            if one.ok:
                line.append(one)
            elif one.possible and one.function == "write":
                maybe.append((one, len(lines), len(line)))
        lines.append(line)
    return lines, maybe


def _search(history: History, initial: Value, budget: Budget) -> Sequence[Operation] | None:
    """None if there is an order; else how far it goes. Raises `OutOfBounds`."""
    lines, maybe = _lines(history)
    keys = {one.key: place for place, one in enumerate(history.operations)}
    keys = {key: place for place, key in enumerate(keys)}
    start = ((0,) * len(lines), (initial,) * len(keys), 0)
    seen = {start}
    stack = [start]
    furthest: tuple[int, ...] = start[0]
    while stack:
        budget.step()
        places, values, used = stack.pop()
        places = _past_reads(lines, keys, places, values)
        if sum(places) > sum(furthest):
            furthest = places
        if all(place == len(line) for place, line in zip(places, lines, strict=True)):
            return None
        after: list[tuple[tuple[int, ...], tuple[Value, ...], int]] = []
        for number, (one, line_number, first) in enumerate(maybe):
            if not used >> number & 1 and places[line_number] >= first:
                after.append((places, _with(values, keys[one.key], one.input), used | 1 << number))
        for number, line in enumerate(lines):
            place = places[number]
            if place < len(line) and line[place].function == "write":
                moved = (*places[:number], place + 1, *places[number + 1 :])
                one = line[place]
                after.append((moved, _with(values, keys[one.key], one.input), used))
        for entry in after:
            if entry not in seen:
                seen.add(entry)
                budget.remember(200 + 16 * (len(places) + len(values)))
                stack.append(entry)
    return [one for line, place in zip(lines, furthest, strict=True) for one in line[: place + 1]]


def _past_reads(
    lines: list[Line], keys: dict[Value, int], places: tuple[int, ...], values: tuple[Value, ...]
) -> tuple[int, ...]:
    """All processes go on while they read what is there, which changes nothing."""
    gone = list(places)
    for number, line in enumerate(lines):
        while gone[number] < len(line):
            one = line[gone[number]]
            if one.function != "read" or values[keys[one.key]] != one.output:
                break
            gone[number] += 1
    return tuple(gone)


def _with(values: tuple[Value, ...], place: int, value: Value) -> tuple[Value, ...]:
    return (*values[:place], value, *values[place + 1 :])
