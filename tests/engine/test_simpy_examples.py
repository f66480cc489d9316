"""What runs on SimPy runs on the kernel, and prints the same: SimPy's own documentation is run.

One documented snippet is left out: the guide's tracing of `step` reads `env._queue`, which is
private to an environment, and whose entries have five fields here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import simpy

from game.engine.kernel import Kernel
from tests.engine.simpy_examples import (
    bank_renege,
    carwash,
    gas_station_refuel,
    guide_events,
    guide_resources,
    latency,
    machine_shop,
    movie_renege,
    process_communication,
)

EXAMPLES: tuple[Any, ...] = (
    bank_renege,
    carwash,
    gas_station_refuel,
    latency,
    machine_shop,
    movie_renege,
    process_communication,
)
SNIPPETS = (*guide_events.SNIPPETS, *guide_resources.SNIPPETS)
Snippet = Callable[[simpy.Environment, float], list[Any]]


def name_of(thing: Any) -> str:
    return str(thing.__name__).rpartition(".")[2]


@pytest.mark.parametrize("example", EXAMPLES, ids=name_of)
@pytest.mark.parametrize("make", [simpy.Environment, Kernel])
def test_an_example_prints_what_the_documentation_says(
    example: Any, make: Callable[[], simpy.Environment], capsys: pytest.CaptureFixture[str]
) -> None:
    example.play(make)

    assert capsys.readouterr().out == example.PRINTED


@pytest.mark.parametrize("unit", [1, 3, 0.25, 0.1])
@pytest.mark.parametrize("snippet", SNIPPETS, ids=name_of)
def test_a_snippet_of_the_guides_sees_the_same_on_the_kernel(snippet: Snippet, unit: float) -> None:
    expected = snippet(simpy.Environment(), unit)

    assert expected
    assert repr(snippet(Kernel(), unit)) == repr(expected), "as data, and as whole or real numbers"


@pytest.mark.parametrize("start", [7, 7.5])
def test_time_may_begin_late(start: Any) -> None:
    def seen(env: simpy.Environment) -> list[Any]:
        return guide_events.conditions(env, 1) + guide_resources.store(env, 100)

    assert seen(Kernel(start)) == seen(simpy.Environment(start))


def stop_within_an_event(env: simpy.Environment) -> list[Any]:
    """`run` stops at an event that a process began to wait for after `run` did (SimPy 4.1.2)."""
    heard: list[Any] = []
    bell = env.timeout(2, value="bell")

    def late() -> guide_events.Process:
        yield env.timeout(1)
        heard.append((yield bell))

    env.process(late())
    heard.append(env.run(until=bell))
    env.run()
    return [*heard, env.now]


def test_who_waits_for_the_event_that_ends_run_hears_it_when_the_run_goes_on() -> None:
    assert stop_within_an_event(Kernel()) == ["bell", "bell", 2]
