"""The steps of work: `cpu`, `wait`, `call` and `forward`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from game.engine.attempt import (
    BLOCKED,
    NEVER,
    NEVER_EXPIRES,
    NO_FAULT,
    TRAVELLING,
    WAITING,
    Attempt,
    Call,
    Gathering,
    new_call,
)
from game.engine.causes import Cause
from game.engine.log import AttemptKind, Fate, MessageKind
from game.engine.luck import Purpose
from game.engine.node import State
from game.engine.paths import CONSTANT
from game.engine.priorities import NORMAL
from game.engine.registry import REGISTRY
from game.level.annotations import KindOf, PolicyName, PositiveCount, ServiceName, WholeNumber
from game.level.model import MOST_MACHINES, Law, LawField

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.paths import Path, Slots
    from game.engine.resilience.partial import Patchwork
    from game.engine.station import Station, Step
    from game.engine.target import Target
    from game.engine.workload.search import Index
    from game.engine.world import World

FIRST = int(AttemptKind.FIRST)
UNSEEN = -2
"""Stands for what was read, where nobody knows it."""


def slot_of(slots: Slots, law: Law, name: str) -> int:
    """A slot for a demand, if its law needs luck."""
    return CONSTANT if law.constant() is not None else slots.slot(name, law)


def lay_calls(
    slots: Slots,
    world: World,
    stations: list[Station],
    service: str,
    policy: str,
    times: int,
    depth: int,
    name: str,
    origins: frozenset[int] | None = None,
) -> list[Path]:
    """The plain paths of a call that all stations of a service make in the same way."""
    if not stations:
        return []
    callers = [world.caller_of(station, service, policy) for station in stations]
    return world.lay_calls(slots, service, callers, times, depth, f"{name}>{service}", origins)


@REGISTRY.register("step", "cpu", says="needs one of the node's cores for that long")
@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """Work for a core: the time that one core of speed 1 needs."""

    cpu: LawField
    """How long, at speed 1."""

    def build(self, station: Station, world: World) -> Step:
        """The step on one station."""
        return CpuStep(station, self.cpu.constant())

    def lay(
        self, slots: Slots, world: World, stations: list[Station], path: Path, name: str
    ) -> int | list[Path]:
        """The slot of the demand."""
        return slot_of(slots, self.cpu, f"{name}/cpu")


class Chained:
    """A step that knows where it stands and what comes after it (set by the world)."""

    __slots__ = ("next", "position")

    next: Callable[[Attempt], object]
    """The start of the next step, or the end of the work."""
    position: int


class CpuStep(Chained):
    """A `cpu` step at one station."""

    __slots__ = ("fixed_us", "node", "run")

    def __init__(self, station: Station, fixed_us: int | None) -> None:
        self.node = station.node
        self.run = station.node.cores.run
        self.fixed_us = fixed_us

    def start(self, attempt: Attempt) -> None:
        """Queue for a core."""
        demand_us = self.fixed_us
        if demand_us is None:
            slot: int = attempt.path.steps[self.position]  # type: ignore[assignment]
            demand_us = attempt.luck[slot]
        if demand_us == 0:
            self.next(attempt)
        else:
            attempt.step = self
            self.run(attempt, demand_us)

    def stop(self, attempt: Attempt) -> None:
        """Give the core back."""
        self.node.cores.stop(attempt)


@REGISTRY.register("step", "wait", says="keeps its worker for that long, but needs no core")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Waiting for something that is not modelled: a disk, a partner, a lock."""

    wait: LawField
    """How long."""

    def build(self, station: Station, world: World) -> Step:
        """The step on one station."""
        return WaitStep(station, self.wait.constant())

    def lay(
        self, slots: Slots, world: World, stations: list[Station], path: Path, name: str
    ) -> int | list[Path]:
        """The slot of the duration."""
        return slot_of(slots, self.wait, f"{name}/wait")


