"""The fast check of sets to which each element is added once, and from which none is removed.

What such a set holds only grows, so all that was read is a chain, and each element has its place in
it: before the first read that has it, behind the last one that has it not. The set is linearizable
if and only if real time never goes against that order of places; n log n. (The clusters of Gibbons
and Korach, Testing Shared Memories, SIAM J. Comput. 1997, section 4, for states that grow; what
Jepsen's `set-full` counts as lost or stale is the same for each element alone.)
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.models import elements
from game.score.consistency.verdict import Verdict, invalid, show, valid


def is_grow_only(operations: Iterable[Operation]) -> bool:
    """Whether nothing is removed, and nothing added twice."""
    writes = [one for one in operations if one.possible and one.function != "read"]
    added = [one.input for one in writes if one.function == "add"]
    return len(added) == len(writes) == len(set(added))


def check_grow_only_set(history: History) -> Verdict:
    """Whether a single set is linearizable; only for histories that are `is_grow_only`."""
    reads = [one for one in history.operations if one.ok and one.function == "read"]
    adds = {one.input: one for one in history.operations if one.possible and one.function == "add"}
    reads.sort(key=lambda read: len(elements(read.output)))
    for smaller, larger in pairwise(reads):
        if not elements(smaller.output) <= elements(larger.output):
            reason = "each of two reads lacks what the other one saw"
            return invalid(history, reason, (smaller, larger))
    first_with: dict[Value, int] = {}
    places: list[tuple[int, Operation]] = []
    """Reads have even places, the elements between them odd ones."""
    seen: frozenset[Value] = frozenset()
    place = 0
    for number, read in enumerate(reads):
        new = elements(read.output) - seen
        if new or number == 0:
            place += 2
        seen |= new
        for element in new:
            if element not in adds:
                reason = f"nobody had added {show(element)}, which was read"
                return invalid(history, reason, (read,))
            first_with[element] = place
        places.append((place, read))
    for element, add in adds.items():
        if add.ok or element in first_with:
            places.append((first_with.get(element, place + 2) - 1, add))
    return _against_time(history, places, reads) or valid(history)


def _against_time(
    history: History, places: list[tuple[int, Operation]], reads: list[Operation]
) -> Verdict | None:
    """Two operations of which the one that was over first has the later place."""
    ended = sorted(
        ((one.completed, place, one) for place, one in places if one.ok),
        key=lambda entry: entry[0] or 0,
    )
    begun = sorted(places, key=lambda entry: entry[1].invoked)
    latest: tuple[int, Operation] | None = None
    passed = 0
    for place, operation in begun:
        while passed < len(ended) and (ended[passed][0] or 0) < operation.invoked:
            if latest is None or ended[passed][1] > latest[0]:
                latest = ended[passed][1], ended[passed][2]
            passed += 1
        if latest is not None and latest[0] > place:
            return invalid(history, *_told(latest[1], operation, reads))
    return None


def _told(
    before: Operation, after: Operation, reads: list[Operation]
) -> tuple[str, list[Operation]]:
    """Why two operations cannot be in this order, and who is needed to see it."""
    if before.function == "read" and after.function == "read":
        return "a later read lacks what an earlier one saw", [before, after]
    if before.function == "read":
        return f"{show(after.input)} was read before its add began", [before, after]
    lacking = f"{show(before.input)} was added, and is not in a read that began later"
    if after.function == "read":
        return lacking, [before, after]
    read = next(
        read
        for read in reads
        if after.input in elements(read.output) and before.input not in elements(read.output)
    )
    reason = f"{show(after.input)} was added after {show(before.input)}, and a read has it alone"
    return reason, [before, after, read]
