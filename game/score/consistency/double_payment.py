"""Double payment: one payment that is in the books more than once.

The promise of exactly-once effects: Helland, Life beyond Distributed Transactions, CIDR 2007,
section 4. A `pay` has the payment's id as its input; a `statement` returns the ids in the books.
"""

from __future__ import annotations

from collections import Counter

from game.score.consistency.history import History, Operation, Value
from game.score.consistency.verdict import Verdict, invalid, show, valid


def check_double_payment(history: History) -> Verdict:
    """Whether no statement has a payment twice, or one that definitely failed."""
    pays: dict[tuple[Value, Value], list[Operation]] = {}
    for one in history.operations:
        if one.function == "pay":
            pays.setdefault((one.key, one.input), []).append(one)
    for one in history.operations:
        if not one.ok or one.function != "statement" or not isinstance(one.output, tuple):
            continue
        for payment, times in Counter(one.output).items():
            tries = pays.get((one.key, payment), [])
            allowed = sum(pay.possible for pay in tries)
            if times > min(allowed, 1):
                word = "more than once" if allowed else "and was never paid"
                reason = f"payment {show(payment)} is in the books {word}"
                return invalid(history, reason, [*tries, one])
    return valid(history)