class WaitStep(Chained):
    """A `wait` step at one station."""

    __slots__ = ("finish", "fixed_us", "kernel", "node")

    def __init__(self, station: Station, fixed_us: int | None) -> None:
        self.node = station.node
        self.kernel = station.kernel
        self.finish: Callable[[Attempt], object] = self.finished
        """The same, bound once instead of with every wait."""
        self.fixed_us = fixed_us

    def start(self, attempt: Attempt) -> None:
        """Wait."""
        duration_us = self.fixed_us
        if duration_us is None:
            slot: int = attempt.path.steps[self.position]  # type: ignore[assignment]
            duration_us = attempt.luck[slot]
        if duration_us == 0:
            self.next(attempt)
            return
        attempt.step = self
        attempt.phase = WAITING
        attempt.due_us = due_us = self.kernel.now + duration_us
        self.kernel.at(due_us, self.finish, attempt, NORMAL)

    def finished(self, attempt: Attempt) -> None:
        """The time is over."""
        node = self.node
        if node.state:
            if node.state == State.PAUSED and attempt.phase == WAITING:
                node.defer(self.kernel.now, self._over, attempt)
            return
        if attempt.due_us == self.kernel.now and attempt.phase == WAITING:
            self.next(attempt)

    def _over(self, attempt: Attempt) -> None:
        """The time was over in a pause of the node, which has ended."""
        if attempt.phase == WAITING and attempt.step is self:
            self.next(attempt)

    def stop(self, attempt: Attempt) -> None:
        """Nothing to give back: the entry in the queue is stale from now on."""


