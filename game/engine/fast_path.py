"""The fast path: the way of a request with which nothing is wrong, written for speed alone.

Everything here says a second time what `clients`, `caller`, `station`, `steps` and `cores_fifo` say
plainly, for the common case: an open loop, a relay, a core or a wait that is free, a good answer.
Whatever is not common (a node that is not up, a fault on the route, a queue, a mechanism at the
door, a failure) is handed to the plain code before anything has changed. A run on the fast path and
one without it have the same digest: `tests/engine/test_fast_path.py`.

What makes it fast:

* Closures instead of methods: what never changes in a run is a local name, not an attribute.
* One function where the plain code has three or four that call each other.
* Fields of new objects are set in place.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import TYPE_CHECKING, Any

from game.engine.attempt import (
    ANSWERED,
    NEVER,
    NO_FAULT,
    RUNNING,
    TRAVELLING,
    WAITING,
    Attempt,
    Operation,
)
from game.engine.clients import OpenLoop
from game.engine.log import AttemptKind
from game.engine.priorities import NORMAL
from game.engine.queueing.cores_fifo import FifoCores
from game.engine.station import Relay, Station
from game.engine.steps import CpuStep, ForwardStep, WaitStep

if TYPE_CHECKING:
    from game.engine.caller import Caller
    from game.engine.station import Step
    from game.engine.world import World

FIRST = int(AttemptKind.FIRST)
Handler = Callable[[Any], object]


def install(world: World) -> None:
    """Put the fast path in place, wherever it fits."""
    for node in world.nodes:
        if isinstance(node.cores, FifoCores):
            node.cores.finish = cpu_finished(node.cores)
        for station in node.stations:
            station.chain(answering(station), quick_start)
    delivers = {s: delivery(s) for node in world.nodes for s in node.stations}
    for caller in world.callers():
        caller.answer = good_answer(caller, None)
        for target in caller.targets:
            target.deliver = delivers[target.station]
    for client in world.clients:
        if isinstance(client, OpenLoop) and client.fan_out == 1:
            caller = client.caller
            caller.answer = good_answer(caller, client)
            plain = caller.fixed and not caller.gates and caller.connect_us is None
            if plain and client.patience is None:
                client.arrive = arrival(client)


def quick_start(step: Step) -> Handler:
    """The start of a step."""
    if not isinstance(step, WaitStep):
        return step.start
    step.finish = wait_finished(step)
    return waiting(step)


def instead_of(plain: Handler, fast: Handler) -> Handler:
    """`fast`, from which one can learn what it stands for, as by `functools.wraps`."""
    fast.__wrapped__ = plain  # type: ignore[attr-defined]
    return fast


def arrival(group: OpenLoop) -> Handler:
    """An operation of an open loop begins, its first attempt leaves, and the next one is planned.

    (`OpenLoop.arrived`, `Caller.send` and `OpenLoop.plan`.)
    """
    kernel, caller = group.kernel, group.caller
    queue, number = kernel.queue, kernel.number
    next_operation, draw_row, next_gap_us = group.next_number, group.draw_row, group.next_gap_us
    draw_key, draw_write = group.key_luck, group.write_luck
    path = group.paths[0]
    index, deadline_us, last_us = group.index, group.deadline_us, group.last_us
    deadlines, timeouts, hedges = group.deadlines, caller.timeouts, caller.hedges
    timeout_us = caller.timeout_us
    hedge_us = caller.hedge.after if caller.hedge is not None and caller.hedge.at_most else None

    def arrive(generation: int) -> None:
        if generation != group.generation:
            return
        now = kernel.now
        operation = Operation()
        operation.listener = group
        operation.path = path
        operation.deadline_us = due_us = now + deadline_us
        operation.open = True
        operation.extra = operation.parent = operation.gathering = None
        operation.blame = NO_FAULT
        operation.key = operation.data_key = operation.write = 0
        operation.number = next_operation()
        operation.invoked_us = now
        luck: Any = draw_row()
        operation.luck = luck
        operation.user = 0
        operation.client = index
        if draw_key is not None:
            operation.data_key = group.key_of(draw_key())
        if draw_write is not None and draw_write() < group.writes:
            operation.write = 1
        if deadlines.items:
            deadlines.items.append((due_us, operation))
        else:
            deadlines.add(due_us, operation)
        available = caller.available
        if len(available) == 1:
            target = available[0]
        elif available:
            target = caller.pick(available, operation, 0, path)
        else:
            operation.tries = 0
            operation.attempt = operation.decisive = None
            caller.send(operation, FIRST)
            group.plan()
            return
        operation.tries = 1
        attempt = Attempt()
        operation.attempt = operation.decisive = attempt
        attempt.call = operation
        attempt.caller = caller
        attempt.target = target
        attempt.kind = attempt.key = attempt.result = attempt.waited_us = 0
        attempt.luck = luck
        attempt.path = path
        attempt.sent_us = now
        attempt.blame = attempt.slowed_by = NO_FAULT
        attempt.open = True
        attempt.phase = TRAVELLING
        attempt.arrived_us = attempt.started_us = attempt.served_us = NEVER
        attempt.child = attempt.twins = attempt.original = None
        attempt.station = target.station
        attempt.back = target.back
        target.outstanding += 1
        for watcher in caller.watchers:
            watcher.sent(attempt)
        route = target.out
        if route.plain:
            route.messages += 1
            delay_us = route.fixed_us
            if delay_us is None:
                delay_us = luck[path.request]
                if not path.request_drawn:
                    delay_us = route.sample(delay_us)
            heappush(queue, (now + delay_us, NORMAL, number(), target.deliver, attempt))
        else:
            caller.carry_request(route, target, attempt)
        if timeout_us is not None:
            if timeouts.items:
                timeouts.items.append((now + timeout_us, attempt))
            else:
                timeouts.add(now + timeout_us, attempt)
        if hedge_us is not None:
            if hedges.items:
                hedges.items.append((now + hedge_us, attempt))
            else:
                hedges.add(now + hedge_us, attempt)
        if group.factor != 1.0:
            group.plan()
            return
        group.next_us = next_us = group.next_us + int(next_gap_us() + 0.5)
        if next_us <= last_us:
            heappush(queue, (next_us, NORMAL, number(), group.arrive, generation))

    return instead_of(group.arrived, arrive)


def delivery(station: Station) -> Handler:
    """What happens to a request that reaches a station."""
    first = station.steps[0] if station.steps else None
    if isinstance(station, Relay) and isinstance(first, ForwardStep):
        return relaying(station, first)
    if station.strict:
        return station.deliver
    if isinstance(first, CpuStep) and isinstance(first.node.cores, FifoCores):
        return running(station, first, first.node.cores)
    return station.deliver


def relaying(station: Relay, step: ForwardStep) -> Handler:
    """A request arrives at a relay and leaves it in the same instant.

    (`Relay.deliver` and `ForwardStep.start`.)
    """
    kernel, node, caller, world = station.kernel, station.node, step.caller, station.world
    queue, number, in_turn = kernel.queue, kernel.number, caller.in_turn
    plainly = station.deliver

    def deliver(attempt: Attempt) -> None:
        available = caller.available
        origin = attempt.caller
        if node.state or attempt.phase or origin.demanding or not available:
            plainly(attempt)
            return
        attempt.path = path = attempt.path.steps[0][0]  # type: ignore[index]
        if len(available) == 1:
            target = available[0]
        elif in_turn:
            target = caller.picker.pick(available, 0.0)
        else:
            target = caller.pick(available, attempt.call.operation, attempt.key, path)
        attempt.station = target.station
        if origin.place != target.origin:
            target.origin = origin.place
            target.onward = world.route_back(target.station, origin.place)
        attempt.back = target.onward
        route = target.out
        if route.plain:
            route.messages += 1
            delay_us = route.fixed_us
            if delay_us is None:
                delay_us = attempt.luck[path.request]
                if not path.request_drawn:
                    delay_us = route.sample(delay_us)
            heappush(queue, (kernel.now + delay_us, NORMAL, number(), target.deliver, attempt))
        else:
            step.carry(target, attempt)

    return instead_of(plainly, deliver)


def running(station: Station, step: CpuStep, cores: FifoCores) -> Handler:
    """A request arrives, has a worker at once, and a core at once if one is free.

    (`Station.deliver`, `CpuStep.start` and `FifoCores.run`.)
    """
    kernel, node, inside, on_core = station.kernel, station.node, station.inside, cores.running
    queue, number = kernel.queue, kernel.number
    fixed_us, position = step.fixed_us, step.position
    plainly, begin, finish = station.deliver, step.start, cores.finish

    def deliver(attempt: Attempt) -> None:
        if (
            node.state
            or attempt.phase
            or attempt.twins is not None
            or attempt.caller.demanding
            or len(inside) >= station.workers
        ):
            plainly(attempt)
            return
        attempt.arrived_us = attempt.started_us = now = kernel.now
        inside[attempt] = None
        demand_us = fixed_us
        if demand_us is None:
            demand_us = attempt.luck[attempt.path.steps[position]]  # type: ignore[index]
        if demand_us and cores.free:
            cores.free -= 1
            attempt.step = step
            attempt.remaining_us = demand_us
            attempt.phase = RUNNING
            attempt.due_us = due_us = now + (
                demand_us if node.rate == 1.0 else node.duration_us(demand_us)
            )
            on_core[attempt] = None
            heappush(queue, (due_us, NORMAL, number(), finish, attempt))
        else:
            begin(attempt)

    return instead_of(plainly, deliver)


def cpu_finished(cores: FifoCores) -> Handler:
    """A core is done with a piece of work. (`FifoCores.finished`.)"""
    kernel, on_core, ready = cores.kernel, cores.running, cores.ready

    def finished(attempt: Attempt) -> None:
        if attempt.due_us != kernel.now or attempt not in on_core:
            return
        del on_core[attempt]
        cores.busy_us += attempt.remaining_us
        if ready:
            cores.start_next()
        else:
            cores.free += 1
        attempt.step.next(attempt)

    return instead_of(cores.finished, finished)


def waiting(step: WaitStep) -> Handler:
    """A wait begins. (`WaitStep.start`.)"""
    kernel, fixed_us, position = step.kernel, step.fixed_us, step.position
    queue, number, finish = kernel.queue, kernel.number, step.finish

    def start(attempt: Attempt) -> None:
        duration_us = fixed_us
        if duration_us is None:
            duration_us = attempt.luck[attempt.path.steps[position]]  # type: ignore[index]
        if duration_us == 0:
            step.next(attempt)
            return
        attempt.step = step
        attempt.phase = WAITING
        attempt.due_us = due_us = kernel.now + duration_us
        heappush(queue, (due_us, NORMAL, number(), finish, attempt))

    return instead_of(step.start, start)


def wait_finished(step: WaitStep) -> Handler:
    """A wait is over. (`WaitStep.finished`.)"""
    kernel, node, then, plainly = step.kernel, step.node, step.next, step.finish

    def finished(attempt: Attempt) -> None:
        if node.state:
            plainly(attempt)
        elif attempt.due_us == kernel.now and attempt.phase == WAITING:
            then(attempt)

    return instead_of(plainly, finished)


def answering(station: Station) -> Handler:
    """The last step is done. (`Station.finish`.)"""
    plainly = station.finish
    if station.strict:
        return plainly
    kernel, inside, waiting_here = station.kernel, station.inside, station.queue
    queue, number = kernel.queue, kernel.number

    def finish(attempt: Attempt) -> None:
        route = attempt.back
        if not (route.plain and attempt.open):
            plainly(attempt)
            return
        attempt.served_us = now = kernel.now
        attempt.phase = ANSWERED
        route.messages += 1
        delay_us = route.fixed_us
        if delay_us is None:
            path = attempt.path
            delay_us = attempt.luck[path.answer]
            if not path.answer_drawn:
                delay_us = route.sample(delay_us)
        heappush(queue, (now + delay_us, NORMAL, number(), attempt.caller.answer, attempt))
        del inside[attempt]
        if waiting_here:
            station.take()

    return instead_of(plainly, finish)


def good_answer(caller: Caller, group: OpenLoop | None) -> Handler:
    """An answer reaches its caller: the client group `group`, or (None) any other one.

    (`Caller.answered`, and `ClientGroup.call_done` for operations of `group`.)
    """
    kernel, node = caller.kernel, caller.node
    pack_attempt, write_attempt = caller.pack_row, caller.write_row
    plainly = caller.answered

    def answer(attempt: Attempt) -> None:
        call: Any = attempt.call
        if (
            attempt.result
            or not attempt.open
            or call.extra is not None
            or (node is not None and node.state)
        ):
            plainly(attempt)
            return
        now = kernel.now
        attempt.open = False
        attempt.cause = 0
        attempt.ended_us = now
        attempt.target.outstanding -= 1  # type: ignore[union-attr]
        for watcher in caller.watchers:
            watcher.closed(attempt, 0)
        sent_us = attempt.sent_us
        number = call.number if group is not None else call.operation.number
        write_attempt(
            pack_attempt(
                number,
                attempt.kind,
                attempt.path.depth,
                attempt.station.index,
                sent_us,
                attempt.arrived_us,
                attempt.started_us,
                attempt.served_us,
                now,
                0,
                attempt.blame,
                0,
            )
        )
        if now - sent_us < caller.fastest_us or not caller.fastest_us:
            caller.fastest_us = now - sent_us
        caller.blame = NO_FAULT
        call.open = False
        if group is None:
            call.listener.call_done(call, 0)
        else:
            write_operation(
                pack_operation(
                    number,
                    index,
                    call.invoked_us,
                    now,
                    0,
                    NO_FAULT,
                    call.tries,
                    call.data_key,
                    call.write,
                )
            )
        # `Call.let_go`; it has no other attempts.
        call.attempt = call.decisive = None

    if group is not None:
        index, pack_operation, write_operation = group.index, group.pack_row, group.write_row
    return instead_of(plainly, answer)
