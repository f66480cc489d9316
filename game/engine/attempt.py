"""What travels: operations, the calls that they lead to, and the attempts of each call.

operation  what a client asked for; is itself the call that the client makes
call       one logical request of a caller to a service: any number of attempts
attempt    one try at one node; on that node it is also the work in progress
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.log import AttemptKind
from game.engine.streams import derived_luck

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.network import Route
    from game.engine.paths import Path
    from game.engine.station import Station, Step
    from game.engine.target import Target

NEVER = -1
"""The time of what did not happen."""
NO_FAULT = -1
"""The blame of what no fault caused."""


class Phase(IntEnum):
    """Where an attempt is, as only the engine knows it."""

    TRAVELLING = 0
    QUEUED = 1
    """Waits for a worker of the station."""
    READY = 2
    """Has a worker and waits for a core."""
    RUNNING = 3
    """Has a core."""
    WAITING = 4
    """In a `wait` step: a worker, no core."""
    BLOCKED = 5
    """Waits for the answer to a call of its own."""
    ANSWERED = 6
    """Left the node; the answer may still be on its way."""
    GONE = 7
    """Nothing of it is left anywhere but at its caller: lost, killed or cancelled."""


TRAVELLING, QUEUED, READY, RUNNING, WAITING, BLOCKED, ANSWERED, GONE = map(int, Phase)


class Listener(Protocol):
    """Whoever made a call is told once how it ended."""

    def call_done(self, call: Call, cause: int) -> None:
        """`cause` is a `Cause` code; 0 is a good answer."""
        ...


class Luck(Protocol):
    """Uniform numbers in [0, 1), one for each slot."""

    def __getitem__(self, slot: int, /) -> float: ...


class DerivedLuck:
    """The luck of a retry, a hedge, and all behind one: it belongs to (operation, key, slot)."""

    __slots__ = ("key", "operation_luck")

    def __init__(self, operation_luck: float, key: int) -> None:
        self.operation_luck = operation_luck
        self.key = key

    def __getitem__(self, slot: int, /) -> float:
        return derived_luck(self.operation_luck, self.key, slot)


class Call:
    """One logical request of a caller to a service."""

    __slots__ = (
        "attempt",
        "blame",
        "deadline_us",
        "decisive",
        "extra",
        "key",
        "listener",
        "open",
        "operation",
        "parent",
        "path",
        "tries",
    )

    def __init__(self, listener: Listener, path: Path, deadline_us: int) -> None:
        self.listener = listener
        self.path = path
        self.deadline_us = deadline_us
        """When whoever made the call stops waiting."""
        self.open = True
        self.tries = 0
        """Attempts so far, those that never left the caller included."""
        self.attempt: Attempt | None = None
        """The newest attempt."""
        self.extra: list[Attempt] | None = None
        """All attempts, from the second on."""
        self.decisive: Attempt | None = None
        """The last attempt that could still have met the deadline."""
        self.blame = NO_FAULT
        """The fault that the first failure is blamed on; what is tried again inherits it."""
        self.parent: Attempt | None = None
        self.key = 0
        """0 while nothing on the way here was a retry or a hedge."""

    operation: Operation

    def hedges(self) -> int:
        """How many of its attempts were hedges."""
        return sum(attempt.kind == AttemptKind.HEDGE for attempt in self.extra or ())

    def attempts_open(self) -> list[Attempt]:
        """The attempts that the caller still waits for, oldest first."""
        if self.extra is None:
            return [self.attempt] if self.attempt is not None and self.attempt.open else []
        return [attempt for attempt in self.extra if attempt.open]


class Operation(Call):
    """What a client asked for and what it got."""

    __slots__ = ("client", "data_key", "gathering", "invoked_us", "luck", "number", "user", "write")

    def __init__(
        self,
        listener: Listener,
        path: Path,
        deadline_us: int,
        number: int,
        invoked_us: int,
        luck: list[float],
    ) -> None:
        # Written out instead of calling Call.__init__: this runs once for every operation.
        self.listener = listener
        self.path = path
        self.deadline_us = deadline_us
        self.open = True
        self.tries = 0
        self.attempt = None
        self.extra = None
        self.decisive = None
        self.blame = NO_FAULT
        self.parent = None
        self.key = 0
        self.operation = self
        self.number = number
        self.invoked_us = invoked_us
        self.luck = luck
        """One uniform number for each slot of the plain path, then one for all that is derived."""
        self.data_key = 0
        self.write = 0
        """1 if it writes its key, 0 if it reads it."""
        self.gathering: Gathering | None = None

    client: int
    user: int


class Attempt:
    """One try of a call at one node."""

    __slots__ = (
        "accepted",
        "arrived_us",
        "back",
        "blame",
        "call",
        "caller",
        "cause",
        "child",
        "connected",
        "due_us",
        "ended_us",
        "key",
        "kind",
        "leader",
        "luck",
        "open",
        "original",
        "path",
        "phase",
        "ready_us",
        "remaining_us",
        "result",
        "sent_us",
        "served_us",
        "slowed_by",
        "started_us",
        "station",
        "step",
        "target",
        "twins",
        "waited_us",
    )

    def __init__(
        self, call: Call, caller: Caller, target: Target | None, kind: int, key: int, sent_us: int
    ) -> None:
        self.call = call
        self.caller = caller
        self.target = target
        self.kind = kind
        self.key = key
        luck = call.operation.luck
        self.luck: Luck = DerivedLuck(luck[-1], key) if key else luck
        """One uniform number for each slot of the path."""
        self.path = call.path
        self.sent_us = sent_us
        self.blame = call.blame
        self.slowed_by = NO_FAULT
        """The fault that did something to the message that is under way."""
        self.open = True
        self.phase = TRAVELLING
        self.arrived_us = NEVER
        self.started_us = NEVER
        self.served_us = NEVER
        self.result = 0
        """The answer: 0 is good, else a `Cause` code."""
        self.child: Call | Gathering | None = None
        self.twins: list[Attempt] | None = None
        """The other copies of a tied request. Set, if only to [], where somebody is to be told that
        the work begins."""
        self.waited_us = 0
        """Time spent waiting for a core."""
        self.original: Attempt | None = None
        """Set on a copy that the network made."""

    station: Station
    back: Route
    step: Step
    """The step that it is in."""
    due_us: int
    """When the step in progress is over; entries of the queue that say otherwise are stale."""
    remaining_us: int
    ready_us: int
    """When it began to wait for a core."""
    ended_us: int
    cause: int
    connected: bool
    """The node accepted the connection; set only where the caller has a connect timeout."""
    accepted: bool
    """The caller knows that."""
    leader: int
    """Set with the cause `no-leader`: the place that the copy takes for the primary's, or -1."""


