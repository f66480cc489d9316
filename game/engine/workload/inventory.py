"""Inventory: articles, of which there are only so many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.log import Command
from game.engine.registry import REGISTRY
from game.engine.workload.application import REFUSED
from game.level.annotations import PositiveCount

if TYPE_CHECKING:
    from game.engine.workload.application import Asked, Output

QUANTITY = 0
"""What luck is asked for."""


@REGISTRY.register(
    "application",
    "inventory",
    says="articles: a write buys some of one, a read says how many are left",
    codex="inventory",
    causes=("lost-write", "duplicate", "oversold"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """Each key is an article. Who wants more than there is left gets nothing, and is told so. Its
    promise: what was acknowledged was bought, once, and never more is sold than there was."""

    met_by: ClassVar[str] = "store"

    stock: PositiveCount
    """What there is of each article at first."""
    quantity: PositiveCount = 1
    """A purchase is of so many at most; every quantity from 1 on is as likely."""

    def command(self, asked: Asked) -> Command:
        """`buy` or `read`."""
        if not asked.write:
            return Command("read", asked.key)
        return Command("buy", asked.key, 1 + int(asked.luck(QUANTITY) * self.quantity))

    def machine(self) -> Shelves:
        """All full."""
        return Shelves(self.stock)


class Shelves:
    """What is left of each article."""

    __slots__ = ("left", "stock")

    def __init__(self, stock: int) -> None:
        self.stock = stock
        self.left: dict[int, int] = {}

    def apply(self, command: Command) -> Output:
        """Take it from the shelf, if it is there; the quantity, or `REFUSED`."""
        assert isinstance(command.value, int)
        left = self.left.get(command.key, self.stock) - command.value
        if left < 0:
            return REFUSED
        self.left[command.key] = left
        return command.value

    def look(self, command: Command) -> Output:
        """How many are left."""
        return self.left.get(command.key, self.stock)

    def forget(self) -> None:
        """All full."""
        self.left.clear()
