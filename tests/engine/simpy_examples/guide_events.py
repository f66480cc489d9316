"""Snippets of SimPy's guides on environments, events and processes (MIT, see LICENSE).

Each takes an environment and a unit of time, a whole number or a fraction, and gives what it saw.
"""

from __future__ import annotations

from collections.abc import Generator
from random import randint, seed
from typing import Any

import simpy
from simpy.core import EmptySchedule
from simpy.util import start_delayed

Process = Generator[Any, Any, Any]
Seen = list[Any]


def value_of_a_timeout(env: simpy.Environment, unit: float) -> Seen:
    """A timeout hands its value to the process that waited for it."""

    def example() -> Process:
        value = yield env.timeout(unit, value=42)
        return env.now, value

    return [env.run(until=env.process(example()))]


def callbacks_of_an_event(env: simpy.Environment, unit: float) -> Seen:
    """Callbacks are called in their order, once."""
    seen: Seen = []
    event = env.event()
    event.callbacks.append(lambda one: seen.append(("first", env.now, one.value)))
    event.callbacks.append(lambda one: seen.append(("second", env.now, one.value)))
    seen.append((event.triggered, event.processed))
    event.succeed("value")
    seen.append((event.triggered, event.processed))
    env.run(until=unit)
    seen.append((event.triggered, event.processed, event.callbacks))
    return seen


def school(env: simpy.Environment, unit: float) -> Seen:
    """One event wakes several processes, again and again."""
    seen: Seen = []

    class School:
        def __init__(self) -> None:
            self.class_ends = env.event()
            self.pupils = [env.process(self.pupil(name)) for name in "abc"]
            self.bell_process = env.process(self.bell())

        def bell(self) -> Process:
            for _ in range(2):
                yield env.timeout(45 * unit)
                self.class_ends.succeed()
                self.class_ends = env.event()

        def pupil(self, name: str) -> Process:
            for _ in range(2):
                seen.append((name, env.now))
                yield self.class_ends

    School()
    env.run()
    return [*seen, env.now]


def value_of_a_process(env: simpy.Environment, unit: float) -> Seen:
    """A process is an event too: what it returns is its value."""

    def sub() -> Process:
        yield env.timeout(unit)
        return 23

    def parent() -> Process:
        value = yield env.process(sub())
        return value, env.now

    return [env.run(env.process(parent()))]


def delayed_start(env: simpy.Environment, unit: float) -> Seen:
    """A process may begin later."""

    def sub() -> Process:
        yield env.timeout(unit)
        return 23

    def parent() -> Process:
        later = yield start_delayed(env, sub(), delay=3 * unit)
        value = yield later
        return value, env.now

    return [env.run(env.process(parent()))]


def conditions(env: simpy.Environment, unit: float) -> Seen:
    """`|` and `&` of events, and both together."""
    seen: Seen = []

    def test_condition() -> Process:
        one, two = env.timeout(unit, value="spam"), env.timeout(2 * unit, value="eggs")
        found = yield one | two
        seen.append((env.now, found == {one: "spam"}, list(found.values())))

        one, two = env.timeout(unit, value="spam"), env.timeout(2 * unit, value="eggs")
        found = yield one & two
        seen.append((env.now, found == {one: "spam", two: "eggs"}, list(found.values())))

        first, second, third = (env.timeout(index * unit) for index in range(3))
        yield (first | second) & third
        seen.append((env.now, [event.processed for event in (first, second, third)]))

    env.process(test_condition())
    env.run()
    return seen


def any_of_and_all_of(env: simpy.Environment, unit: float) -> Seen:
    """Conditions over lists of events; the empty one is true at once."""
    seen: Seen = []

    def waiting() -> Process:
        events = [env.timeout(delay * unit, value=delay) for delay in (3, 1, 2)]
        first = yield env.any_of(events)
        seen.append((env.now, list(first.values())))
        every = yield env.all_of(events)
        seen.append((env.now, list(every.values())))
        nothing = yield env.all_of([])
        seen.append((env.now, list(nothing.values())))

    env.run(until=env.process(waiting()))
    return seen


