"""Read your writes: a process sees what it wrote, or something newer.

Terry and others, Session Guarantees for Weakly Consistent Replicated Data, PDIS 1994, section 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, unknown, valid
from game.score.consistency.versions import NOT_UNIQUE, Orders, versions_of, written_twice


def reads_missing_own_writes(
    history: History, orders: Orders | None = None
) -> Iterator[tuple[Operation, Operation]]:
    """Each read of something older than its process's own last acknowledged write to the key, and
    that write; only for histories in which no value is written twice to a key."""
    versions = versions_of(history, orders)
    for operations in history.by_process().values():
        own: dict[Value, Operation] = {}
        for one in operations:
            if one.ok and one.function == "write":
                own[one.key] = one
            elif one.ok and one.function == "read" and one.key in own:
                write = own[one.key]
                if versions.older(one.key, one.output, write.input):
                    yield one, write


def check_read_your_writes(history: History, orders: Orders | None = None) -> Verdict:
    """Whether no process reads something older than its own last acknowledged write to a key."""
    if written_twice(history) is not None:
        return unknown(history, NOT_UNIQUE)
    writes = versions_of(history, orders).writes
    for one, write in reads_missing_own_writes(history, orders):
        reason = f"process {one.process} wrote {show(write.input)} and then read "
        older = writes.get((one.key, one.output))
        witness = [write, one] if older is None else [older, write, one]
        return invalid(history, f"{reason}{show(one.output)}, which is older", witness)
    return valid(history)
