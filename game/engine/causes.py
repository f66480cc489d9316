"""The closed list of causes: why an operation, or an attempt, was not good.

Codes are stored in the Log, so their order is part of the engine's identity.
"""

from __future__ import annotations

from enum import IntEnum


class Cause(IntEnum):
    """What an operation or attempt came to. `NONE` is a good answer."""

    NONE = 0
    REFUSED = 1
    UNREACHABLE = 2
    LOST = 3
    QUEUE_FULL = 4
    SHED = 5
    RATE_LIMITED = 6
    BREAKER_OPEN = 7
    NO_TARGET = 8
    NO_LEADER = 9
    NO_QUORUM = 10
    WAITED_IN_QUEUE = 11
    SERVED_TOO_SLOWLY = 12
    DEPENDENCY = 13
    DIED_WITH_NODE = 14
    LATE_ANSWER = 15
    UNFINISHED = 16
    STALE = 17
    LOST_WRITE = 18
    DUPLICATE = 19
    OVERSOLD = 20
    WRONG_VALUE = 21

    @property
    def word(self) -> str:
        """The name that players, files and JSON use, for example `queue-full`."""
        return self.name.lower().replace("_", "-")


MEANINGS: dict[Cause, str] = {
    Cause.NONE: "answered in time, and right",
    Cause.REFUSED: "the machine is there, and refuses: its program is not, or will not have this",
    Cause.UNREACHABLE: "no message gets there: the machine is off or the way is cut",
    Cause.LOST: "a message was lost on the way",
    Cause.QUEUE_FULL: "the queue was full, so the request was turned away",
    Cause.SHED: "the service gave up this request to save others",
    Cause.RATE_LIMITED: "more requests than the limit allows",
    Cause.BREAKER_OPEN: "the circuit breaker was open: the caller did not even try",
    Cause.NO_TARGET: "the caller knew no machine that it would send to",
    Cause.NO_LEADER: "there was no leader to ask",
    Cause.NO_QUORUM: "too few replicas answered",
    Cause.WAITED_IN_QUEUE: "most of the time went by in a queue",
    Cause.SERVED_TOO_SLOWLY: "the work itself took too long",
    Cause.DEPENDENCY: "another service that was called did not answer well in time",
    Cause.DIED_WITH_NODE: "the machine died with the request inside",
    Cause.LATE_ANSWER: "a message was still on its way when the caller gave up",
    Cause.UNFINISHED: "the night ended before the answer",
    Cause.STALE: "the answer was older than promised",
    Cause.LOST_WRITE: "a write was acknowledged and then lost",
    Cause.DUPLICATE: "one request took effect twice",
    Cause.OVERSOLD: "more was sold than there was",
    Cause.WRONG_VALUE: "the answer was wrong",
}


def broken_meaning(cause: Cause) -> str:
    """What a cause says of an operation that was answered, and broke a promise all the same."""
    if cause == Cause.LATE_ANSWER:
        return "a segment of a film came when the player had nothing left to play"
    return MEANINGS[cause]
