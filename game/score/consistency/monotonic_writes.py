"""Monotonic writes: what a process wrote takes its places in the order in which it wrote it.

Terry and others, Session Guarantees for Weakly Consistent Replicated Data, PDIS 1994, section 3.4.
Without the order of a store, it shows where somebody reads the first of two writes that a process
made to a key, having read the second one.
"""

from __future__ import annotations

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, unknown, valid
from game.score.consistency.versions import NOT_UNIQUE, Orders, versions_of, written_twice


def check_monotonic_writes(history: History, orders: Orders | None = None) -> Verdict:
    """Whether no store, and no reader, has two writes of one process the wrong way round."""
    if written_twice(history) is not None:
        return unknown(history, NOT_UNIQUE)
    versions = versions_of(history, orders)
    before: dict[tuple[Value, Value], list[Operation]] = {}
    """By (key, value): the writes that its process had made to the key before."""
    for operations in history.by_process().values():
        own: dict[Value, list[Operation]] = {}
        for one in operations:
            if one.possible and one.function == "write":
                earlier = own.setdefault(one.key, [])
                for write in earlier:
                    if versions.places and versions.older(one.key, one.input, write.input):
                        return invalid(history, _reason(write, one), (write, one))
                before[one.key, one.input] = list(earlier)
                if one.ok:
                    earlier.append(one)
    return _as_read(history, before) or valid(history)


def _as_read(
    history: History, before: dict[tuple[Value, Value], list[Operation]]
) -> Verdict | None:
    """What a process reads after it read a later write."""
    for operations in history.by_process().values():
        gone: dict[tuple[Value, Value], tuple[Operation, Operation]] = {}
        for one in operations:
            if not one.ok or one.function != "read":
                continue
            if (one.key, one.output) in gone:
                write, read = gone[one.key, one.output]
                return invalid(history, _reason(write, one), (write, read, one))
            for write in before.get((one.key, one.output), ()):
                gone.setdefault((one.key, write.input), (write, one))
    return None


def _reason(first: Operation, second: Operation) -> str:
    return f"{show(first.input)} was written first, and came after what was written then"
