"""Verdicts: what a checker says of a history, and the bounds within which it must say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from game.score.consistency.history import History, Operation


class Answer(StrEnum):
    """Whether a history keeps a promise."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    """A bound was hit first: nothing is said."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a checker found."""

    answer: Answer
    operations: int
    """How many the history has."""
    reason: str = ""
    """One sentence: what is wrong, or which bound was hit."""
    witness: tuple[Operation, ...] = ()
    """Operations that cannot have happened together as the promise says, in order of their
    invocations. The other operations cannot excuse them."""

    @property
    def valid(self) -> bool:
        """The promise was kept."""
        return self.answer is Answer.VALID

    @property
    def invalid(self) -> bool:
        """The promise was broken."""
        return self.answer is Answer.INVALID


def valid(history: History) -> Verdict:
    """The promise was kept."""
    return Verdict(Answer.VALID, len(history))


def invalid(history: History, reason: str, witness: Iterable[Operation]) -> Verdict:
    """The promise was broken, as the witness shows; an operation may be given more than once."""
    seen = {operation.number: operation for operation in witness}
    inorder = sorted(seen.values(), key=lambda operation: operation.invoked)
    return Verdict(Answer.INVALID, len(history), reason, tuple(inorder))


def unknown(history: History, reason: str) -> Verdict:
    """A bound was hit."""
    return Verdict(Answer.UNKNOWN, len(history), reason)


class OutOfBounds(Exception):
    """A bound was hit; the message is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a search may take. Steps stand for time, so that a verdict is the same anywhere."""

    steps: int = 600_000
    memory_bytes: int = 400 << 20
    """Of what a search remembers, as far as it can be estimated."""
    shrink_steps: int = 150_000
    """For making a witness smaller."""


class Budget:
    """What is left of the bounds of a search."""

    __slots__ = ("_bounds", "bytes_left", "steps_left")

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self.steps_left = bounds.steps
        self.bytes_left = bounds.memory_bytes

    @property
    def steps_first(self) -> int:
        """The steps that there were at first."""
        return self._bounds.steps

    def step(self, count: int = 1) -> None:
        """Take steps. Raises `OutOfBounds`."""
        self.steps_left -= count
        if self.steps_left < 0:
            raise OutOfBounds(f"the search was given up after {self._bounds.steps:,} steps")

    def remember(self, size_bytes: int) -> None:
        """Take memory. Raises `OutOfBounds`."""
        self.bytes_left -= size_bytes
        if self.bytes_left < 0:
            mebibytes = self._bounds.memory_bytes >> 20
            raise OutOfBounds(f"the search was given up when it needed more than {mebibytes} MiB")

    def part(self, steps: int) -> Budget:
        """A budget of its own for one of many tries: so many steps at most, and no more than are
        left; `spend` takes them off. Raises `OutOfBounds` where none are left."""
        self.step()
        bounds = Bounds(steps=min(steps, self.steps_left), memory_bytes=self._bounds.memory_bytes)
        return Budget(bounds)

    def spend(self, part: Budget) -> None:
        """What a part took, this one has no more."""
        self.steps_left -= part._bounds.steps - max(0, part.steps_left)

    def forget_all(self) -> None:
        """What was remembered is not needed any more."""
        self.bytes_left = self._bounds.memory_bytes


def tell(operation: Operation) -> str:
    """The operation in a few words: who asked for what, and what came of it."""
    words = [f"process {operation.process}:", operation.function]
    if operation.key is not None:
        words.append(f"key {show(operation.key)}")
    if operation.input is not None:
        words.append(show(operation.input))
    if operation.ok and (operation.input is None or operation.output is not None):
        words.append(f"-> {show(operation.output)}")
    elif not operation.ok:
        words.append("failed" if operation.completed is not None else "never known to have ended")
    return " ".join(words)


def show(value: object) -> str:
    """A value as people read it, cut short if it is long."""
    text = "nil" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:28]} ... {text[-28:]}"
