"""What the engine knows of an attempt and its caller does not: why there is no answer."""

from __future__ import annotations

from game.engine.attempt import (
    ANSWERED,
    BLOCKED,
    GONE,
    NEVER,
    NO_FAULT,
    QUEUED,
    READY,
    TRAVELLING,
    Attempt,
    Call,
    Gathering,
)
from game.engine.causes import Cause
from game.engine.node import State


def diagnose(attempt: Attempt) -> int:
    """Why an attempt that is given up now has no answer. Settles its blame, too.

    It is where the attempt was lost, or else what took the longest: waiting for a worker or a
    core, the work itself (or a call that it made), or the way.
    """
    phase = attempt.phase
    if phase == GONE:
        return attempt.result or _diagnose_dropped(attempt)
    now = attempt.caller.kernel.now
    node = attempt.station.node
    if phase == TRAVELLING:
        if node.state == State.PAUSED:
            blame(attempt, node.blame)
            return Cause.WAITED_IN_QUEUE
        blame(attempt, attempt.slowed_by)
        return Cause.LATE_ANSWER
    if attempt.started_us == NEVER:
        waited_us, served_us = now - attempt.arrived_us, 0
        if phase == ANSWERED:
            return attempt.result or Cause.LATE_ANSWER
    else:
        left_us = attempt.served_us if attempt.served_us != NEVER else now
        waited_us = attempt.started_us - attempt.arrived_us + attempt.waited_us
        if phase == READY:
            waited_us += now - attempt.ready_us
        served_us = left_us - attempt.arrived_us - waited_us
    travelled_us = now - attempt.sent_us - waited_us - served_us
    if phase == QUEUED or waited_us >= max(served_us, travelled_us):
        blame(attempt, attempt.station.blame)
        blame(attempt, node.blame)
        return Cause.WAITED_IN_QUEUE
    if phase == ANSWERED and attempt.result:
        return attempt.result
    if travelled_us > served_us:
        blame(attempt, attempt.slowed_by)
        return Cause.LATE_ANSWER
    if phase == BLOCKED and hasattr(attempt.step, "asks_for"):
        asking = attempt.step.asks_for(attempt)
        if asking.child is None:
            blame(attempt, node.blame)
            return Cause.SERVED_TOO_SLOWLY
        blame(attempt, _blame_of(asking.child))
        return Cause.DEPENDENCY
    if phase == BLOCKED and attempt.child is None:
        copy = attempt.station.copy
        assert copy is not None, "an attempt waits for nothing"
        blame(attempt, copy.held_by())
        return Cause.NO_QUORUM
    if phase == BLOCKED:
        blame(attempt, _blame_of(attempt.child))
        return Cause.DEPENDENCY
    blame(attempt, node.blame)
    return Cause.SERVED_TOO_SLOWLY


def _diagnose_dropped(attempt: Attempt) -> int:
    """A tied attempt was dropped because its twin had begun: what became of that one."""
    for twin in attempt.twins or ():
        if twin.phase == GONE and not twin.result:
            continue
        cause = diagnose(twin) if twin.open else twin.cause
        blame(attempt, twin.blame)
        return cause or Cause.LATE_ANSWER
    return Cause.LATE_ANSWER


def blame(attempt: Attempt, fault: int) -> None:
    """Blame a fault for an attempt, unless another one is blamed already."""
    if attempt.blame == NO_FAULT:
        attempt.blame = fault


def _blame_of(child: Call | Gathering | None) -> int:
    """The fault that a call which is under way is held up by, as far as that is known."""
    if isinstance(child, Gathering):
        child = next((call for call in child.calls if call.open), None)
    if child is None or child.attempt is None:
        return NO_FAULT
    inner = child.attempt
    if inner.open:
        diagnose(inner)
    return inner.blame if inner.blame != NO_FAULT else child.blame
