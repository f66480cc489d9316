"""Causal consistency of registers to which no value is written twice.

The bad patterns of Bouajjani, Enea, Guerraoui and Hamza, On Verifying Causal Consistency, POPL
2017, section 5: a differentiated history is causally consistent if and only if it has none of
CyclicCO, WriteCOInitRead, ThinAirRead and WriteCORead (table 2); it is causally convergent if it
does not have CyclicCF either. Causal order is the closure of what each process did in turn and of
who read what; a write that may never have happened comes before those who read it, and before
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, unknown, valid
from game.score.consistency.versions import NOT_UNIQUE, written_twice

MOST_OPERATIONS = 10_000
"""The closure takes a bit for each pair."""


@dataclass(frozen=True, slots=True)
class Order:
    """Operations that count, numbered, and what is before what as bits."""

    operations: list[Operation]
    direct: list[list[int]]
    """Of each operation, those right before it: in its process, and the write that it read."""
    before: list[int]
    """Of each operation, all that are before it in causal order."""
    sources: dict[int, int]
    """The write that each read saw."""


def check_causal(history: History, initial: Value = None, *, convergent: bool = False) -> Verdict:
    """Whether registers are causally consistent; `convergent` asks that all processes agree on the
    order of concurrent writes as well."""
    if written_twice(history) is not None or any(
        one.function == "write" and one.possible and one.input == initial
        for one in history.operations
    ):
        return unknown(history, NOT_UNIQUE)
    if len(history) > MOST_OPERATIONS:
        return unknown(history, f"there are more than {MOST_OPERATIONS:,} operations")
    operations = _that_count(history)
    writes = {
        (one.key, one.input): number
        for number, one in enumerate(operations)
        if one.function == "write"
    }
    sources: dict[int, int] = {}
    for number, one in enumerate(operations):
        if one.function == "read" and one.output != initial:
            if (one.key, one.output) not in writes:
                reason = f"nobody had written {show(one.output)}, which was read"
                return invalid(history, reason, [one])
            sources[number] = writes[one.key, one.output]
    direct = _direct(operations, sources)
    order = _sorted(direct)
    if order is None:
        reason = (
            "each of these comes before itself, by what processes did in turn and by who read what"
        )
        return invalid(history, reason, [operations[it] for it in shortest_cycle(direct)])
    before = [0] * len(operations)
    for number in order:
        for other in direct[number]:
            before[number] |= before[other] | 1 << other
    found = Order(operations, direct, before, sources)
    broken = _overwritten(found, initial)
    if broken is None and convergent:
        broken = _cyclic_conflict(found)
    return valid(history) if broken is None else invalid(history, *broken)


def _that_count(history: History) -> list[Operation]:
    """Answered reads, and writes that happened or were read."""
    read = {
        (one.key, one.output) for one in history.operations if one.ok and one.function == "read"
    }
    return [
        one
        for one in history.operations
        if one.ok or (one.possible and one.function == "write" and (one.key, one.input) in read)
    ]


def _direct(operations: Sequence[Operation], sources: dict[int, int]) -> list[list[int]]:
    """What is right before each operation."""
    last: dict[int | str, int] = {}
    direct: list[list[int]] = []
    for number, one in enumerate(operations):
        own = [last[one.process]] if one.process in last else []
        direct.append(own + ([sources[number]] if number in sources else []))
        if one.ok:
            last[one.process] = number
    return direct


def _sorted(direct: Sequence[Sequence[int]]) -> list[int] | None:
    """The numbers, each after those before it; None if there is a cycle."""
    after: list[list[int]] = [[] for _ in direct]
    missing = [len(others) for others in direct]
    for number, others in enumerate(direct):
        for other in others:
            after[other].append(number)
    order = [number for number, count in enumerate(missing) if not count]
    for number in order:
        for other in after[number]:
            missing[other] -= 1
            if not missing[other]:
                order.append(other)
    return order if len(order) == len(direct) else None


def shortest_cycle(direct: Sequence[Sequence[int]]) -> list[int]:
    """The numbers on a shortest cycle; there is one."""
    best: list[int] = []
    for start in range(len(direct)):
        came: dict[int, int] = {}
        row = [start]
        for number in row:
            for other in direct[number]:
                if other not in came:
                    came[other] = number
                    row.append(other)
            if start in came:
                break
        if start in came:
            cycle = [start]
            while came[cycle[-1]] != start:
                cycle.append(came[cycle[-1]])
            if not best or len(cycle) < len(best):
                best = cycle
    return best


def bits(number: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


def _overwritten(order: Order, initial: Value) -> tuple[str, list[Operation]] | None:
    """WriteCOInitRead and WriteCORead: a read of what was replaced, as far as its process knew."""
    operations, before = order.operations, order.before
    writes_to: dict[Value, int] = {}
    for number, one in enumerate(operations):
        if one.function == "write":
            writes_to[one.key] = writes_to.get(one.key, 0) | 1 << number
    for number, one in enumerate(operations):
        if one.function != "read":
            continue
        source = order.sources.get(number)
        known = before[number] & writes_to.get(one.key, 0)
        newer = [
            write
            for write in bits(known)
            if write != source and (source is None or before[write] >> source & 1)
        ]
        if newer:
            first = [] if source is None else _path(order, source, newer[-1])
            path = dict.fromkeys([*first, *_path(order, newer[-1], number)])
            value = show(operations[newer[-1]].input)
            reason = f"{show(one.output)} was read, and {value} had replaced it"
            return reason, [operations[it] for it in path]
    return None


def _path(order: Order, first: int, last: int) -> list[int]:
    """The fewest operations that show that `first` is before `last`, both included."""
    came: dict[int, int] = {}
    row = [last]
    for number in row:
        if number == first:
            break
        for other in order.direct[number]:
            if other not in came and (other == first or order.before[other] >> first & 1):
                came[other] = number
                row.append(other)
    path = [first]
    while path[-1] != last:
        path.append(came[path[-1]])
    return path


def _cyclic_conflict(order: Order) -> tuple[str, list[Operation]] | None:
    """CyclicCF: causal order together with the order that reads tell of concurrent writes.

    A write is before the one that a read saw if it is before that read.
    """
    operations, before = order.operations, order.before
    direct = [list(others) for others in order.direct]
    for read, source in order.sources.items():
        for write in bits(before[read]):
            one = operations[write]
            if one.function == "write" and one.key == operations[read].key and write != source:
                direct[source].append(write)
    if _sorted(direct) is not None:
        return None
    cycle = shortest_cycle(direct)
    reason = "no one order of the concurrent writes explains what was read"
    readers = [
        read
        for read, source in order.sources.items()
        if source in cycle and any(before[read] >> it & 1 for it in cycle if it != source)
    ]
    return reason, [operations[it] for it in (*cycle, *readers)]
