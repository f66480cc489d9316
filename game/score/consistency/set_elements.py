"""What became of each element of a set: lost, stale, never read, or read and never added.

Jepsen's `set-full` checker (jepsen.checker/set-full). An element is known from the end of its add,
or of the first read that has it. It is lost if some read that began later, and every read after
that, lacks it; stale if one lacked it and a later one has it; never read if no read began after it
was known.
"""

from __future__ import annotations

from dataclasses import dataclass

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.models import elements
from game.score.consistency.verdict import Verdict, invalid, show, valid


@dataclass(frozen=True, slots=True)
class Elements:
    """By element, the operations that show it: its add if there is one, and the reads."""

    lost: dict[Value, tuple[Operation, ...]]
    stale: dict[Value, tuple[Operation, ...]]
    never_read: dict[Value, tuple[Operation, ...]]
    unexpected: dict[Value, tuple[Operation, ...]]
    """Read, and never added, or by an add that definitely failed."""


def elements_of(history: History) -> Elements:
    """What became of each element of a single set, from which nothing is removed."""
    found = Elements({}, {}, {}, {})
    reads = [one for one in history.operations if one.ok and one.function == "read"]
    adds: dict[Value, list[Operation]] = {}
    for one in history.operations:
        if one.function == "add":
            adds.setdefault(one.input, []).append(one)
    for read in reads:
        for element in elements(read.output):
            if not any(add.possible for add in adds.get(element, ())):
                found.unexpected.setdefault(element, (*adds.get(element, ()), read))
    for element, tried in adds.items():
        if element not in found.unexpected:
            _place(found, element, tried, reads)
    return found


def _place(found: Elements, element: Value, tried: list[Operation], reads: list[Operation]) -> None:
    """Put one element where it belongs, if anything is wrong with it."""
    having = [read for read in reads if element in elements(read.output)]
    witnesses = [one for one in (*tried, *having) if one.ok]
    if not witnesses:
        return
    known = min(witnesses, key=lambda one: one.completed or 0)
    later = [read for read in reads if known.before(read)]
    lacking = [read for read in later if element not in elements(read.output)]
    last_with = max((read.invoked for read in having), default=-1)
    if not later:
        if not having:
            found.never_read[element] = (known,)
    elif lacking and lacking[-1].invoked > last_with:
        first_lost = next(read for read in lacking if read.invoked > last_with)
        found.lost[element] = (known, first_lost)
    elif lacking:
        back = next(read for read in having if read.invoked > lacking[0].invoked)
        found.stale[element] = (known, lacking[0], back)


def check_set_elements(history: History, *, stale_allowed: bool = True) -> Verdict:
    """Whether nothing is lost, or read without having been added; stale reads if not allowed."""
    for operations in history.by_key().values():
        found = elements_of(History(tuple(operations)))
        for element, witness in found.unexpected.items():
            reason = f"{show(element)} was read, and never added"
            return invalid(history, reason, witness)
        for element, witness in found.lost.items():
            return invalid(history, f"{show(element)} was there, and is lost", witness)
        if not stale_allowed:
            for element, witness in found.stale.items():
                reason = f"{show(element)} was there, and a later read lacks it"
                return invalid(history, reason, witness[:2])
    return valid(history)
