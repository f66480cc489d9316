"""What a coordinator remembers of one operation: the question that is out, and the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from game.engine.attempt import NEVER, NO_FAULT
from game.engine.replication.journal import Key
from game.engine.replication.quorum_versions import NOTHING

if TYPE_CHECKING:
    from game.engine.attempt import Attempt
    from game.engine.replication.quorum_siblings import Kept


class Round:
    """What one operation is waiting for."""

    __slots__ = (
        "answers",
        "asked",
        "asked_us",
        "attempts",
        "blame",
        "done",
        "homes",
        "key",
        "look_us",
        "open",
        "question",
        "storing",
        "version",
        "write",
    )

    def __init__(self, attempt: Attempt, homes: tuple[int, ...]) -> None:
        operation = attempt.call.operation
        self.question = NEVER
        """Number of the question that is out; answers to an earlier one mean nothing."""
        self.asked_us = NEVER
        self.attempts = [attempt]
        self.key = operation.data_key
        self.homes = homes
        """The replicas of its key."""
        self.asked = homes
        """Those of them that the question was put to."""
        self.write: Key | None = None
        """Which write it is; None for a read."""
        self.version: Kept = NOTHING
        """What is to be stored."""
        self.storing = False
        self.answers: dict[int, Kept] = {}
        """By replica: what it has, or what it stored."""
        self.open = True
        self.done = False
        """The attempts have gone on; there may still be something to repair."""
        self.blame = NO_FAULT
        """The fault that stood in the way when the question was sent."""
        self.look_us = NEVER
        """When the stamp that it waits out should be over."""
