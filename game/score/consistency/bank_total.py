"""Bank conservation: money moves between accounts, and none appears or vanishes.

Jepsen's `bank` workload (jepsen.tests.bank): every read must show the same total, and no account in
debt unless that is allowed.
"""

from __future__ import annotations

from game.score.consistency.history import History, Map, Operation
from game.score.consistency.models import whole
from game.score.consistency.verdict import Verdict, invalid, show, valid


def check_bank_total(
    history: History, total: int | None = None, *, negative_balances: bool = False
) -> Verdict:
    """Whether every read shows the same total: `total`, or what the first read shows."""
    for operations in history.by_key().values():
        reads = [one for one in operations if one.ok and one.function == "read"]
        expected, first = total, None
        for read in reads:
            if expected is None:
                expected, first = total_of(read), read
            if total_of(read) != expected:
                reason = f"a read adds up to {total_of(read)}, and the money is {expected}"
                return invalid(history, reason, [read] if first is None else [first, read])
            in_debt = [] if negative_balances else debts(read)
            if in_debt:
                return invalid(history, f"account {in_debt[0]} is in debt", [read])
    return valid(history)


def total_of(read: Operation) -> int:
    """The sum of all balances in a read."""
    assert isinstance(read.output, Map)
    return sum(whole(balance) for _, balance in read.output)


def debts(read: Operation) -> list[str]:
    """The accounts with less than nothing."""
    assert isinstance(read.output, Map)
    return [show(account) for account, balance in read.output if whole(balance) < 0]
