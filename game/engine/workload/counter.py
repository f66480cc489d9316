"""Counter: each key is a whole number, to which writes add one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.log import Command
from game.engine.registry import REGISTRY

if TYPE_CHECKING:
    from game.engine.workload.application import Asked, Output


@REGISTRY.register(
    "application",
    "counter",
    says="each key is a number: a write adds one to it, a read returns it",
    codex="counter",
    causes=("lost-write", "duplicate"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Its promise: what was acknowledged is counted, and nothing is counted twice. No
    parameters."""

    met_by: ClassVar[str] = "store"
    model: ClassVar[str] = "counter"
    """The model of its histories (`lab history --model`)."""

    def command(self, asked: Asked) -> Command:
        """`add` or `read`."""
        return Command("add", asked.key, 1) if asked.write else Command("read", asked.key)

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
