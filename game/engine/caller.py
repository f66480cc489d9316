"""Callers: how one place asks one service, by one policy, and what it learns by that.

A caller knows only what it saw itself: answers, refusals, timeouts and its own health checks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from game.engine.attempt import (
    ANSWERED,
    GONE,
    NEVER,
    NEVER_EXPIRES,
    NO_FAULT,
    Attempt,
    Call,
    Operation,
    new_attempt,
)
from game.engine.causes import Cause
from game.engine.diagnosis import blame, diagnose
from game.engine.held import Held
from game.engine.lanes import Lane
from game.engine.log import AttemptKind, Change, Fate, MessageKind
from game.engine.luck import Purpose
from game.engine.network import CONTROL_BYTES
from game.engine.node import State
from game.engine.priorities import NORMAL, TIMER
from game.engine.streams import derived_key, derived_luck, mix

if TYPE_CHECKING:
    from game.engine.mechanisms import Gate, Picker, Retrying, Watcher
    from game.engine.network import Route
    from game.engine.node import Node
    from game.engine.paths import Path
    from game.engine.target import Target
    from game.engine.world import World
    from game.level.model import Policy

COPY_ORDINAL = 1 << 19
"""Stands for the ordinal of an attempt in the key of its copy; no call has so many attempts."""
FIRST, RETRY, HEDGE = int(AttemptKind.FIRST), int(AttemptKind.RETRY), int(AttemptKind.HEDGE)


class Caller:
    """One place (a client group, or a station's node) that calls one service by one policy."""

    __slots__ = (
        "answer",
        "available",
        "balancer",
        "begun",
        "blame",
        "by_key",
        "cancels",
        "connect_timeouts",
        "connect_us",
        "deadline_us",
        "deadlines",
        "demanding",
        "fastest_us",
        "fixed",
        "gates",
        "gear",
        "hears",
        "hedge",
        "hedges",
        "in_turn",
        "kernel",
        "key_of",
        "keyed",
        "name",
        "needs_luck",
        "node",
        "pack_row",
        "panic_threshold",
        "picker",
        "place",
        "policy",
        "propagates",
        "pushed",
        "resolves",
        "retry",
        "returns",
        "targets",
        "timeout_us",
        "timeouts",
        "watchers",
        "world",
        "write_row",
    )

    picker: Picker

    def __init__(
        self, world: World, name: str, place: int, node: Node | None, policy: Policy
    ) -> None:
        self.world = world
        self.kernel = world.kernel
        self.pack_row = world.log.attempts.pack
        self.write_row = world.log.attempts.write
        self.name = name
        self.place = place
        self.node = node
        self.policy = policy
        self.fixed = True
        """No fault of the level may set its policy to something else."""
        self.pushed: Held[Any] = Held()
        """What faults have set instead, by fault, newest last."""
        self.answer: Callable[[Attempt], object] = self.answered
        """The same, bound once instead of with every message."""
        self.targets: list[Target] = []
        self.available: list[Target] = []
        """The targets in rotation, in order."""
        self.balancer: Any = None
        """The record that `picker` was built from."""
        self.needs_luck = False
        self.in_turn = True
        """The balancer needs neither luck nor key."""
        self.by_key = False
        """The balancer chooses by the operation's key: it has `pick_for(targets, data_key)`."""
        self.key_of: Callable[[Operation], int] | None = None
        """What the balancer takes for the key, where that is something else."""
        self.returns = False
        """The balancer may choose again what a call has tried."""
        self.resolves = False
        """The balancer finds out itself, now and then, which targets are in rotation."""
        self.timeouts = Lane(self.kernel, self.timed_out)
        self.connect_timeouts = Lane(self.kernel, self._connect_timed_out)
        self.deadlines = Lane(self.kernel, self._deadline_passed)
        self.begun: Callable[[Attempt], object] | None = None
        """Told when work on an attempt begins, where whoever asks wants to know."""
        self.set_plain(policy)
        self.retry: Retrying | None = None
        self.gear: dict[str, Any] = {}
        """The mechanisms of its policy that have a memory, by the policy's field."""
        self.hedges = Lane(self.kernel, self._hedge_due)
        self.gates: tuple[Gate, ...] = ()
        self.watchers: tuple[Watcher, ...] = ()
        self.fastest_us = 0
        self.hears = True
        """While watchers are told of the end of an attempt: whether an answer says so. Else they
        must not learn from a cause that the caller cannot know."""
        """The shortest time in which it ever had an answer."""
        self.blame = NO_FAULT
        """What the newest failure since the last good answer is blamed on."""

    def set_plain(self, policy: Policy) -> None:
        """What it takes from its policy as it is."""
        self.panic_threshold = policy.panic_threshold
        self.timeout_us = policy.attempt_timeout
        self.connect_us = policy.connect_timeout
        self.deadline_us = policy.deadline
        self.propagates = policy.propagate_deadline
        self.cancels = policy.cancel
        self.keyed = policy.idempotency_key
        self.demanding = self.propagates or self.connect_us is not None
        """Its requests ask for something before they need a worker."""
        self.hedge: Any = policy.hedge

    # Rotation

    def refresh(self) -> None:
        """Find out anew which targets are in rotation."""
        if self.resolves:
            self.available = self.targets
            return
        present = [target for target in self.targets if not target.drained]
        rotation = [target for target in present if target.in_rotation]
        if len(rotation) < self.panic_threshold * len(present):
            rotation = present
        self.available = rotation

    def note_rotation(self, target: Target, back: bool) -> None:
        """Log that this caller took a target out of rotation or put it back, and act on it.

        One that resolves names learns it later.
        """
        if self.resolves:
            return
        self.refresh()
        self.world.log.changes.append(
            (
                self.kernel.now,
                Change.TARGET_BACK if back else Change.TARGET_OUT,
                self.place,
                target.station.node.place,
            )
        )

    def suspect(self) -> int:
        """The fault that most likely drives what this caller does now, or `NO_FAULT`.

        One that works on a target or on the way to it, which sends its share elsewhere or holds
        calls up; else one that set its policy; else one that raises the load.
        """
        for target in self.targets:
            station = target.station
            if station.node.blame != NO_FAULT:
                return station.node.blame
            if target.out.conditions:
                return target.out.conditions[-1].fault
        return next(reversed(self.pushed)) if self.pushed else self.world.load_blame()

    def forget(self) -> None:
        """The node that this caller lives on crashed: all that it knew is gone."""
        for target in self.targets:
            target.forget()
        for gate in self.gates:
            gate.forget()
        for watcher in self.watchers:
            watcher.forget()
        if self.retry is not None:
            self.retry.forget()
        before: object = self.picker
        self.picker = self.world.picker(self)
        self.key_of = getattr(self.picker, "key_of", None)
        watchers: list[Any] = [
            self.picker if watcher is before else watcher for watcher in self.watchers
        ]
        self.watchers = tuple(watchers)
        self.refresh()

    # Out

    def send(self, call: Call, kind: int, chosen: Target | None = None) -> None:
        """Make one attempt. `chosen` names the target of a fan-out's first attempt."""
        now = self.kernel.now
        ordinal = call.tries
        call.tries = ordinal + 1
        key = call.key if ordinal == 0 else derived_key(call.key, call.path.root, ordinal)
        if self.gates and self._kept_back(call, kind, key):
            return
        available = self.available
        if chosen is not None:
            target = chosen
        elif len(available) == 1:
            target = available[0]
        elif available:
            target = self._choose(call, ordinal, key)
        else:
            self._never_sent(call, kind, key, Cause.NO_TARGET)
            return
        attempt = new_attempt(call, self, target, kind, key, now)
        attempt.station = target.station
        attempt.back = target.back
        target.outstanding += 1
        self._join(call, attempt, ordinal)
        for watcher in self.watchers:
            watcher.sent(attempt)
        route = target.out
        if route.plain:
            route.push(call.path.request_us(attempt.luck, route), target.deliver, attempt)
        else:
            self.carry_request(route, target, attempt)
        if self.timeout_us is not None:
            self.timeouts.add(now + self.timeout_us, attempt)
        if self.connect_us is not None:
            attempt.connected = attempt.accepted = False
            self.connect_timeouts.add(now + self.connect_us, attempt)
        if self.hedge is not None and call.hedges() < self.hedge.at_most:
            self.hedges.add(now + self.hedge.after, attempt)
        if self.node is not None and ordinal == 0 and call.deadline_us != NEVER_EXPIRES:
            # The deadline of a client's operation is the client's own affair.
            self.deadlines.add(call.deadline_us, call)

    def _kept_back(self, call: Call, kind: int, key: int) -> bool:
        """Whether a mechanism of the caller keeps it from making this attempt."""
        for gate in self.gates:
            cause = gate.admit(call)
            if cause:
                self._never_sent(call, kind, key, cause)
                return True
        return False

    def _join(self, call: Call, attempt: Attempt, ordinal: int) -> None:
        """The attempt is the call's newest; decisive too, if it can still be in time."""
        if ordinal == 0:
            call.attempt = call.decisive = attempt
            return
        if call.extra is None:
            call.extra = [] if call.attempt is None else [call.attempt]
        call.extra.append(attempt)
        call.attempt = attempt
        if call.decisive is None or self.kernel.now + self.fastest_us <= call.deadline_us:
            call.decisive = attempt

    def _choose(self, call: Call, ordinal: int, key: int) -> Target:
        """A target in rotation, if possible one that this call has not tried yet.

        A balancer that `returns` may choose one again.
        """
        available: Sequence[Target] = self.available
        if ordinal and not self.returns:
            tried = {attempt.target for attempt in call.extra or (call.attempt,) if attempt}
            available = [target for target in available if target not in tried] or available
            if len(available) == 1:
                return available[0]
        return self.pick(available, call.operation, key, call.path)

    def pick(
        self, available: Sequence[Target], operation: Operation, key: int, path: Path
    ) -> Target:
        """The balancer's choice among two targets or more, for the attempt with that key."""
        if self.needs_luck:
            luck = operation.luck
            if key == 0:
                return self.picker.pick(available, luck[path.choice])
            root = path.slots.roots[path.choice]
            return self.picker.pick(available, derived_luck(luck[-1], key, root))
        if self.by_key:
            data_key = operation.data_key if self.key_of is None else self.key_of(operation)
            chosen: Target = self.picker.pick_for(  # type: ignore[attr-defined]
                available, data_key
            )
            return chosen
        return self.picker.pick(available, 0.0)

    def _never_sent(self, call: Call, kind: int, key: int, cause: int) -> None:
        """The caller does not even try; that counts as a failed attempt."""
        attempt = new_attempt(call, self, None, kind, key, self.kernel.now)
        attempt.phase = GONE
        attempt.open = False
        attempt.cause = cause
        attempt.ended_us = self.kernel.now
        if attempt.blame == NO_FAULT and cause != Cause.RATE_LIMITED:
            attempt.blame = self.blame
        if attempt.blame == NO_FAULT:
            # A full bulkhead says that something hangs before anything has failed.
            attempt.blame = (
                self.world.load_blame() if cause == Cause.RATE_LIMITED else self.suspect()
            )
        self._join(call, attempt, call.tries - 1)
        self._record(attempt, 0)
        self._failed(call, attempt, cause)

    def carry_request(self, route: Route, target: Target, attempt: Attempt) -> None:
        """Send a request over a route with which something is wrong."""
        operation = attempt.call.operation.number
        salt = self.salt(attempt, Purpose.REQUEST)
        fate, doubled = route.carry(
            attempt.path.request_us(attempt.luck, route),
            salt,
            target.deliver,
            attempt,
            MessageKind.REQUEST,
            operation,
            attempt.kind,
        )
        attempt.slowed_by = route.touched
        if fate is not Fate.ARRIVED:
            attempt.blame = route.touched
            attempt.phase = GONE
            attempt.result = Cause.UNREACHABLE if fate is Fate.CUT else Cause.LOST
        if doubled:
            self._carry_copy(route, target, attempt)

    def _carry_copy(self, route: Route, target: Target, attempt: Attempt) -> None:
        """The network sends a request a second time; the copy has a luck of its own."""
        key = derived_key(attempt.key, attempt.path.root, COPY_ORDINAL)
        copy = new_attempt(attempt.call, self, target, AttemptKind.COPY, key, self.kernel.now)
        copy.open = False
        copy.original = attempt
        copy.station = target.station
        copy.back = target.back
        copy.connected = copy.accepted = False
        copy.ended_us = NEVER
        copy.cause = 0
        if copy.blame == NO_FAULT:
            copy.blame = route.doubled_by()
        fate, _ = route.carry(
            copy.path.request_us(copy.luck, route),
            self.salt(copy, Purpose.REQUEST),
            target.deliver,
            copy,
            MessageKind.REQUEST,
            copy.call.operation.number,
            copy.kind,
        )
        if fate is not Fate.ARRIVED:
            copy.phase = GONE
            self.record_abandoned(copy)

    @staticmethod
    def salt(attempt: Attempt, purpose: int) -> int:
        """What every chance of one message is derived from; `purpose` is a `Purpose`."""
        root = int(attempt.call.operation.luck[-1] * 9007199254740992.0)
        return mix(root ^ attempt.key ^ mix(attempt.path.root * 8 + purpose))

    # Back

    def answered(self, attempt: Attempt) -> None:
        """An answer or a refusal arrives."""
        node = self.node
        if node is not None and node.state:
            if node.state == State.PAUSED and not node.hold(self.answered, attempt):
                self._lose_answer(attempt, node)
            return
        if not attempt.open:
            if attempt.original is not None and attempt.original.open:
                self._answered_by_copy(attempt, attempt.original)
            return
        cause = attempt.result
        now = self.kernel.now
        attempt.open = False
        attempt.cause = cause
        attempt.ended_us = now
        attempt.target.outstanding -= 1  # type: ignore[union-attr]
        for watcher in self.watchers:
            watcher.closed(attempt, cause)
        call = attempt.call
        self._record(attempt, 0)
        if cause:
            self._failed(call, attempt, cause)
            return
        elapsed_us = now - attempt.sent_us
        if elapsed_us < self.fastest_us or not self.fastest_us:
            self.fastest_us = elapsed_us
        self.blame = NO_FAULT
        call.open = False
        if call.extra is not None:
            self._drop_others(call)
        call.listener.call_done(call, 0)
        call.let_go()

    def _lose_answer(self, attempt: Attempt, node: Node) -> None:
        """The inbox of this paused node is full."""
        attempt.phase = GONE
        attempt.result = Cause.LOST
        blame(attempt, node.blame)

    def _answered_by_copy(self, copy: Attempt, original: Attempt) -> None:
        original.result = copy.result
        if copy.result == Cause.NO_LEADER:
            original.leader = copy.leader
        if original.phase in (ANSWERED, GONE):
            self.answered(original)
            return
        # The original is still at work; what it does from now on is wasted.
        call = original.call
        self._close(original, copy.result)
        if copy.result:
            self._failed(call, original, copy.result)
        else:
            call.open = False
            self._drop_others(call)
            call.listener.call_done(call, 0)
            call.let_go()

    def accepted(self, attempt: Attempt) -> None:
        """The target's kernel accepted the connection."""
        attempt.accepted = True
        if attempt.original is not None:
            attempt.original.accepted = True

    def _failed(self, call: Call, attempt: Attempt, cause: int) -> None:
        """An attempt failed: wait for the others, try again, or give up."""
        if attempt.blame != NO_FAULT:
            self.blame = attempt.blame
            if call.blame == NO_FAULT:
                call.blame = attempt.blame
        if call.extra is not None and any(other.open for other in call.extra):
            return
        delay_us = None if self.retry is None else self.retry.delay_us(call, attempt, cause)
        now = self.kernel.now
        if delay_us is not None and now + delay_us < call.deadline_us:
            self.kernel.at(now + delay_us, self._retry_due, call, TIMER if delay_us else NORMAL)
            return
        call.open = False
        call.listener.call_done(call, self.cause_of(call))
        call.let_go()

    def _retry_due(self, call: Call) -> None:
        if not call.open or self._asleep(self._retry_due, call):
            return
        self.send(call, RETRY)

    def _hedge_due(self, attempt: Attempt) -> None:
        call = attempt.call
        if not call.open or call.attempt is not attempt or self._asleep(self._hedge_due, attempt):
            return
        self.send(call, HEDGE)
        if self.hedge is not None and self.hedge.tied and call.attempt is not attempt:
            self._tie(attempt, call.attempt)

    @staticmethod
    def _tie(attempt: Attempt, newest: Attempt | None) -> None:
        """Each of two copies tells the other that it is served, if there are two."""
        if newest is not None and newest.open:
            newest.twins = [attempt]
            attempt.twins = [newest]

    # Giving up

    def timed_out(self, attempt: Attempt) -> None:
        """The attempt's own time is over."""
        if self._asleep(self.timed_out, attempt) or not attempt.open:
            return
        self._give_up_attempt(attempt, diagnose(attempt))

    def _connect_timed_out(self, attempt: Attempt) -> None:
        if attempt.accepted or self._asleep(self._connect_timed_out, attempt) or not attempt.open:
            return
        cause = diagnose(attempt)
        lost = cause in (Cause.LOST, Cause.UNREACHABLE)
        self._give_up_attempt(attempt, cause if lost else Cause.UNREACHABLE)

    def _give_up_attempt(self, attempt: Attempt, cause: int) -> None:
        self._close(attempt, cause)
        if self.cancels:
            self._send_cancel(attempt)
        self._failed(attempt.call, attempt, cause)

    def expire(self, call: Call) -> None:
        """The deadline of a call has passed: whoever made it stops waiting."""
        if self._asleep(self.expire, call) or not call.open:
            return
        call.open = False
        self._drop_others(call, failed=True)
        call.listener.call_done(call, self.cause_of(call))

    def _deadline_passed(self, call: Call) -> None:
        self.expire(call)
        if not call.open:
            call.let_go()

    def abandon(self, call: Call) -> None:
        """Whoever made the call is gone: nobody waits for it, and nobody is told."""
        call.open = False
        self._drop_others(call)
        call.let_go()

    def cause_of(self, call: Call) -> int:
        """The cause of the last attempt that could still have met the deadline."""
        decisive = call.decisive
        if decisive is None:
            return Cause.UNFINISHED
        return decisive.cause or Cause.LATE_ANSWER

    def _drop_others(self, call: Call, failed: bool = False) -> None:
        """Close all attempts that are still open when a call ends.

        Of a call that failed, each gets the cause for which it has no answer; of another one they
        are just not needed any more.
        """
        for attempt in call.attempts_open():
            self._close(attempt, diagnose(attempt) if failed else 0)
            if self.cancels or (self.hedge is not None and self.hedge.cancel):
                self._send_cancel(attempt)

    def _close(self, attempt: Attempt, cause: int) -> None:
        """The caller stops waiting for an attempt."""
        attempt.open = False
        attempt.cause = cause
        attempt.ended_us = self.kernel.now
        target = attempt.target
        assert target is not None
        target.outstanding -= 1
        self.hears = False
        for watcher in self.watchers:
            watcher.closed(attempt, cause)
        self.hears = True
        if attempt.phase >= ANSWERED:
            self.record_abandoned(attempt)

    def _send_cancel(self, attempt: Attempt) -> None:
        node = self.node
        if attempt.phase >= ANSWERED or (node is not None and (node.state or node.crashes)):
            return
        target = attempt.target
        assert target is not None
        salt = self.salt(attempt, Purpose.CANCEL)
        target.out.carry(
            target.out.latency_us(attempt.control_luck(salt)),
            salt,
            target.station.called_off,
            attempt,
            MessageKind.CANCEL,
            attempt.call.operation.number,
            attempt.kind,
            size_bytes=CONTROL_BYTES,
        )

    def _asleep(self, function: Callable[[Any], object], argument: Any) -> bool:
        """Whether this caller's node does nothing now; a timer is put off to the end of a pause."""
        return self.node is not None and self.node.is_asleep(function, argument)

    # The record

    def expired(self, attempt: Attempt, now_us: int) -> bool:
        """Whether the callee knows that nobody waits any more."""
        return self.propagates and self.waits_until_us(attempt) < now_us

    def waits_until_us(self, attempt: Attempt) -> int:
        """How long the callee is told that its caller waits."""
        if not self.propagates:
            return NEVER_EXPIRES
        if self.timeout_us is None:
            return attempt.call.deadline_us
        return min(attempt.call.deadline_us, attempt.sent_us + self.timeout_us)

    def record_abandoned(self, attempt: Attempt) -> None:
        """Both sides are done with an attempt whose answer nobody took."""
        self._record(attempt, int(attempt.started_us != NEVER))

    def _record(self, attempt: Attempt, wasted: int) -> None:
        target = attempt.target
        self.write_row(
            self.pack_row(
                attempt.call.operation.number,
                attempt.kind,
                attempt.path.depth,
                -1 if target is None else attempt.station.index,
                attempt.sent_us,
                attempt.arrived_us,
                attempt.started_us,
                attempt.served_us,
                attempt.ended_us,
                attempt.cause,
                attempt.blame,
                wasted,
            )
        )
