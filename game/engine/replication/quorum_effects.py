"""Which writes of a quorum are lost although they were acknowledged: those whose version is older
than that of a write which was over when they began. All copies will take that for the last one.

It happens where clocks give the versions and differ, and where a write's quorum does not meet that
of the last write: Kingsbury, Call me maybe: Cassandra, 2013. With vectors: those that are gone,
and no write that had seen them is there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING

from game.engine.attempt import NEVER
from game.engine.replication.quorum_versions import Version

if TYPE_CHECKING:
    from game.engine.log import Log


def overshadowed(
    log: Log, written: Iterable[tuple[int, Version]]
) -> dict[tuple[int, Version], Version]:
    """Of (key, version): what is older than a write that was acknowledged before it was asked for,
    and that newer version. It is lost, whoever may have seen it for a while."""
    names = ("operation", "invoked_us", "ended_us", "cause", "write")
    rows = zip(*(log.operations.column(name) for name in names), strict=True)
    spans = {
        operation: (invoked_us, NEVER if cause else ended_us)
        for operation, invoked_us, ended_us, cause, write in rows
        if write
    }
    first: dict[tuple[int, int], Version] = {}
    for key, version in written:
        of_key = key, version.operation
        first[of_key] = min(version, first.get(of_key, version))
    ends: dict[int, list[tuple[int, Version]]] = {}
    for (key, operation), version in first.items():
        ended_us = spans.get(operation, (0, NEVER))[1]
        if ended_us != NEVER:
            ends.setdefault(key, []).append((ended_us, version))
    newest = {key: list(accumulate(sorted(ended), _newer)) for key, ended in ends.items()}
    found: dict[tuple[int, Version], Version] = {}
    for (key, operation), version in first.items():
        before = newest.get(key, [])
        place = bisect_left(before, (spans.get(operation, (0, NEVER))[0],))
        if place and before[place - 1][1] > version:
            found[key, version] = before[place - 1][1]
    return found


def remaining(
    present: Iterable[Version], replaced: Mapping[Version, Iterable[Version]]
) -> set[Version]:
    """Writes that are there in the end, and all that they replaced, and so on back: by what those
    who wrote had really read, not by what vectors say."""
    found = set(present)
    left = list(found)
    while left:
        seen = replaced.get(left.pop(), ())
        left += [version for version in seen if version not in found]
        found.update(seen)
    return found


def _newer(one: tuple[int, Version], other: tuple[int, Version]) -> tuple[int, Version]:
    return other[0], max(one[1], other[1])
