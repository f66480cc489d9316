"""Runs: one simulation of a System with one seed, advanced as far as somebody wants to see it."""

from __future__ import annotations

from collections.abc import Collection

from game.engine import script
from game.engine.attempt import ANSWERED, Attempt, Call, Gathering, Operation
from game.engine.causes import Cause
from game.engine.clients import ClosedLoop
from game.engine.kernel import BudgetSpent
from game.engine.log import Log
from game.engine.on_call import NotNow
from game.engine.replication.copies import record_effects
from game.engine.steps import CallStep
from game.engine.world import World
from game.level.changes import Change as PlannedChange
from game.level.model import System
from game.level.plan import Plan


class Run:
    """A simulation under way. Its outcome depends on system, seed and `without` alone."""

    __slots__ = ("done", "log", "world")

    def __init__(
        self, system: System, seed: int, *, trace: bool = False, without: Collection[str] = ()
    ) -> None:
        """`trace` records every message, which changes nothing else. `without` names faults that
        are left out."""
        self.world = World(system, seed, traced=trace)
        self.log: Log = self.world.log
        self.done = False
        script.start(self.world, without)
        self.world.start()

    @property
    def now_us(self) -> int:
        """How far the run has come."""
        return self.log.ended_us

    def advance(self, until_us: int) -> None:
        """Run to `until_us` or to the end of the level, whichever comes first.

        What goes wrong inside ends the run with a verdict in the Log; it raises nothing.
        """
        if self.done:
            return
        kernel = self.world.kernel
        system = self.world.system
        until_us = min(until_us, system.duration)
        if until_us < kernel.now:
            return
        try:
            kernel.advance(until_us, system.event_budget)
        except BudgetSpent:
            self.log.verdict = "too-expensive"
        except Exception as failure:
            self.log.verdict = "engine-error"
            self.log.error = f"{type(failure).__name__}: {failure} (at {kernel.now} us)"
        self.log.ended_us = kernel.now
        if self.log.verdict or until_us >= system.duration:
            self._close()

    def order(self, control: str, label: str) -> PlannedChange:
        """Set a control while the system runs, as soon as possible, on a level on call.

        Returns the change, which is part of the plan from now on. Raises NotNow with a sentence.
        """
        desk = self.world.desk
        if desk is None or self.done:
            raise NotNow("Controls of this level are set before the run.")
        return desk.order(control, label)

    @property
    def settings(self) -> dict[str, str]:
        """What each control is set to at present, on a level on call."""
        return {} if self.world.desk is None else dict(self.world.desk.labels)

    @property
    def plan(self) -> Plan | None:
        """The plan with all that was ordered meanwhile, on a level on call."""
        return None if self.world.desk is None else self.world.desk.made()

    def _close(self) -> None:
        """Write down what is still open, and the totals."""
        self.done = True
        world = self.world
        if self.log.verdict != "engine-error":
            _record_open_operations(world)
            _record_open_attempts(world)
            record_effects(self.log, world.replications)
            for client in world.clients:
                if isinstance(client, ClosedLoop) and client.players is not None:
                    client.players.close()
            self.log.closed = True
        totals = self.log.totals
        totals["events"] = world.kernel.events
        totals["busy_us"] = sum(node.cores.busy_us for node in world.nodes)
        for name in ("messages", "bytes", "cross_zone_bytes", "cross_region_bytes"):
            totals[name] = 0
        for route in world.network.routes:
            size_bytes = route.messages * route.size_bytes + route.more_bytes
            totals["messages"] += route.messages
            totals["bytes"] += size_bytes
            if route.far:
                totals[("cross_zone_bytes", "cross_region_bytes")[route.far - 1]] += size_bytes
        self.log.pipes = world.pipes_used()


def simulate(
    system: System, seed: int, *, trace: bool = False, without: Collection[str] = ()
) -> Log:
    """The Log of a whole run."""
    run = Run(system, seed, trace=trace, without=without)
    run.advance(system.duration)
    return run.log


def _open_operations(world: World) -> list[Operation]:
    operations = {
        operation.number: operation
        for client in world.clients
        for operation in client.open_operations()
    }
    return [operations[number] for number in sorted(operations)]


def _record_open_operations(world: World) -> None:
    for operation in _open_operations(world):
        client = world.clients[operation.client]
        client.unfinished(operation, Cause.UNFINISHED)


def _record_open_attempts(world: World) -> None:
    """Rows for attempts that are not over on both sides, in an order that nothing can shift."""
    found: dict[Attempt, None] = {}

    def add(attempt: Attempt | None) -> None:
        if attempt is None or attempt in found or attempt.target is None:
            return
        if attempt.open or attempt.phase < ANSWERED:
            found[attempt] = None
        child = attempt.child
        calls = child.calls if isinstance(child, Gathering) else [child] if child else []
        for call in calls:
            add_call(call)

    def add_call(call: Call) -> None:
        add(call.attempt)
        for attempt in call.extra or ():
            add(attempt)

    for operation in _open_operations(world):
        gathering = operation.gathering
        for call in gathering.calls if gathering is not None else [operation]:
            add_call(call)
    for entry in world.kernel.queue:
        if isinstance(entry[4], Attempt):
            add(entry[4])
    for node in world.nodes:
        for station in node.stations:
            for step in station.steps:
                if isinstance(step, CallStep):
                    for background in step.backgrounds:
                        add_call(background)
            repeated = [] if station.keyed is None else station.keyed.waiting()
            for attempt in (*station.inside, *station.queue, *repeated):
                add(attempt)
        for _, argument in node.inbox:
            if isinstance(argument, Attempt):
                add(argument)
        for _, _, argument in node.deferred:
            if isinstance(argument, Attempt):
                add(argument)
    for attempt in found:
        if attempt.open:
            attempt.ended_us = -1
            attempt.cause = Cause.UNFINISHED
    for attempt in sorted(found, key=_order):
        attempt.caller.record_abandoned(attempt)


def _order(attempt: Attempt) -> tuple[int, ...]:
    """A total order up to rows that are equal: the order of the kernel's queue must not be seen."""
    return (
        attempt.call.operation.number,
        attempt.path.id,
        attempt.sent_us,
        attempt.key,
        attempt.kind,
        attempt.station.index,
        attempt.arrived_us,
        attempt.started_us,
        attempt.served_us,
        attempt.ended_us,
        attempt.cause,
        attempt.blame,
    )
