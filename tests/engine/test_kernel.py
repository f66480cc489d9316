"""The kernel runs plain callbacks and simpy's own processes in one order."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
import simpy
from simpy.core import EmptySchedule

from game.engine.kernel import BudgetSpent, Kernel
from game.engine.priorities import CHANGE, NORMAL, TIMER

Process = Generator[Any, Any, Any]


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


@pytest.fixture
def heard() -> list[Any]:
    return []


def test_callbacks_run_in_order_of_time_then_priority_then_number(
    kernel: Kernel, heard: list[Any]
) -> None:
    kernel.at(20, heard.append, "late")
    kernel.at(10, heard.append, "timer", TIMER)
    kernel.at(10, heard.append, "first")
    kernel.at(10, heard.append, "second")
    kernel.at(10, heard.append, "change", CHANGE)
    kernel.advance(30, 100)

    assert heard == ["change", "first", "second", "timer", "late"]
    assert kernel.now == 30


def test_nothing_may_be_planned_for_the_past(kernel: Kernel) -> None:
    kernel.advance(10, 100)

    with pytest.raises(AssertionError, match="it is 10"):
        kernel.at(9, print)


def test_advance_includes_its_last_microsecond(kernel: Kernel, heard: list[Any]) -> None:
    kernel.at(10, heard.append, "at ten")
    kernel.at(11, heard.append, "at eleven")
    kernel.advance(10, 100)

    assert heard == ["at ten"]


def test_slices_count_the_same_events_as_one_go() -> None:
    def ticking(kernel: Kernel) -> Process:
        while True:
            yield kernel.timeout(7)

    whole, sliced = Kernel(), Kernel()
    whole.process(ticking(whole))
    sliced.process(ticking(sliced))
    whole.advance(1000, 10_000)
    for end in range(1, 1001):
        sliced.advance(end, 10_000)

    assert sliced.events == whole.events


def test_an_endless_loop_ends_at_the_budget(kernel: Kernel) -> None:
    def again(_argument: object) -> None:
        kernel.at(kernel.now, again)

    kernel.at(0, again)

    with pytest.raises(BudgetSpent):
        kernel.advance(1_000_000, 500)
    assert kernel.events == 500


def test_a_budget_that_is_just_enough_is_enough(kernel: Kernel, heard: list[Any]) -> None:
    for time_us in range(5):
        kernel.at(time_us, heard.append, time_us)
    kernel.advance(10, 5)

    assert heard == [0, 1, 2, 3, 4]


def test_stepping_an_empty_kernel_is_refused(kernel: Kernel) -> None:
    with pytest.raises(EmptySchedule):
        kernel.step()


def test_callbacks_and_simpy_events_share_one_order(kernel: Kernel, heard: list[Any]) -> None:
    def process() -> Process:
        heard.append(("process begins", kernel.now))
        yield kernel.timeout(5)
        heard.append(("process", kernel.now))

    kernel.process(process())
    kernel.at(5, lambda _: heard.append(("callback", kernel.now)), None, NORMAL)
    kernel.run()

    assert heard == [("process begins", 0), ("callback", 5), ("process", 5)]


def test_a_failed_event_is_never_silently_ignored(kernel: Kernel) -> None:
    def failing() -> Process:
        yield kernel.timeout(1)
        raise ValueError("broken")

    kernel.process(failing())

    with pytest.raises(ValueError, match="broken"):
        kernel.advance(10, 100)


# Programs of simpy's documentation, unchanged but for where their environment comes from.


def test_simpy_clocks_tick(kernel: Kernel, heard: list[Any]) -> None:
    def clock(env: simpy.Environment, name: str, tick: float) -> Process:
        while True:
            heard.append((name, env.now))
            yield env.timeout(tick)

    kernel.process(clock(kernel, "fast", 0.5))
    kernel.process(clock(kernel, "slow", 1))
    kernel.run(until=2)

    assert heard == [
        ("fast", 0),
        ("slow", 0),
        ("fast", 0.5),
        ("slow", 1),
        ("fast", 1.0),
        ("fast", 1.5),
    ]


def test_simpy_driver_interrupts_the_charging_car(kernel: Kernel, heard: list[Any]) -> None:
    class Car:
        def __init__(self, env: simpy.Environment) -> None:
            self.env = env
            self.action = env.process(self.run())

        def run(self) -> Process:
            while True:
                heard.append(("charging", self.env.now))
                try:
                    yield self.env.process(self.charge(5))
                except simpy.Interrupt:
                    heard.append(("interrupted", self.env.now))
                heard.append(("driving", self.env.now))
                yield self.env.timeout(2)

        def charge(self, duration: int) -> Process:
            yield self.env.timeout(duration)

    def driver(env: simpy.Environment, car: Car) -> Process:
        yield env.timeout(3)
        car.action.interrupt()

    car = Car(kernel)
    kernel.process(driver(kernel, car))
    kernel.run(until=15)

    assert heard == [
        ("charging", 0),
        ("interrupted", 3),
        ("driving", 3),
        ("charging", 5),
        ("driving", 10),
        ("charging", 12),
    ]


def test_simpy_cars_share_a_charging_station(kernel: Kernel, heard: list[Any]) -> None:
    station = simpy.Resource(kernel, capacity=2)

    def car(env: simpy.Environment, name: str, driving: int, charging: int) -> Process:
        yield env.timeout(driving)
        heard.append((name, "arrives", env.now))
        with station.request() as request:
            yield request
            heard.append((name, "charges", env.now))
            yield env.timeout(charging)
            heard.append((name, "leaves", env.now))

    for number in range(4):
        kernel.process(car(kernel, f"car {number}", number * 2, 5))
    kernel.run()

    assert heard == [
        ("car 0", "arrives", 0),
        ("car 0", "charges", 0),
        ("car 1", "arrives", 2),
        ("car 1", "charges", 2),
        ("car 2", "arrives", 4),
        ("car 0", "leaves", 5),
        ("car 2", "charges", 5),
        ("car 3", "arrives", 6),
        ("car 1", "leaves", 7),
        ("car 3", "charges", 7),
        ("car 2", "leaves", 10),
        ("car 3", "leaves", 12),
    ]


def test_simpy_conditions_wait_for_any_or_all(kernel: Kernel) -> None:
    def waiting(env: simpy.Environment) -> Process:
        soon, late = env.timeout(1, value="soon"), env.timeout(2, value="late")
        first = yield soon | late
        assert first == {soon: "soon"}
        both = yield env.timeout(10, value="x") & late
        return list(both.values()), env.now

    assert kernel.run(until=kernel.process(waiting(kernel))) == (["x", "late"], 11)


def test_simpy_stores_and_containers_work(kernel: Kernel, heard: list[Any]) -> None:
    store = simpy.Store(kernel, capacity=2)
    tank = simpy.Container(kernel, init=10, capacity=100)

    def producer(env: simpy.Environment) -> Process:
        for number in range(3):
            yield env.timeout(1)
            yield store.put(f"spam {number}")

    def consumer(env: simpy.Environment, name: str) -> Process:
        while True:
            item = yield store.get()
            yield tank.get(3)
            heard.append((name, item, env.now, tank.level))

    kernel.process(producer(kernel))
    kernel.process(consumer(kernel, "a"))
    kernel.run(until=10)

    assert heard == [("a", "spam 0", 1, 7), ("a", "spam 1", 2, 4), ("a", "spam 2", 3, 1)]


def test_simpy_preemption_interrupts_the_lower_priority(kernel: Kernel, heard: list[Any]) -> None:
    resource = simpy.PreemptiveResource(kernel, capacity=1)

    def user(env: simpy.Environment, name: str, delay: int, priority: int) -> Process:
        yield env.timeout(delay)
        with resource.request(priority=priority) as request:
            yield request
            heard.append((name, "has it", env.now))
            try:
                yield env.timeout(3)
            except simpy.Interrupt as interrupt:
                cause = interrupt.cause
                assert cause is not None
                heard.append((name, "lost it", env.now, cause.usage_since))

    kernel.process(user(kernel, "low", 0, 0))
    kernel.process(user(kernel, "high", 2, -1))
    kernel.run()

    assert heard == [("low", "has it", 0), ("low", "lost it", 2, 0), ("high", "has it", 2)]