def failing_condition(env: simpy.Environment, unit: float) -> Seen:
    """An event of a condition that fails makes the condition fail."""
    seen: Seen = []

    def broken() -> Process:
        yield env.timeout(unit)
        raise ValueError("onoes")

    def waiting() -> Process:
        try:
            yield env.timeout(2 * unit) & env.process(broken())
        except ValueError as failure:
            seen.append((env.now, str(failure)))
        yield env.timeout(unit)
        seen.append(env.now)

    env.run(until=env.process(waiting()))
    return seen


def run_until_a_time(env: simpy.Environment, unit: float) -> Seen:
    """What is due at the time itself does not happen any more; a time of the past is refused."""
    seen: Seen = []

    def clock() -> Process:
        while True:
            seen.append(env.now)
            yield env.timeout(unit)

    env.process(clock())
    for index in range(1, 5):
        env.run(until=index * unit)
        seen.append(("now", env.now))
    try:
        env.run(until=2 * unit)
    except ValueError as failure:
        seen.append(str(failure))
    return seen


def run_until_an_event(env: simpy.Environment, unit: float) -> Seen:
    """Gives the event's value, also when it has happened; an event that never comes is an error."""
    timeout = env.timeout(5 * unit, value="bell")
    seen: Seen = [env.run(until=timeout), env.now, env.run(until=timeout)]
    try:
        env.run(until=env.event())
    except RuntimeError as failure:
        seen.append(str(failure).partition(":")[0])
    return seen


def run_until_a_failure(env: simpy.Environment, unit: float) -> Seen:
    """The exception of a process that `run` waits for is raised there."""

    def broken() -> Process:
        yield env.timeout(unit)
        raise KeyError("lost")

    try:
        env.run(until=env.process(broken()))
    except KeyError as failure:
        return [env.now, failure.args]
    return []


def stepping(env: simpy.Environment, unit: float) -> Seen:
    """`peek` tells the time of the next event, `step` lets it happen."""
    seen: Seen = [env.peek()]
    for delay in (2, 1, 4):
        env.timeout(delay * unit)
    while env.peek() < 3 * unit:
        seen.append(env.peek())
        env.step()
        seen.append(env.now)
    env.step()
    try:
        env.step()
    except EmptySchedule:
        seen.append((env.now, env.peek()))
    return seen


def active_process(env: simpy.Environment, unit: float) -> Seen:
    """The process whose code runs, also in functions that it calls."""
    seen: Seen = []

    def subroutine() -> None:
        seen.append(env.active_process is process)

    def example() -> Process:
        while True:
            seen.append(env.active_process is process)
            subroutine()
            yield env.timeout(unit)

    process = env.process(example())
    seen.append(env.active_process)
    env.step()
    return [*seen, env.active_process]


def failures_pass_through_processes(env: simpy.Environment, unit: float) -> Seen:
    """A failure goes up from process to process until one of them catches it."""
    seen: Seen = []

    def bottom() -> Process:
        yield env.timeout(unit)
        raise ValueError("bottom")

    def middle() -> Process:
        try:
            yield env.process(bottom())
        finally:
            seen.append(("middle", env.now))

    def top() -> Process:
        try:
            yield env.process(middle())
        except ValueError as failure:
            seen.append(("top", env.now, str(failure), type(failure.__cause__)))
        return "mended"

    return [env.run(until=env.process(top())), *seen]


def a_failed_event(env: simpy.Environment, unit: float) -> Seen:
    """`fail` throws into those that wait; one that nobody waits for stops the simulation."""
    seen: Seen = []
    event = env.event()

    def waiting() -> Process:
        try:
            yield event
        except RuntimeError as failure:
            seen.append((env.now, str(failure)))

    def failing() -> Process:
        yield env.timeout(unit)
        event.fail(RuntimeError("as planned"))
        yield env.timeout(unit)
        env.event().fail(RuntimeError("nobody listens"))

    env.process(waiting())
    env.process(failing())
    try:
        env.run()
    except RuntimeError as failure:
        seen.append((env.now, str(failure)))
    return seen


