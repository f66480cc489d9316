"""Ledger: accounts, and transfers of money between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from game.engine.log import Command
from game.engine.registry import REGISTRY
from game.engine.workload.application import REFUSED
from game.level.annotations import PositiveCount, WholeNumber

if TYPE_CHECKING:
    from game.engine.workload.application import Asked, Output

TO, AMOUNT = range(2)
"""What luck is asked for."""
MOST_ACCOUNTS = 1_000
WHOLE = 0
"""The key of all accounts together: a transfer is about two of them."""


@REGISTRY.register(
    "application",
    "ledger",
    says="accounts: a write moves money from one to another, a read returns what is on all of them",
    codex="ledger",
    causes=("lost-write", "duplicate", "wrong-value"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A transfer takes from the account that is the operation's key (modulo `accounts`). Who has
    too little is told so, and nothing moves. Its promise: the money is always the same sum
    (without `stable_reads`: in the end), and what was acknowledged was paid, once."""

    met_by: ClassVar[str] = "store"
    whole: ClassVar[bool] = True
    """It is one object, whatever the keys."""
    model: ClassVar[str] = "bank"
    """The model of its histories (`lab history --model`)."""

    accounts: Annotated[int, WholeNumber(2, MOST_ACCOUNTS)] = 8
    """How many accounts there are."""
    opening: PositiveCount = 100
    """What is on each account at first."""
    amount: PositiveCount = 10
    """A transfer moves this much at most; every amount from 1 on is as likely."""
    stable_reads: bool = True
    """Each read must show all the money; else some may be on its way, and only the end counts."""

    @property
    def promises(self) -> tuple[str, ...]:
        """The checkers that it is held to."""
        always = ("lost-write", "duplicate", "final-total")
        return (*always, "wrong-total") if self.stable_reads else always

    def command(self, asked: Asked) -> Command:
        """`transfer`, of (from, to, amount), or `read`."""
        if not asked.write:
            return Command("read", WHOLE)
        source = asked.key % self.accounts
        others = self.accounts - 1
        target = (source + 1 + int(asked.luck(TO) * others)) % self.accounts
        amount = 1 + int(asked.luck(AMOUNT) * self.amount)
        return Command("transfer", WHOLE, (source, target, amount))

    def machine(self) -> Accounts:
        """Everybody has the same."""
        return Accounts(self)

    # What protocols need that keep accounts on different machines

    def opened(self) -> tuple[tuple[int, int], ...]:
        """Every account, with what is on it at first."""
        return tuple((account, self.opening) for account in range(self.accounts))

    def changes(self, command: Command) -> tuple[tuple[int, int], ...]:
        """The accounts that a transfer changes, and by how much; none may fall below nothing."""
        assert isinstance(command.value, tuple)
        source, target, amount = map(int, command.value)
        return (source, -amount), (target, amount)

    def told(self, command: Command) -> Output:
        """What a transfer returns that was made."""
        assert isinstance(command.value, tuple)
        return int(command.value[2])


class Accounts:
    """What is on each account."""

    __slots__ = ("balances", "ledger", "shown")

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.balances = [ledger.opening] * ledger.accounts
        self.shown: tuple[tuple[int, int], ...] | None = None
        """What a read returns, as long as nothing moves."""

    def apply(self, command: Command) -> Output:
        """Move money, if it is there; the amount, or `REFUSED`."""
        assert isinstance(command.value, tuple)
        source, target, amount = map(int, command.value)
        if self.balances[source] < amount:
            return REFUSED
        self.balances[source] -= amount
        self.balances[target] += amount
        self.shown = None
        return amount

    def look(self, command: Command) -> Output:
        """Every account with what is on it."""
        if self.shown is None:
            self.shown = tuple(enumerate(self.balances))
        return self.shown

    def forget(self) -> None:
        """Everybody has the same."""
        self.balances = [self.ledger.opening] * self.ledger.accounts
        self.shown = None