class Gathering:
    """Calls made at once, of which the first few good answers are enough."""

    __slots__ = ("calls", "failed", "good", "least", "listener", "needed", "open", "owner")

    def __init__(self, listener: Any, owner: Any, needed: int) -> None:
        self.listener = listener
        """Has `gathered(gathering, cause)`."""
        self.owner = owner
        """The operation or the attempt on whose behalf the calls are made."""
        self.needed = needed
        self.least = needed
        """Answers that are enough if no more can come."""
        self.calls: list[Call] = []
        self.good = 0
        self.failed = 0
        self.open = True

    def call_done(self, call: Call, cause: int) -> None:
        """One of the calls ended."""
        if not self.open:
            return
        if cause == 0:
            self.good += 1
            if self.good == self.needed or (
                self.failed and self.good + self.failed == len(self.calls)
            ):
                self._end(0, call)
        else:
            self.failed += 1
            if self.failed > len(self.calls) - self.least:
                self._end(cause, call)
            elif self.good + self.failed == len(self.calls):
                self._end(0, call)

    def settle_for_least(self) -> None:
        """From now on the smaller number of answers is enough."""
        self.needed = self.least
        if self.open and self.good >= self.needed:
            self._end(0, self.calls[0])

    def _end(self, cause: int, call: Call) -> None:
        self.open = False
        self.listener.gathered(self, cause, call)
