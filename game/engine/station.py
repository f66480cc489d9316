"""Stations: a service on one node, with its workers, its queue, and what it turns away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from game.engine.attempt import (
    ANSWERED,
    BLOCKED,
    GONE,
    NEVER,
    NO_FAULT,
    QUEUED,
    READY,
    RUNNING,
    TRAVELLING,
    Attempt,
    Call,
)
from game.engine.causes import Cause
from game.engine.held import Held
from game.engine.log import MessageKind
from game.engine.luck import Purpose
from game.engine.network import CONTROL_BYTES
from game.engine.node import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from game.engine.node import Node
    from game.engine.replication.copies import Copy
    from game.engine.world import World


class Queue(Protocol):
    """What waits for a worker. A plain `deque` serves for first in, first out."""

    def append(self, attempt: Attempt, /) -> None: ...
    def popleft(self) -> Attempt:
        """The next attempt to serve; only called while the queue is not empty."""
        ...

    def remove(self, attempt: Attempt, /) -> None: ...
    def clear(self) -> None: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Attempt]: ...


class Guard(Protocol):
    """A mechanism that may turn requests away at the door of a station."""

    def refuse(self, attempt: Attempt) -> int:
        """A `Cause` code, or 0 to let the attempt in."""
        ...

    def left(self, attempt: Attempt) -> None:
        """An attempt is over here, in whatever way; also one that a guard turned away."""
        ...

    def forget(self) -> None:
        """The node crashed."""
        ...


class KeyMemory(Protocol):
    """What a station remembers of requests that carry an idempotency key."""

    def knows(self, attempt: Attempt) -> bool:
        """True if the attempt is a repetition, which is answered from memory, now or later.

        False makes it the one that does the work.
        """
        ...

    def left(self, attempt: Attempt) -> None:
        """An attempt is over here: complete if it has a `served_us`."""
        ...

    def drop(self, attempt: Attempt) -> bool:
        """Nobody waits for an attempt in the queue; False if it is no repetition that waits."""
        ...

    def waiting(self) -> list[Attempt]:
        """The repetitions that wait for work in progress."""
        ...

    def forget(self) -> None:
        """The node crashed."""
        ...


class Step(Protocol):
    """One step of a service, on one station."""

    next: Callable[[Attempt], object]
    """The start of the next step, or the end of the work."""
    position: int

    def start(self, attempt: Attempt) -> None:
        """Begin the step for an attempt that holds a worker."""
        ...

    def stop(self, attempt: Attempt) -> None:
        """The attempt is killed or cancelled while it is in this step."""
        ...


class Station:
    """A service on one node: `workers` attempts are inside, the others wait in the queue."""

    __slots__ = (
        "begin",
        "blame",
        "copy",
        "gear",
        "guards",
        "index",
        "inside",
        "kernel",
        "keyed",
        "load",
        "name",
        "node",
        "pushed",
        "queue",
        "queue_bound",
        "rescue",
        "steps",
        "strict",
        "taking",
        "workers",
        "world",
    )

    steps: tuple[Step, ...]
    begin: Callable[[Attempt], object]
    """The start of the first step; without steps, the end of the work."""

    def __init__(
        self, world: World, index: int, name: str, node: Node, workers: int, queue_bound: int
    ) -> None:
        self.world = world
        self.kernel = world.kernel
        self.index = index
        self.name = name
        self.node = node
        self.workers = workers
        self.queue: Queue
        self.queue_bound = queue_bound
        self.inside: dict[Attempt, None] = {}
        self.guards: tuple[Guard, ...] = ()
        self.gear: dict[str, Any] = {}
        """Those of the service itself, by its field."""
        self.keyed: KeyMemory | None = None
        """The memory of idempotency keys, where the service has one."""
        self.copy: Copy | None = None
        """The store, where the service has one."""
        self.rescue: Callable[[Attempt, int], bool] | None = None
        """Told of what is about to fail with a cause; whether it has answered instead."""
        self.strict = False
        """There are guards or a memory of keys."""
        self.blame = NO_FAULT
        """The fault that began the present backlog."""
        self.pushed: Held[Any] = Held()
        """What faults have set instead of the service's own settings, by fault, newest last."""
        self.taking = False
        self.load = world.log.load if world.log.traced else None

    def chain(
        self,
        answer: Callable[[Attempt], object],
        start_of: Callable[[Step], Callable[[Attempt], object]],
    ) -> None:
        """Tell each step what comes after it; in the end, the answer."""
        then = answer
        for step in self.steps:
            if hasattr(step, "closes"):
                then = step.closes(then)
        for position in range(len(self.steps) - 1, -1, -1):
            step = self.steps[position]
            step.position = position
            step.next = then
            then = start_of(step)
        self.begin = then

    # In

    def deliver(self, attempt: Attempt) -> None:
        """A request arrives."""
        if self.node.state or attempt.phase:
            self._deliver_to_absent(attempt)
            return
        attempt.arrived_us = now = self.kernel.now
        if (self.strict or attempt.caller.demanding) and self._met_at_the_door(attempt, now):
            return
        inside = self.inside
        if len(inside) < self.workers:
            inside[attempt] = None
            attempt.started_us = now
            if self.load is not None:
                self._note_load()
            if attempt.twins is not None:
                self._tell_twins(attempt)
            self.begin(attempt)
        elif len(self.queue) < self.queue_bound:
            if not self.queue:
                self.blame = self.backlog_blame(attempt)
            if attempt.blame == NO_FAULT:
                attempt.blame = self.blame
            attempt.phase = QUEUED
            self.queue.append(attempt)
            if self.load is not None:
                self._note_load()
        else:
            if attempt.blame == NO_FAULT:
                attempt.blame = self.blame
            if attempt.blame == NO_FAULT and self.pushed:
                # Without room to wait, no backlog ever begins.
                attempt.blame = self.backlog_blame(attempt)
            self.left(attempt)
            self.refuse(attempt, Cause.QUEUE_FULL)

    def _met_at_the_door(self, attempt: Attempt, now_us: int) -> bool:
        """Whether a request is answered, turned away or dropped before it needs a worker."""
        caller = attempt.caller
        if caller.connect_us is not None:
            self._accept(attempt)
        if caller.propagates and caller.expired(attempt, now_us):
            self.lose(attempt, Cause.LATE_ANSWER)
            return True
        if self.keyed is not None and caller.keyed and self.keyed.knows(attempt):
            return True
        for guard in self.guards:
            cause = guard.refuse(attempt)
            if cause:
                if attempt.blame == NO_FAULT:
                    attempt.blame = self.blame
                if attempt.blame == NO_FAULT:
                    attempt.blame = self.backlog_blame(attempt)
                self.left(attempt)
                self.refuse(attempt, cause)
                return True
        return False

    def _deliver_to_absent(self, attempt: Attempt) -> None:
        """A request arrives at a node that is not up, or after it was cancelled on the way."""
        if attempt.phase == GONE:
            return
        node = self.node
        if node.state == State.PAUSED:
            if attempt.blame == NO_FAULT:
                attempt.blame = node.blame
            if not node.hold(self.deliver, attempt):
                self.lose(attempt, Cause.LOST)
            elif attempt.caller.connect_us is not None:
                self._accept(attempt)
            return
        attempt.blame = node.blame
        if node.state == State.DOWN:
            self.refuse(attempt, Cause.REFUSED)
        else:
            self.lose(attempt, Cause.UNREACHABLE)

    def _accept(self, attempt: Attempt) -> None:
        """The node's kernel accepts the connection; also in a pause, once."""
        # The caller may have a connect timeout only since it sent this one.
        if getattr(attempt, "connected", False):
            return
        attempt.connected = True
        salt = attempt.caller.salt(attempt, Purpose.ACCEPT)
        attempt.back.carry(
            attempt.back.latency_us(attempt.control_luck(salt)),
            salt,
            attempt.caller.accepted,
            attempt,
            MessageKind.ACCEPT,
            attempt.call.operation.number,
            attempt.kind,
            size_bytes=CONTROL_BYTES,
        )

    def backlog_blame(self, attempt: Attempt) -> int:
        """The fault that a backlog which begins now, with this attempt, is to be blamed on.

        In order: what the attempt brings with it, what works on this node or set what it has room
        for, what the work inside waits for, what its caller suffers from elsewhere, and what raises
        the load.
        """
        if attempt.blame != NO_FAULT:
            return attempt.blame
        if self.node.blame != NO_FAULT:
            return self.node.blame
        if self.pushed:
            newest: int = next(reversed(self.pushed))
            return newest
        for other in self.inside:
            if other.phase == BLOCKED and isinstance(other.child, Call):
                inner = other.child.attempt
                if inner is not None and inner.target is not None:
                    station = inner.station
                    for blame in (inner.blame, station.blame, station.node.blame):
                        if blame != NO_FAULT:
                            return blame
            break
        return attempt.caller.suspect()

    # Out

    def finish(self, attempt: Attempt) -> None:
        """The last step is done: answer, and take the next attempt from the queue."""
        attempt.served_us = self.kernel.now
        self._answer(attempt)
        self.release(attempt)

    def fail(self, attempt: Attempt, cause: int) -> None:
        """The work cannot be completed: answer with a cause."""
        if self.rescue is not None and self.rescue(attempt, cause):
            return
        attempt.result = cause
        self._answer(attempt)
        self.release(attempt)

    def recall(self, attempt: Attempt) -> None:
        """Answer a repetition from memory: no worker, no core, no time."""
        self._answer(attempt)

    def _answer(self, attempt: Attempt) -> None:
        attempt.phase = ANSWERED
        route = attempt.back
        if route.plain:
            route.push(attempt.path.answer_us(attempt.luck, route), attempt.caller.answer, attempt)
        else:
            self._carry_answer(attempt, MessageKind.ANSWER)
        if not attempt.open:
            attempt.caller.record_abandoned(attempt)

    def _carry_answer(self, attempt: Attempt, kind: MessageKind) -> None:
        route = attempt.back
        salt = attempt.caller.salt(attempt, Purpose.ANSWER)
        fate, _ = route.carry(
            attempt.path.answer_us(attempt.luck, route),
            salt,
            attempt.caller.answered,
            attempt,
            kind,
            attempt.call.operation.number,
            attempt.kind,
        )
        if route.touched != NO_FAULT:
            attempt.slowed_by = route.touched
        if fate:
            attempt.blame = route.touched
            self._vanish(attempt, Cause.UNREACHABLE if fate == 2 else Cause.LOST)

    def refuse(self, attempt: Attempt, cause: int) -> None:
        """Turn a request away; the answer crosses the network as any other."""
        attempt.result = cause
        attempt.phase = ANSWERED
        if attempt.back.plain:
            self._answer(attempt)
        else:
            self._carry_answer(attempt, MessageKind.REFUSAL)
            if not attempt.open:
                attempt.caller.record_abandoned(attempt)

    def release(self, attempt: Attempt) -> None:
        """The attempt leaves the station; its worker takes the next one."""
        del self.inside[attempt]
        if self.strict:
            self.left(attempt)
        if self.queue:
            self.take()
        elif self.load is not None:
            self._note_load()

    def take(self) -> None:
        """Give workers that are free to the next in the queue."""
        if self.taking:
            # Work ended in the instant in which it began: the loop below takes the next.
            return
        self.taking = True
        now = self.kernel.now
        while self.queue and len(self.inside) < self.workers:
            attempt = self.queue.popleft()
            if not self.queue:
                self.blame = NO_FAULT
            if attempt.caller.expired(attempt, now):
                self.left(attempt)
                self.lose(attempt, Cause.WAITED_IN_QUEUE)
                continue
            self.inside[attempt] = None
            attempt.started_us = now
            if attempt.twins is not None:
                self._tell_twins(attempt)
            self.begin(attempt)
        self.taking = False
        if self.load is not None:
            self._note_load()

    def _tell_twins(self, attempt: Attempt) -> None:
        """Work begins here: tell the nodes that have a copy of a tied request to drop it.

        (Dean and Barroso, The Tail at Scale, CACM 2013, "Tied requests".) A caller that wants to
        know is told, too.
        """
        if attempt.caller.begun is not None:
            self._tell_caller(attempt.caller.begun, attempt)
        for twin in attempt.twins or ():
            route = self.world.control_route(self.node.place, twin.station.node.place)
            salt = attempt.caller.salt(attempt, Purpose.TWIN)
            route.carry(
                route.latency_us(attempt.control_luck(salt)),
                salt,
                twin.station.drop_waiting,
                twin,
                MessageKind.CANCEL,
                attempt.call.operation.number,
                attempt.kind,
            )

    def _tell_caller(self, begun: Callable[[Attempt], object], attempt: Attempt) -> None:
        salt = attempt.caller.salt(attempt, Purpose.BEGUN)
        attempt.back.carry(
            attempt.back.latency_us(attempt.control_luck(salt)),
            salt,
            begun,
            attempt,
            MessageKind.BEGUN,
            attempt.call.operation.number,
            attempt.kind,
            size_bytes=CONTROL_BYTES,
        )

    def left(self, attempt: Attempt) -> None:
        """Tell the guards and the memory that an attempt is over."""
        for guard in self.guards:
            guard.left(attempt)
        if self.keyed is not None:
            self.keyed.left(attempt)

    # What ends without an answer

    def lose(self, attempt: Attempt, cause: int) -> None:
        """Nothing of the attempt is left here, and its caller hears nothing of it."""
        self._vanish(attempt, cause)
        if not attempt.open:
            attempt.caller.record_abandoned(attempt)

    def _vanish(self, attempt: Attempt, cause: int) -> None:
        attempt.phase = GONE
        attempt.result = cause

    def crash(self, fault: int) -> None:
        """The node crashed: queued and running work dies."""
        dead = [*self.inside, *self.queue]
        if self.keyed is not None:
            dead += self.keyed.waiting()
        stopped = [(attempt, attempt.phase) for attempt in dead]
        self.queue.clear()
        self.inside.clear()
        self.blame = NO_FAULT
        for guard in self.guards:
            guard.forget()
        if self.keyed is not None:
            self.keyed.forget()
        for attempt, phase in stopped:
            attempt.blame = fault
            attempt.due_us = NEVER
            if phase == BLOCKED:
                attempt.step.stop(attempt)
            self._die(attempt)
        if self.load is not None:
            self._note_load()

    def _die(self, attempt: Attempt) -> None:
        """Silence from a dead host; from a dead process its kernel closes the connection."""
        if self.node.crashes and any(self.node.crashes.values()):
            self.lose(attempt, Cause.DIED_WITH_NODE)
        else:
            self.refuse(attempt, Cause.DIED_WITH_NODE)

    def drop_waiting(self, attempt: Attempt) -> None:
        """Word arrives that nobody needs it, unless it was begun here: drop it if it waits."""
        if self.node.is_away(self.drop_waiting, attempt):
            return
        if attempt.phase in (TRAVELLING, QUEUED) and attempt.station is self:
            self._drop(attempt)

    def _drop(self, attempt: Attempt) -> None:
        """Forget an attempt that is in the queue, or that its cancellation has overtaken."""
        if attempt.phase == QUEUED:
            if self.keyed is None or not self.keyed.drop(attempt):
                self.queue.remove(attempt)
                self.left(attempt)
            if self.load is not None:
                self._note_load()
        self.lose(attempt, Cause.NONE)

    def drop_ready(self, attempt: Attempt) -> None:
        """Nobody waits any more for an attempt that has a worker and waits for a core."""
        self.lose(attempt, Cause.WAITED_IN_QUEUE)
        self.release(attempt)

    def called_off(self, attempt: Attempt) -> None:
        """The caller's word that nobody waits any more arrives: for work here, or for what this
        station handed on, to which it passes the word on."""
        station = attempt.station
        if station is self:
            if attempt.caller.cancels == "waiting":
                self.drop_waiting(attempt)
            else:
                self.cancel(attempt)
        elif not self.node.is_away(self.called_off, attempt):
            route = self.world.control_route(self.node.place, station.node.place)
            salt = attempt.caller.salt(attempt, Purpose.PASS_ON)
            route.carry(
                route.latency_us(attempt.control_luck(salt)),
                salt,
                station.called_off,
                attempt,
                MessageKind.CANCEL,
                attempt.call.operation.number,
                attempt.kind,
            )

    def cancel(self, attempt: Attempt) -> None:
        """The caller's word that nobody waits any more arrives."""
        if self.node.is_away(self.cancel, attempt):
            return
        phase = attempt.phase
        if phase in (ANSWERED, GONE) or attempt.station is not self:
            return
        if phase in (TRAVELLING, QUEUED):
            self._drop(attempt)
        elif attempt in self.inside:
            if phase in (READY, RUNNING):
                self.node.cores.stop(attempt)
            else:
                attempt.step.stop(attempt)
            attempt.due_us = NEVER
            self.lose(attempt, Cause.NONE)
            self.release(attempt)

    def _note_load(self) -> None:
        assert self.load is not None
        self.load.append((self.kernel.now, self.index, len(self.queue), len(self.inside)))


class Relay(Station):
    """A station whose only step is a `forward`: that takes no time, so it never holds a worker."""

    __slots__ = ()

    def deliver(self, attempt: Attempt) -> None:
        """A request arrives, and leaves in the same instant."""
        if self.node.state or attempt.phase:
            self._deliver_to_absent(attempt)
        elif attempt.caller.demanding and self._met_at_the_door(attempt, self.kernel.now):
            return
        else:
            self.begin(attempt)