def interrupts(env: simpy.Environment, unit: float) -> Seen:
    """An interrupt has a cause, and what was waited for can be waited for again."""
    seen: Seen = []

    def sleeper() -> Process:
        alarm = env.timeout(5 * unit, value="rested")
        while True:
            try:
                seen.append((yield alarm))
                return env.now
            except simpy.Interrupt as interrupt:
                seen.append((env.now, interrupt.cause))

    def nuisance(process: simpy.Process) -> Process:
        for number in range(2):
            yield env.timeout(unit)
            process.interrupt(f"wake up, {number}")
        yield process
        try:
            process.interrupt()
        except RuntimeError as failure:
            seen.append(str(failure).rpartition(">")[2])

    process = env.process(sleeper())
    env.process(nuisance(process))
    env.run()
    return [*seen, process.value, process.is_alive]


def interrupt_and_event_at_once(env: simpy.Environment, unit: float) -> Seen:
    """An interrupt comes before ordinary events of the same time."""
    seen: Seen = []

    def interrupter() -> Process:
        yield env.timeout(unit)
        process.interrupt("now")

    def sleeper() -> Process:
        try:
            yield env.timeout(unit)
            seen.append("slept")
        except simpy.Interrupt as interrupt:
            seen.append(interrupt.cause)

    env.process(interrupter())
    process = env.process(sleeper())
    env.run()
    return [*seen, env.now]


def sleep_until_woken_up(env: simpy.Environment, unit: float) -> Seen:
    """An electric vehicle's battery control is passivated and reactivated by an event."""
    seen: Seen = []
    seed(23)

    class Vehicle:
        def __init__(self) -> None:
            env.process(self.drive())
            env.process(self.control())
            self.reactivate = env.event()

        def drive(self) -> Process:
            while True:
                yield env.timeout(randint(20, 40) * unit)
                seen.append(("start parking", env.now))
                self.reactivate.succeed()
                self.reactivate = env.event()
                yield env.timeout(randint(60, 360) * unit)
                seen.append(("stop parking", env.now))

        def control(self) -> Process:
            while True:
                seen.append(("passivating", env.now))
                yield self.reactivate
                seen.append(("reactivated", env.now))
                yield env.timeout(randint(30, 90) * unit)

    Vehicle()
    env.run(until=1000 * unit)
    return seen


def wait_for_another_process(env: simpy.Environment, unit: float) -> Seen:
    """A vehicle charges while it parks; it interrupts the charging when it must go."""
    seen: Seen = []
    seed(23)

    def drive() -> Process:
        while True:
            yield env.timeout(randint(20, 40) * unit)
            seen.append(("start parking", env.now))
            charging = env.process(charge())
            yield charging | env.timeout(60 * unit)
            if not charging.triggered:
                charging.interrupt("Need to go!")
            seen.append(("stop parking", env.now))

    def charge() -> Process:
        try:
            yield env.timeout(randint(30, 90) * unit)
            seen.append(("charged", env.now))
        except simpy.Interrupt as interrupt:
            seen.append(("interrupted", env.now, interrupt.cause))

    env.process(drive())
    env.run(until=1000 * unit)
    return seen


SNIPPETS = (
    value_of_a_timeout,
    callbacks_of_an_event,
    school,
    value_of_a_process,
    delayed_start,
    conditions,
    any_of_and_all_of,
    failing_condition,
    run_until_a_time,
    run_until_an_event,
    run_until_a_failure,
    stepping,
    active_process,
    failures_pass_through_processes,
    a_failed_event,
    interrupts,
    interrupt_and_event_at_once,
    sleep_until_woken_up,
    wait_for_another_process,
)
