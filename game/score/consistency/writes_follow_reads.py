"""Writes follow reads: whoever sees a write sees what its writer had seen, or something newer.

Terry and others, Session Guarantees for Weakly Consistent Replicated Data, PDIS 1994, section 3.3.
"""

from __future__ import annotations

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, unknown, valid
from game.score.consistency.versions import NOT_UNIQUE, Orders, versions_of, written_twice


def check_writes_follow_reads(history: History, orders: Orders | None = None) -> Verdict:
    """Whether no process reads a write, and then something older than what its writer had read."""
    if written_twice(history) is not None:
        return unknown(history, NOT_UNIQUE)
    versions = versions_of(history, orders)
    had_read = _had_read(history)
    for operations in history.by_process().values():
        due: dict[Value, list[tuple[Operation, Operation]]] = {}
        for one in operations:
            if not one.ok or one.function != "read":
                continue
            for write, seen in due.get(one.key, ()):
                if versions.older(one.key, one.output, seen.output):
                    reason = (
                        f"process {one.process} saw {show(write.input)}, whose writer had read "
                        f"{show(seen.output)}, and then read {show(one.output)}, which is older"
                    )
                    return invalid(history, reason, (seen, write, one))
            write_or_none = versions.writes.get((one.key, one.output))
            if write_or_none is not None:
                for seen in had_read.get(write_or_none.number, ()):
                    due.setdefault(seen.key, []).append((write_or_none, seen))
    return valid(history)


def _had_read(history: History) -> dict[int, tuple[Operation, ...]]:
    """By number of each write: the last read of each key that its process had made before."""
    found: dict[int, tuple[Operation, ...]] = {}
    for operations in history.by_process().values():
        last: dict[Value, Operation] = {}
        for one in operations:
            if one.ok and one.function == "read":
                last[one.key] = one
            elif one.possible and one.function == "write":
                found[one.number] = tuple(last.values())
    return found
