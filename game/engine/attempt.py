"""What travels: operations, the calls that they lead to, and the attempts of each call.

operation  what a client asked for; is itself the call that the client makes
call       one logical request of a caller to a service: any number of attempts
attempt    one try at one node; on that node it is also the work in progress

These are made hundreds of thousands of times a run. So their classes have no `__init__`: the `new_`
functions set all fields, and the fast path sets them itself.
"""

from __future__ import annotations

from enum import IntEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol

from game.engine.log import AttemptKind
from game.engine.luck import DerivedLuck, Luck
from game.engine.streams import derived_luck

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.network import Route
    from game.engine.paths import Path
    from game.engine.station import Station, Step
    from game.engine.target import Target

NEVER = -1
"""The time of what did not happen."""
NEVER_EXPIRES = 1 << 62
"""The deadline of what has none."""
NO_FAULT = -1
"""The blame of what no fault caused."""
FORGED = 1 << 28
"""What attackers ask for has numbers from here on: (fault + 1) * FORGED, and on. It has no row
among the operations, since nobody asked for it."""


Origin = tuple[int, Any]
"""What a store has answered to a read: the station that did, and what it noted in the Log."""


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

    listener: Listener
    path: Path
    deadline_us: int
    """When whoever made the call stops waiting."""
    open: bool
    tries: int
    """Attempts so far, those that never left the caller included."""
    attempt: Attempt | None
    """The newest attempt."""
    extra: list[Attempt] | None
    """All attempts, from the second on."""
    decisive: Attempt | None
    """The last attempt that could still have met the deadline."""
    blame: int
    """The fault that the first failure is blamed on; what is tried again inherits it."""
    parent: Attempt | None
    key: int
    """0 while nothing on the way here was a retry or a hedge."""
    operation: Operation

    def hedges(self) -> int:
        """How many of its attempts were hedges."""
        return sum(attempt.kind == AttemptKind.HEDGE for attempt in self.extra or ())

    def answer(self) -> Attempt | None:
        """The attempt that brought the good answer which the call has this moment. Where a hedge
        leaves it open which answer came first: the one that was given first."""
        closed = [
            attempt
            for attempt in self.extra or (self.attempt,)
            if attempt is not None and not attempt.open and attempt.cause == 0
        ]
        served = [attempt for attempt in closed if attempt.served_us != NEVER]
        return min(served or closed, key=_served_us, default=None)

    def let_go(self) -> None:
        """Forget the attempts of a call that is over: what does not know each other any more is
        freed at once, without the collector."""
        self.attempt = self.decisive = self.extra = None

    def attempts_open(self) -> list[Attempt]:
        """The attempts that the caller still waits for, oldest first."""
        if self.extra is None:
            return [self.attempt] if self.attempt is not None and self.attempt.open else []
        return [attempt for attempt in self.extra if attempt.open]


class Operation(Call):
    """What a client asked for and what it got."""

    __slots__ = ("client", "data_key", "gathering", "invoked_us", "luck", "number", "user", "write")

    number: int
    invoked_us: int
    luck: tuple[float, ...]
    """One number for each slot of the plain path, then one for all that is derived."""
    data_key: int
    write: int
    """1 if it writes its key, 0 if it reads it."""
    gathering: Gathering | None
    client: int
    user: int

    @property
    def operation(self) -> Operation:  # type: ignore[override]
        """Itself. Not a field: an object that holds itself is freed by the collector alone."""
        return self


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
        "expects",
        "key",
        "kind",
        "leader",
        "luck",
        "open",
        "origin",
        "original",
        "path",
        "phase",
        "ready_us",
        "remaining_us",
        "result",
        "seen",
        "sent_us",
        "served_us",
        "slowed_by",
        "stamp_us",
        "started_us",
        "station",
        "step",
        "target",
        "twins",
        "waited_us",
    )

    call: Call
    caller: Caller
    target: Target | None
    kind: int
    key: int
    """0 on the plain path, else what its luck is derived from."""
    luck: Luck
    """One number for each slot of the path."""
    path: Path
    sent_us: int
    blame: int
    slowed_by: int
    """The fault that did something to the message that is under way."""
    open: bool
    phase: int
    arrived_us: int
    started_us: int
    served_us: int
    result: int
    """The answer: 0 is good, else a `Cause` code."""
    child: Call | Gathering | None
    twins: list[Attempt] | None
    """The other copies of a tied request. Set, if only to [], where somebody is to be told that
    the work begins."""
    waited_us: int
    """Time spent waiting for a core."""
    original: Attempt | None
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
    seen: int
    """Whose write it read at a copy; set only by that."""
    expects: int
    """Whose write it takes for the newest one of its key: set by a `call` that reads, for a later
    one that compares."""
    origin: Origin
    """What a store answered on its behalf; set only by a store, and where a cache wants to know."""
    stamp_us: int
    """What its sender's clock showed when it was sent; set only where somebody wants to know."""
    leader: int
    """Set with the cause `no-leader`: the place that the copy takes for the primary's, or -1."""

    def control_luck(self, salt: int) -> float:
        """The luck of a message about this attempt that is neither its request nor its answer."""
        return derived_luck(self.call.operation.luck[-1], self.key | 1, salt & 0xFFFF)


