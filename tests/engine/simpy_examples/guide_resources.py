"""Snippets of SimPy's guides on shared resources and monitoring (MIT, see LICENSE).

Each takes an environment and a unit of time, a whole number or a fraction, and gives what it saw.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple

import simpy

Process = Generator[Any, Any, Any]
Seen = list[Any]


def resource(env: simpy.Environment, unit: float) -> Seen:
    """Users, count and queue of a resource with one slot."""
    seen: Seen = []
    slots = simpy.Resource(env, capacity=1)

    def note(name: str) -> None:
        seen.append((name, env.now, slots.count, len(slots.users), len(slots.queue)))

    def user(name: str) -> Process:
        note(name)
        with slots.request() as request:
            yield request
            note(name)
            yield env.timeout(unit)
        note(name)

    for name in "ab":
        env.process(user(name))
    env.run()
    return seen


def explicit_release(env: simpy.Environment, unit: float) -> Seen:
    """A slot that is asked for and given back without `with`; a request that is taken back."""
    seen: Seen = []
    slots = simpy.Resource(env, capacity=1)

    def user(name: str, patience: float) -> Process:
        request = slots.request()
        found = yield request | env.timeout(patience * unit)
        if request not in found:
            request.cancel()
            seen.append((name, "left", env.now))
            return
        seen.append((name, "got it", env.now))
        yield env.timeout(2 * unit)
        yield slots.release(request)
        seen.append((name, "gave it back", env.now))

    for name, patience in (("a", 1), ("b", 1), ("c", 3)):
        env.process(user(name, patience))
    env.run()
    return [*seen, slots.count]


def priorities(env: simpy.Environment, unit: float) -> Seen:
    """The lowest number goes first."""
    seen: Seen = []
    slots = simpy.PriorityResource(env, capacity=1)

    def user(name: int, wait: int, priority: int) -> Process:
        yield env.timeout(wait * unit)
        with slots.request(priority=priority) as request:
            seen.append((name, "requesting", env.now))
            yield request
            seen.append((name, "got it", env.now))
            yield env.timeout(3 * unit)

    for name, wait, priority in ((1, 0, 0), (2, 1, 0), (3, 2, -1)):
        env.process(user(name, wait, priority))
    env.run()
    return seen


def preemption(env: simpy.Environment, unit: float) -> Seen:
    """Who is more important interrupts the user, and the interrupt tells by whom and since when."""
    seen: Seen = []
    slots = simpy.PreemptiveResource(env, capacity=1)
    processes: dict[simpy.Process, int] = {}

    def user(name: int, wait: int, priority: int) -> Process:
        yield env.timeout(wait * unit)
        with slots.request(priority=priority) as request:
            seen.append((name, "requesting", env.now))
            yield request
            seen.append((name, "got it", env.now))
            try:
                yield env.timeout(3 * unit)
            except simpy.Interrupt as interrupt:
                cause: Any = interrupt.cause
                seen.append((name, processes[cause.by], env.now, env.now - cause.usage_since))

    for name, wait, priority in ((1, 0, 0), (2, 1, 0), (3, 2, -1)):
        processes[env.process(user(name, wait, priority))] = name
    env.run()
    return seen


def preemption_in_the_queue(env: simpy.Environment, unit: float) -> Seen:
    """A request that may not preempt stands before a less important one that may."""
    seen: Seen = []
    slots = simpy.PreemptiveResource(env, capacity=1)

    def user(name: str, priority: int, preempt: bool) -> Process:
        with slots.request(priority=priority, preempt=preempt) as request:
            try:
                seen.append((name, "requesting", env.now))
                yield request
                seen.append((name, "got it", env.now))
                yield env.timeout(3 * unit)
            except simpy.Interrupt:
                seen.append((name, "preempted", env.now))

    env.process(user("A", 0, True))
    env.run(until=unit)
    env.process(user("B", -2, False))
    env.process(user("C", -1, True))
    env.run()
    return seen


def container(env: simpy.Environment, unit: float) -> Seen:
    """Cars take from a tank, which a tanker fills up again."""
    seen: Seen = []
    pumps = simpy.Resource(env, capacity=2)
    tank = simpy.Container(env, init=100, capacity=1000)

    def monitor() -> Process:
        while True:
            if tank.level < 100:
                seen.append(("calling tanker", env.now))
                env.process(tanker())
            yield env.timeout(15 * unit)

    def tanker() -> Process:
        yield env.timeout(10 * unit)
        seen.append(("tanker", env.now, tank.level))
        yield tank.put(tank.capacity - tank.level)

    def car(name: int) -> Process:
        seen.append((name, "arriving", env.now))
        with pumps.request() as request:
            yield request
            seen.append((name, "refuelling", env.now))
            yield tank.get(40)
            yield env.timeout(5 * unit)
            seen.append((name, "done", env.now, tank.level))

    def cars() -> Process:
        for name in range(4):
            env.process(car(name))
            yield env.timeout(5 * unit)

    env.process(monitor())
    env.process(cars())
    env.run(35 * unit)
    return seen


def store(env: simpy.Environment, unit: float) -> Seen:
    """A producer and two consumers; the store holds two items."""
    seen: Seen = []
    shelf = simpy.Store(env, capacity=2)

    def producer() -> Process:
        for number in range(100):
            yield env.timeout(2 * unit)
            yield shelf.put(f"spam {number}")
            seen.append(("produced", env.now))

    def consumer(name: int) -> Process:
        while True:
            yield env.timeout(unit)
            seen.append((name, "requesting", env.now))
            item = yield shelf.get()
            seen.append((name, item, env.now))

    env.process(producer())
    for name in range(2):
        env.process(consumer(name))
    env.run(until=50 * unit)
    return seen


class Machine(NamedTuple):
    """What the filter store holds."""

    size: int
    duration: int


def filter_store(env: simpy.Environment, unit: float) -> Seen:
    """Everybody waits for a machine of the right size."""
    seen: Seen = []
    shop = simpy.FilterStore(env, capacity=2)
    shop.items = [Machine(1, 2), Machine(2, 1)]

    def user(name: int, size: int) -> Process:
        machine = yield shop.get(lambda one: bool(one.size == size))
        seen.append((name, machine, env.now))
        yield env.timeout(machine.duration * unit)
        yield shop.put(machine)
        seen.append((name, "released", env.now))

    for name in range(3):
        env.process(user(name, (name % 2) + 1))
    env.run()
    return seen


def priority_store(env: simpy.Environment, unit: float) -> Seen:
    """Issues are logged as they come and repaired by their priority."""
    seen: Seen = []
    issues = simpy.PriorityStore(env)

    def inspector() -> Process:
        for priority, issue in (("P2", "#0000"), ("P0", "#0001"), ("P3", "#0002"), ("P1", "#0003")):
            yield env.timeout(unit)
            seen.append((env.now, "log", issue))
            yield issues.put(simpy.PriorityItem(priority, issue))

    def maintainer() -> Process:
        while True:
            yield env.timeout(3 * unit)
            issue = yield issues.get()
            seen.append((env.now, "repair", issue.item))

    env.process(inspector())
    env.process(maintainer())
    env.run()
    return seen


def monitored_resource(env: simpy.Environment, unit: float) -> Seen:
    """A resource of one's own class notes its queue at each request and release."""
    seen: Seen = []

    class MonitoredResource(simpy.Resource):
        def _do_put(self, event: Any) -> None:
            seen.append(("put", self._env.now, len(self.queue)))
            super()._do_put(event)

        def _do_get(self, event: Any) -> None:
            seen.append(("get", self._env.now, len(self.queue)))
            super()._do_get(event)

    slots = MonitoredResource(env, capacity=1)

    def test_process() -> Process:
        with slots.request() as request:
            yield request
            yield env.timeout(unit)

    env.process(test_process())
    env.process(test_process())
    env.run()
    return seen


SNIPPETS = (
    resource,
    explicit_release,
    priorities,
    preemption,
    preemption_in_the_queue,
    container,
    store,
    filter_store,
    priority_store,
    monitored_resource,
)
