"""Bounds of a counter: what a read may return, given what can have been added by then.

Jepsen's `counter` checker (jepsen.checker/counter), for whole numbers of any sign: at least what
was surely added before the read began, at most what may have been added until it ended. Each read
is held to that alone, so it is necessary for linearizability and not enough.
"""

from __future__ import annotations

from game.score.consistency.history import History, Operation
from game.score.consistency.models import whole
from game.score.consistency.verdict import Verdict, invalid, valid


def check_counter_bounds(history: History, initial: int = 0) -> Verdict:
    """Whether each read lies in its bounds; the witness is the read, and the adds that must be, or
    must not be, in it."""
    for operations in history.by_key().values():
        broken = _check(History(tuple(operations)), initial)
        if broken is not None:
            return invalid(history, broken.reason, broken.witness)
    return valid(history)


def _check(history: History, initial: int) -> Verdict | None:
    """One event after the other, with running sums of what surely and of what maybe was added."""
    events = sorted(
        [(one.invoked, True, one) for one in history.operations if one.possible]
        + [(one.completed or 0, False, one) for one in history.operations if one.ok],
        key=lambda event: event[0],
    )
    sure: list[Operation] = []
    maybe_up = maybe_down = 0
    known: dict[int, int] = {}
    """Of each read: how many adds were over when it began."""
    for _, begins, one in events:
        if one.function != "read":
            if not begins:
                sure.append(one)
            elif whole(one.input) > 0:
                maybe_up += whole(one.input)
            else:
                maybe_down += whole(one.input)
        elif begins:
            known[one.number] = len(sure)
        else:
            over = sure[: known[one.number]]
            least, most = initial + maybe_down, initial + maybe_up
            verdict = _too_low(history, one, least, over) or _too_high(history, one, most, over)
            if verdict is not None:
                return verdict
    return None


def _too_low(
    history: History, read: Operation, least: int, over: list[Operation]
) -> Verdict | None:
    """`least`: what it must return at least, if none of the adds that were over had raised it."""
    needed: list[Operation] = []
    for add in sorted(over, key=lambda one: -whole(one.input)):
        if least > whole(read.output) or whole(add.input) <= 0:
            break
        least += whole(add.input)
        needed.append(add)
    if least <= whole(read.output):
        return None
    reason = f"{read.output} was read when the counter was at least {least}"
    return invalid(history, reason, (read, *needed))


def _too_high(
    history: History, read: Operation, most: int, over: list[Operation]
) -> Verdict | None:
    """`most`: what it may return at most, if none of the adds that were over had lowered it."""
    needed: list[Operation] = []
    for add in sorted(over, key=lambda one: whole(one.input)):
        if most < whole(read.output) or whole(add.input) >= 0:
            break
        most += whole(add.input)
        needed.append(add)
    if most >= whole(read.output):
        return None
    reason = f"{read.output} was read when the counter was at most {most}"
    return invalid(history, reason, (read, *needed))
