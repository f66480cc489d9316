"""The part of a journal that is committed: it can never be taken back, so it may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.replication.copies import note_read
from game.engine.workload.application import applied_of

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.log import Command
    from game.engine.replication.journal import Journal
    from game.engine.workload.application import Output

NOBODY_WROTE = -1


class Committed:
    """How far that goes, and what the service's application made of it. In memory: what is
    committed is learned anew after a crash."""

    __slots__ = ("applied", "journal", "length", "values")

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.length = 0
        self.values: dict[int, int] = {}
        """By key: the operation whose write is the last one."""
        self.applied = applied_of(journal.station)
        """The state machine of the application, if it has one."""

    def grow(self, length: int) -> None:
        """So many entries are committed."""
        for entry in self.journal.entries[self.length : length]:
            self.values[entry.key] = entry.operation
            if self.applied is not None:
                self.applied.apply(entry)
        self.length = length

    def forget(self) -> None:
        """Nothing is known to be committed."""
        self.length = 0
        self.values.clear()
        if self.applied is not None:
            self.applied.forget()

    def writer(self, key: int) -> int:
        """The operation whose write a read of the key returns, or -1 if it was never written."""
        return self.values.get(key, NOBODY_WROTE)

    def output(self, command: Command | None) -> Output:
        """What a read returns beside that, where there is a state machine."""
        if self.applied is None or command is None:
            return None
        return self.applied.machine.look(command)

    def answer_write(self, attempt: Attempt) -> None:
        """Write down what came of the write of an attempt, which is committed."""
        if self.applied is not None:
            self.applied.answer_write(attempt)

    def answer_read(self, attempt: Attempt) -> None:
        """Write down what a read is answered here and now."""
        note_read(attempt, self.writer(attempt.call.operation.data_key))
        if self.applied is not None:
            self.applied.answer_read(attempt)
