"""Monotonic reads: a process never reads something older than what it has read.

Terry and others, Session Guarantees for Weakly Consistent Replicated Data, PDIS 1994, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, unknown, valid
from game.score.consistency.versions import NOT_UNIQUE, Orders, versions_of, written_twice


def reads_going_back(
    history: History, orders: Orders | None = None
) -> Iterator[tuple[Operation, Operation]]:
    """Each read of something older than what its process had read of the key, and that read; only
    for histories in which no value is written twice to a key."""
    versions = versions_of(history, orders)
    for operations in history.by_process().values():
        seen: dict[Value, list[Operation]] = {}
        for one in operations:
            if not one.ok or one.function != "read":
                continue
            for before in seen.get(one.key, ()):
                if versions.older(one.key, one.output, before.output):
                    yield one, before
            newest = [
                read
                for read in seen.get(one.key, ())
                if not versions.older(one.key, read.output, one.output)
                and read.output != one.output
            ]
            seen[one.key] = [*newest, one]


def check_monotonic_reads(history: History, orders: Orders | None = None) -> Verdict:
    """Whether what each process reads of a key never gets older."""
    if written_twice(history) is not None:
        return unknown(history, NOT_UNIQUE)
    writes = versions_of(history, orders).writes
    for one, before in reads_going_back(history, orders):
        reason = f"process {one.process} read {show(before.output)} and then "
        found = (writes.get((one.key, read.output)) for read in (one, before))
        witness = [*(write for write in found if write is not None), before, one]
        return invalid(history, f"{reason}{show(one.output)}, which is older", witness)
    return valid(history)
