"""Events: a history as it is recorded, one line for each beginning and each end of an operation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from game.score.consistency.history import Value


class EventType(StrEnum):
    """What an event tells, in Jepsen's words."""

    INVOKE = "invoke"
    OK = "ok"
    FAIL = "fail"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Event:
    """A client began an operation, or heard of its end."""

    type: EventType
    process: int
    function: str
    value: Value
    offset: int
    """Where it is in its text."""
    key: Value = None
    keyed: bool = False
    """It names its key by itself, and not in its value."""
    time_us: int | None = None


MOST_EVENTS = 500_000
