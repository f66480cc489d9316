"""Bounded staleness: how old, in time and in versions, what is read may be.

Time: Delta-atomicity of Golab, Li and Shah, Analyzing Consistency Properties for Fun and Profit,
PODC 2011, section 3. Versions: k-atomicity of Aiyer, Alvisi and Bazzi, On the Availability of
Non-strict Quorum Systems, DISC 2005, section 3. Each read is held to its bound alone, so a history
is called invalid only if it is; several reads together may need more than each of them does.
"""

from __future__ import annotations

from bisect import bisect_left

from game.score.consistency.history import History, Operation
from game.score.consistency.verdict import Verdict, invalid, show, unknown, valid
from game.score.consistency.versions import (
    NOT_UNIQUE,
    Orders,
    Versions,
    versions_of,
    written_twice,
)


def check_stale_time(history: History, within_us: int, orders: Orders | None = None) -> Verdict:
    """Whether what a read sees had been the newest at some time at most `within_us` before it
    began."""
    if written_twice(history) is not None:
        return unknown(history, NOT_UNIQUE)
    versions = versions_of(history, orders)
    for read, newer in _stale(history, versions):
        if read.invoked_us is None:
            return unknown(history, "the history does not say when its operations were")
        late_us = read.invoked_us - min(write.completed_us or 0 for write in newer)
        if late_us > within_us:
            write = min(newer, key=lambda one: one.completed_us or 0)
            reason = (
                f"{show(read.output)} was read {late_us / 1000:g} ms after something newer was "
                f"acknowledged, and {within_us / 1000:g} ms are allowed"
            )
            return invalid(history, reason, _with_source(versions, read, [write]))
    return valid(history)


def check_stale_versions(history: History, within: int, orders: Orders | None = None) -> Verdict:
    """Whether each read sees one of the last `within` versions; 1 allows the newest alone."""
    if written_twice(history) is not None:
        return unknown(history, NOT_UNIQUE)
    versions = versions_of(history, orders)
    for read, newer in _stale(history, versions):
        if len(newer) >= within:
            newer.sort(key=lambda one: one.completed or 0)
            reason = (
                f"{show(read.output)} was read when {len(newer)} newer versions had been "
                f"acknowledged, and the last {within} are allowed"
            )
            return invalid(history, reason, _with_source(versions, read, newer[:within]))
    return valid(history)


def _stale(history: History, versions: Versions) -> list[tuple[Operation, list[Operation]]]:
    """Each read that began after something newer had been acknowledged, and all of that."""
    found: list[tuple[Operation, list[Operation]]] = []
    for operations in history.by_key().values():
        over = sorted(
            (one for one in operations if one.ok and one.function == "write"),
            key=lambda one: one.completed or 0,
        )
        ends = [one.completed or 0 for one in over]
        for read in operations:
            if read.ok and read.function == "read":
                newer = versions.behind(over[: bisect_left(ends, read.invoked)], read)
                if newer:
                    found.append((read, newer))
    return found


def _with_source(versions: Versions, read: Operation, newer: list[Operation]) -> list[Operation]:
    """The witness: who wrote what was read, what was newer, and the read."""
    source = versions.writes.get((read.key, read.output))
    return [*([] if source is None else [source]), *newer, read]
