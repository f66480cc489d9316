"""Set: each key is a set of elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from game.engine.log import Command
from game.engine.registry import REGISTRY
from game.level.annotations import PositiveCount, Share

if TYPE_CHECKING:
    from game.engine.workload.application import Asked, Output

REMOVES, WHICH, ELEMENT = range(3)
"""What luck is asked for."""


@REGISTRY.register(
    "application",
    "set",
    says="each key is a set: a write puts something in or takes it out, a read returns all of it",
    codex="set",
    causes=("lost-write", "duplicate"),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """What is put in is the operation's own number, or one of some `elements`; what is taken out is
    something that its user has seen in it, so only users of a closed loop take anything out. Its
    promise: an acknowledged write takes effect, and none takes effect twice."""

    met_by: ClassVar[str] = "store"
    model: ClassVar[str] = "set"
    """The model of its histories (`lab history --model`)."""

    removes: Share = 0.0
    """The share of writes that take something out, where their user knows of something."""
    elements: PositiveCount | None = None
    """How many elements there are, which then come again; default: each is new."""

    def command(self, asked: Asked) -> Command:
        """`add`, `remove` or `read`."""
        if not asked.write:
            return Command("read", asked.key)
        seen = asked.seen.get(asked.key)
        if self.removes and isinstance(seen, frozenset) and asked.luck(REMOVES) < self.removes:
            known = sorted(seen)
            if known:
                gone = known[int(asked.luck(WHICH) * len(known))]
                return Command("remove", asked.key, gone)
        if self.elements is not None:
            return Command("add", asked.key, int(asked.luck(ELEMENT) * self.elements))
        return Command("add", asked.key, asked.number)

    def machine(self) -> Sets:
        """All empty."""
        return Sets()


class Sets:
    """A set for each key."""

    __slots__ = ("sets",)

    def __init__(self) -> None:
        self.sets: dict[int, frozenset[int]] = {}

    def apply(self, command: Command) -> Output:
        """Put in or take out; there is nothing to say."""
        assert isinstance(command.value, int)
        before = self.sets.get(command.key, frozenset())
        one = frozenset((command.value,))
        self.sets[command.key] = before | one if command.function == "add" else before - one
        return None

    def look(self, command: Command) -> Output:
        """All elements."""
        return self.sets.get(command.key, frozenset())

    def forget(self) -> None:
        """All empty."""
        self.sets.clear()
