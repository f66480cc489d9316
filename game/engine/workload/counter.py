"""Counter: each key is a whole number, to which writes add one, or from which they subtract one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.log import Command
from game.engine.registry import REGISTRY
from game.level.annotations import Share

if TYPE_CHECKING:
    from game.engine.workload.application import Asked, Output

SUBTRACTS = 0
"""What luck is asked for."""


@REGISTRY.register(
    "application",
    "counter",
    says="each key is a number: a write adds one to it or subtracts one, a read returns it",
    codex="counter",
    causes=("lost-write", "duplicate"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Its promise: what was acknowledged is counted, and nothing is counted twice."""

    met_by: ClassVar[str] = "store"
    model: ClassVar[str] = "counter"
    """The model of its histories (`lab history --model`)."""

    subtracts: Share = 0.0
    """The share of writes that subtract one instead."""

    def command(self, asked: Asked) -> Command:
        """`add`, of 1 or -1, or `read`."""
        if not asked.write:
            return Command("read", asked.key)
        less = self.subtracts and asked.luck(SUBTRACTS) < self.subtracts
        return Command("add", asked.key, -1 if less else 1)

    def machine(self) -> Numbers:
        """All at 0."""
        return Numbers()


class Numbers:
    """A number for each key."""

    __slots__ = ("numbers",)

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}

    def apply(self, command: Command) -> Output:
        """Add; there is nothing to say."""
        assert isinstance(command.value, int)
        self.numbers[command.key] = self.numbers.get(command.key, 0) + command.value
        return None

    def look(self, command: Command) -> Output:
        """The number."""
        return self.numbers.get(command.key, 0)

    def forget(self) -> None:
        """All at 0."""
        self.numbers.clear()