@REGISTRY.register(
    "step",
    "call",
    says="asks another service, one node or several at once, and keeps its worker until the answer",
    causes=("dependency",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class CallOut:
    """A call to another service."""

    call: ServiceName
    """The service that is asked."""
    fan_out: Annotated[int, WholeNumber(1, MOST_MACHINES)] = 1
    """Targets asked at once."""
    first: PositiveCount | None = None
    """Answers that are enough; default: all."""
    partial: Annotated[Any, KindOf("mechanism", name="partial")] = None
    """When it may go on with fewer."""
    policy: PolicyName = "plain"
    """How the call is made."""
    background: bool = False
    """Go on at once, and do not care about the answer."""
    as_: Literal["asked", "read", "compare-and-set"] = "asked"
    """What an operation that writes does at the callee. `read`: it reads there. `compare-and-set`:
    it writes, but only if the key was not written since an earlier step `read` it there; else this
    is `refused`. Default: it writes."""

    def build(self, station: Station, world: World) -> Step:
        """The step on one station."""
        from game.engine.resilience.partial import Patchwork
        from game.engine.workload.search import index_behind

        caller = world.caller_of(station, self.call, self.policy)
        step = CallStep(station, self, caller)
        if self.partial is not None:
            step.patchwork = Patchwork(self.partial, world, self.call, station.node)
        step.index = index_behind(world, self.call, station.index)
        return step

    def lay(
        self, slots: Slots, world: World, stations: list[Station], path: Path, name: str
    ) -> int | list[Path]:
        """The paths of the calls."""
        paths = lay_calls(
            slots, world, stations, self.call, self.policy, self.fan_out, path.depth + 1, name
        )
        for one in paths:
            mark(one, self.as_)
        return paths


def mark(path: Path, does: str) -> None:
    """Say what an operation that writes does at the end of a path, also of one that goes on by a
    `forward`."""
    path.reads = does == "read"
    path.compares = does == "compare-and-set"
    for behind in path.steps:
        if isinstance(behind, list):
            for one in behind:
                if one.depth == path.depth:
                    mark(one, does)


class CallStep(Chained):
    """A `call` step at one station."""

    __slots__ = (
        "backgrounds",
        "cached",
        "caller",
        "index",
        "kernel",
        "patchwork",
        "record",
        "station",
    )

    def __init__(self, station: Station, record: CallOut, caller: Caller) -> None:
        self.station = station
        self.kernel = station.kernel
        self.record = record
        self.caller = caller
        self.patchwork: Patchwork | None = None
        self.index: Index | None = None
        self.cached = station.world.cached
        self.backgrounds: dict[Call, None] = {}
        if record.background:
            # Before the caller forgets: what it closes must still be counted by its mechanisms.
            station.node.on_crash.insert(0, self._abandon_backgrounds)

    def start(self, attempt: Attempt) -> None:
        """Make the calls."""
        record = self.record
        paths: list[Path] = attempt.path.steps[self.position]  # type: ignore[assignment]
        attempt.step = self
        now = self.kernel.now
        deadline_us = NEVER_EXPIRES
        if not record.background:
            deadline_us = attempt.caller.waits_until_us(attempt)
            if deadline_us <= now:
                attempt.station.fail(attempt, Cause.DEPENDENCY)
                return
        if self.caller.deadline_us is not None:
            deadline_us = min(deadline_us, now + self.caller.deadline_us)
        if record.background:
            background = self._call(self, attempt, paths[0], deadline_us)
            background.parent = None
            self.backgrounds[background] = None
            self.caller.send(background, FIRST)
            self.next(attempt)
        elif record.fan_out == 1:
            attempt.phase = BLOCKED
            attempt.child = call = self._call(self, attempt, paths[0], deadline_us)
            self.caller.send(call, FIRST)
        else:
            attempt.phase = BLOCKED
            attempt.child = gathering = Gathering(self, attempt, record.first or record.fan_out)
            gathering.calls = [self._call(gathering, attempt, path, deadline_us) for path in paths]
            if self.patchwork is not None:
                self.patchwork.begin(gathering)
            if self.index is not None:
                gathering.heard = set()
            scatter(self.caller, gathering)

    @staticmethod
    def _call(listener: Any, parent: Attempt, path: Path, deadline_us: int) -> Call:
        call = new_call(listener, parent.call.operation, path, deadline_us)
        call.parent = parent
        call.key = parent.key
        call.blame = parent.blame
        return call

    def call_done(self, call: Call, cause: int) -> None:
        """The answer to a single call."""
        parent = call.parent
        if parent is None:
            self.backgrounds.pop(call, None)
            return
        if cause == 0 and call.path.reads:
            parent.expects = self._seen_by(call)
        if cause == 0 and self.cached:
            self._pass_on(parent, call)
        self._go_on(parent, cause, call)

    def _seen_by(self, call: Call) -> int:
        """Whose write a call has read. Where a hedge leaves it open which answer came first, the
        oldest: to compare with that one can fail without need, but never succeed wrongly."""
        now = self.kernel.now
        answered = [
            attempt
            for attempt in call.extra or (call.attempt,)
            if attempt is not None and attempt.cause == 0 and attempt.ended_us == now
        ]
        seen = [(one.served_us, one.seen) for one in answered if hasattr(one, "seen")]
        return min(seen)[1] if seen else UNSEEN

    @staticmethod
    def _pass_on(parent: Attempt, call: Call) -> None:
        """What a store has answered to a call, it has answered on behalf of the one that made
        it."""
        answer = call.answer()
        if answer is not None and hasattr(answer, "origin"):
            parent.origin = answer.origin

    def gathered(self, gathering: Gathering, cause: int, call: Call) -> None:
        """Enough answers, or too few that can still come."""
        for other in gathering.calls:
            if other.open:
                self.caller.abandon(other)
        if self.patchwork is not None:
            self.patchwork.ended(gathering, cause)
        if self.index is not None and cause == 0:
            gathering.owner.origin = self.index.gathered(call.operation, gathering)
        self._go_on(gathering.owner, cause, call)
        gathering.let_go()

    def _go_on(self, parent: Attempt, cause: int, call: Call) -> None:
        parent.child = None
        if cause == 0:
            self.next(parent)
            return
        if parent.blame == NO_FAULT:
            decisive = call.decisive
            inner = decisive.blame if decisive is not None else NO_FAULT
            parent.blame = inner if inner != NO_FAULT else call.blame
        parent.station.fail(parent, Cause.DEPENDENCY)

    def stop(self, attempt: Attempt) -> None:
        """The caller's work is gone: nobody waits for the answers."""
        child = attempt.child
        attempt.child = None
        if isinstance(child, Gathering):
            child.open = False
            for call in child.calls:
                if call.open:
                    self.caller.abandon(call)
            child.let_go()
        elif child is not None and child.open:
            self.caller.abandon(child)

    def _abandon_backgrounds(self) -> None:
        for call in list(self.backgrounds):
            self.caller.abandon(call)
        self.backgrounds.clear()


def scatter(caller: Caller, gathering: Gathering) -> None:
    """Send the calls of a gathering to different targets, as far as there are enough.

    Where there are more targets than calls, the balancer chooses each target among those that are
    not chosen yet, with the luck of the call's own path: `random` gives a random subset. A fan-out
    to all of them needs no choice.
    """
    available = list(caller.available)
    calls = gathering.calls
    choosing = len(calls) < len(available)
    for index, call in enumerate(calls):
        if not gathering.open:
            break
        chosen: Target | None = None
        if choosing:
            chosen = caller.pick(available, call.operation, call.key, call.path)
            available.remove(chosen)
        elif available:
            chosen = available[index % len(available)]
        caller.send(call, FIRST, chosen)


@REGISTRY.register(
    "step",
    "forward",
    says="hands the request on to another service, which answers the origin directly",
    causes=("no-target",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Direct server return: the answer does not come back this way. Only as a last step."""

    forward: ServiceName
    """The service that gets the request."""
    policy: PolicyName = "plain"
    """How a machine of it is found."""

    def build(self, station: Station, world: World) -> Step:
        """The step on one station."""
        caller = world.caller_of(station, self.forward, self.policy)
        return ForwardStep(station, world, caller)

    def lay(
        self, slots: Slots, world: World, stations: list[Station], path: Path, name: str
    ) -> int | list[Path]:
        """The path behind the forward; its answer goes all the way to the origin."""
        paths = lay_calls(
            slots, world, stations, self.forward, self.policy, 1, path.depth, name, path.origins
        )
        law = world.answer_law(self.forward, path.origins)
        for behind in paths:
            if behind.answer == CONSTANT:
                behind.answer = slots.slot(f"{behind.name}/answer")
            slots.know(behind.answer, law)
            behind.answer_drawn = law is not None
        return paths


class ForwardStep(Chained):
    """A `forward` step at one station."""

    __slots__ = ("caller", "station", "world")

    def __init__(self, station: Station, world: World, caller: Caller) -> None:
        self.station = station
        self.world = world
        self.caller = caller

    def start(self, attempt: Attempt) -> None:
        """Choose a target and send the request on; this station is done with it."""
        caller = self.caller
        path: Path = attempt.path.steps[self.position][0]  # type: ignore[index]
        available = caller.available
        if len(available) == 1:
            target = available[0]
        elif not available:
            self._no_target(attempt)
            return
        elif caller.in_turn:
            target = caller.picker.pick(available, 0.0)
        else:
            target = caller.pick(available, attempt.call.operation, attempt.key, path)
        if attempt.started_us != NEVER:
            self.station.release(attempt)
            attempt.phase = TRAVELLING
            attempt.arrived_us = attempt.started_us = NEVER
            attempt.waited_us = 0
        attempt.path = path
        attempt.station = target.station
        place = attempt.caller.place
        if place != target.origin:
            target.origin = place
            target.onward = self.world.route_back(target.station, place)
        attempt.back = target.onward
        route = target.out
        if route.plain:
            route.push(path.request_us(attempt.luck, route), target.deliver, attempt)
        else:
            self.carry(target, attempt)

    def _no_target(self, attempt: Attempt) -> None:
        if attempt.blame == NO_FAULT:
            attempt.blame = self.caller.blame
        if attempt in self.station.inside:
            self.station.fail(attempt, Cause.NO_TARGET)
        else:
            self.station.refuse(attempt, Cause.NO_TARGET)

    def carry(self, target: Target, attempt: Attempt) -> None:
        """Send the request on over a route with which something is wrong."""
        fate, _ = target.out.carry(
            attempt.path.request_us(attempt.luck, target.out),
            attempt.caller.salt(attempt, Purpose.REQUEST),
            target.deliver,
            attempt,
            MessageKind.REQUEST,
            attempt.call.operation.number,
            attempt.kind,
        )
        if target.out.touched != NO_FAULT:
            attempt.slowed_by = target.out.touched
        if fate is not Fate.ARRIVED:
            attempt.blame = target.out.touched
            self.station.lose(attempt, Cause.UNREACHABLE if fate is Fate.CUT else Cause.LOST)

    def stop(self, attempt: Attempt) -> None:
        """A forward takes no time, so nothing can be in it."""
        raise AssertionError("an attempt was stopped inside a forward step")