def begin_call(call: Call, listener: Listener, path: Path, deadline_us: int) -> None:
    """Set what every call begins with."""
    call.listener = listener
    call.path = path
    call.deadline_us = deadline_us
    call.open = True
    call.tries = 0
    call.attempt = call.decisive = call.parent = None
    call.extra = None
    call.blame = NO_FAULT
    call.key = 0


def new_call(listener: Listener, operation: Operation, path: Path, deadline_us: int) -> Call:
    """A call on behalf of an operation."""
    call = Call()
    begin_call(call, listener, path, deadline_us)
    call.operation = operation
    return call


def forger(operation: int) -> int:
    """The fault that forged an operation, by its number; `NO_FAULT` for an honest one."""
    return operation // FORGED - 1


def new_operation(
    listener: Listener,
    path: Path,
    deadline_us: int,
    number: int,
    invoked_us: int,
    luck: tuple[float, ...],
) -> Operation:
    """An operation of client 0 that reads key 0, until somebody says otherwise."""
    operation = Operation()
    begin_call(operation, listener, path, deadline_us)
    operation.number = number
    operation.invoked_us = invoked_us
    operation.luck = luck
    operation.client = operation.user = 0
    operation.data_key = operation.write = 0
    operation.gathering = None
    return operation


def new_attempt(
    call: Call, caller: Caller, target: Target | None, kind: int, key: int, sent_us: int
) -> Attempt:
    """An attempt that is about to leave its caller."""
    attempt = Attempt()
    attempt.call = call
    attempt.caller = caller
    attempt.target = target
    attempt.kind = kind
    attempt.key = key
    luck = call.operation.luck
    attempt.luck = DerivedLuck(luck[-1], key, call.path.slots) if key else luck
    attempt.path = call.path
    attempt.sent_us = sent_us
    attempt.blame = call.blame
    attempt.slowed_by = NO_FAULT
    attempt.open = True
    attempt.phase = TRAVELLING
    attempt.arrived_us = attempt.started_us = attempt.served_us = NEVER
    attempt.result = attempt.waited_us = 0
    attempt.child = None
    attempt.twins = None
    attempt.original = None
    return attempt


_served_us = attrgetter("served_us")


class Gathering:
    """Calls made at once, of which the first few good answers are enough."""

    __slots__ = ("calls", "failed", "good", "heard", "least", "listener", "needed", "open", "owner")

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
        self.heard: set[int] | None = None
        """Stations whose good answers came in time, where somebody wants to know."""
        self.open = True

    def let_go(self) -> None:
        """Forget calls and owner when it is over; see `Call.let_go`."""
        self.calls.clear()
        self.owner = None

    def call_done(self, call: Call, cause: int) -> None:
        """One of the calls ended."""
        if not self.open:
            return
        if cause == 0:
            self.good += 1
            if self.heard is not None:
                self.hear(call.answer())
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

    def hear(self, answer: Attempt | None) -> None:
        """A good answer has come from the station of an attempt."""
        if self.heard is not None and answer is not None:
            self.heard.add(answer.station.index)

    def settle_for_least(self) -> None:
        """From now on the smaller number of answers is enough."""
        self.needed = self.least
        if self.open and self.good >= self.needed:
            self._end(0, self.calls[0])

    def _end(self, cause: int, call: Call) -> None:
        self.open = False
        self.listener.gathered(self, cause, call)
