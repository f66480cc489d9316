"""Oversold stock: more was sold for certain than there can have been.

The escrow bound of O'Neil, The Escrow Transactional Method, TODS 1986, section 2: what was sold
never exceeds what was there. `buy` and `restock` have a quantity as their input; each key is an
article.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.models import whole
from game.score.consistency.verdict import Verdict, invalid, valid


def check_oversold(history: History, stock: Mapping[Value, int]) -> Verdict:
    """Whether, of each article, what was sold was there; `stock` is what there was at first.

    The witness is the fewest buys that are too many.
    """
    for key, operations in history.by_key().items():
        witness = _too_many(operations, stock.get(key, 0))
        if witness:
            sold = sum(whole(one.input) for one in witness)
            there = stock.get(key, 0) + _restocked(operations, _last_end(witness))
            reason = f"{sold} were sold, and there were at most {there}"
            return invalid(history, reason, witness)
    return valid(history)


def _too_many(operations: Sequence[Operation], stock: int) -> list[Operation]:
    """The fewest acknowledged buys, by the first time at which they were too many; or none."""
    sold: list[Operation] = []
    total = 0
    buys = (one for one in operations if one.ok and one.function == "buy")
    for buy in sorted(buys, key=lambda one: one.completed or 0):
        sold.append(buy)
        total += whole(buy.input)
        there = stock + _restocked(operations, buy.completed or 0)
        if total > there:
            return _fewest(sold, there)
    return []


def _fewest(sold: Sequence[Operation], there: int) -> list[Operation]:
    """The largest of them, until they are too many."""
    found: list[Operation] = []
    total = 0
    for buy in sorted(sold, key=lambda one: -whole(one.input)):
        found.append(buy)
        total += whole(buy.input)
        if total > there:
            break
    return found


def _restocked(operations: Sequence[Operation], end: int) -> int:
    """What may have been added by then."""
    return sum(
        whole(one.input)
        for one in operations
        if one.possible and one.function == "restock" and one.invoked < end
    )


def _last_end(operations: Sequence[Operation]) -> int:
    return max(one.completed or 0 for one in operations)
