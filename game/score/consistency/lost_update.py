"""Lost updates: an acknowledged change that another one, which had not seen it, went over.

P4 of Berenson and others, A Critique of ANSI SQL Isolation Levels, SIGMOD 1995, section 4.1. It
shows where two compare-and-sets went from the same version to different ones, and where an append
that was acknowledged is missing in what is got later.
"""

from __future__ import annotations

from collections.abc import Sequence

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, valid


def check_lost_update(history: History) -> Verdict:
    """Whether no update was lost. Of values that were written more than once nothing is said."""
    for operations in history.by_key().values():
        broken = _two_from_one(operations) or _lost_append(operations)
        if broken is not None:
            return invalid(history, *broken)
    return valid(history)


def _two_from_one(operations: Sequence[Operation]) -> tuple[str, list[Operation]] | None:
    """Two acknowledged compare-and-sets that replaced the same version."""
    written: dict[Value, int] = {}
    for one in operations:
        if one.possible and one.function in ("write", "cas"):
            value = one.input[1] if isinstance(one.input, tuple) else one.input
            written[value] = written.get(value, 0) + 1
    replaced: dict[Value, Operation] = {}
    for one in operations:
        if not one.ok or one.function != "cas" or not isinstance(one.input, tuple):
            continue
        old = one.input[0]
        # The first value, which nobody wrote, is a version as well.
        if written.get(old, 0) <= 1 and old != one.input[1]:
            other = replaced.setdefault(old, one)
            if other is not one and (old in written or _first(operations, old)):
                return f"two updates both replaced {show(old)}", [other, one]
    return None


def _first(operations: Sequence[Operation], value: Value) -> bool:
    """Nobody wrote the value, so it was there at first."""
    return all(
        value != (one.input[1] if isinstance(one.input, tuple) else one.input)
        for one in operations
        if one.possible and one.function in ("write", "cas")
    )


def _lost_append(operations: Sequence[Operation]) -> tuple[str, list[Operation]] | None:
    """An acknowledged append that a later get lacks, where nothing is ever replaced."""
    if any(one.function == "put" and one.possible for one in operations):
        return None
    appends = [one for one in operations if one.ok and one.function == "append"]
    for get in operations:
        if not get.ok or get.function != "get":
            continue
        for append in appends:
            if append.before(get) and str(append.input) not in str(get.output):
                return f"{show(append.input)} is missing in a later get", [append, get]
    return None
