"""The latency-aware balancer learns who answers fast, and forgets again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from game.engine.attempt import new_attempt, new_operation
from game.engine.causes import Cause
from game.engine.faults.crash import Crash
from game.engine.faults.slow import Slow
from game.engine.log import AttemptKind
from game.engine.paths import Path
from game.engine.routing.latency_aware import LatencyAware, LatencyAwarePicker
from game.engine.run import simulate
from game.level.model import Fault, Link, Zone
from tests.engine.shops import (
    MS,
    SECOND,
    attempts_at,
    caller_of,
    constant,
    cpu,
    exponential,
    shop,
    two_tiers,
)

BALANCER = LatencyAware(decay=SECOND, penalty=SECOND)


class Watched:
    """A caller whose attempts a test ends as it likes."""

    def __init__(self) -> None:
        self.caller = caller_of(shop(policy={"balancer": BALANCER}))
        picker = self.caller.picker
        assert isinstance(picker, LatencyAwarePicker)
        self.picker = picker

    def end(self, target: int, after_us: int, cause: int = 0, needed: bool = True) -> None:
        kernel = self.caller.kernel
        nobody: Any = None
        call = new_operation(nobody, Path(1, 0, "web"), 0, 0, 0, (0.5,))
        attempt = new_attempt(
            call, self.caller, self.caller.targets[target], AttemptKind.FIRST, 0, kernel.now
        )
        kernel.advance(kernel.now + after_us, 1000)
        call.open = needed
        self.picker.closed(attempt, cause)

    def cost(self, target: int) -> float:
        return self.picker.cost(self.caller.targets[target])


def test_a_longer_latency_counts_at_once_and_a_shorter_one_by_and_by() -> None:
    watched = Watched()
    watched.end(0, 10 * MS)
    assert watched.cost(0) == 10 * MS
    watched.end(0, 90 * MS)
    assert watched.cost(0) == 90 * MS
    watched.end(0, 10 * MS)
    assert 85 * MS < watched.cost(0) < 90 * MS


def test_a_failure_costs_at_least_the_penalty() -> None:
    watched = Watched()
    watched.end(0, 1 * MS, Cause.REFUSED)
    assert watched.cost(0) == SECOND
    watched.end(0, 3 * SECOND, Cause.LOST)
    assert watched.cost(0) == 3 * SECOND


def test_what_nobody_confirms_fades() -> None:
    watched = Watched()
    watched.end(0, 1 * MS, Cause.REFUSED)
    watched.end(1, SECOND)
    assert watched.cost(0) == SECOND / 2


def test_an_answer_that_was_not_needed_counts_only_if_it_takes_longer() -> None:
    watched = Watched()
    watched.end(0, 10 * MS)
    watched.end(0, 5 * MS, needed=False)
    before = watched.cost(0)
    assert 9 * MS < before <= 10 * MS
    watched.end(0, 50 * MS, needed=False)
    assert watched.cost(0) == 50 * MS


def test_a_new_target_is_asked_once_until_it_answers() -> None:
    watched = Watched()
    watched.end(0, 10 * MS)
    targets = watched.caller.targets
    assert watched.picker.pick(targets, 0.5) is targets[1]
    targets[1].outstanding = 1
    assert watched.picker.pick(targets, 0.5) is targets[0]


def test_a_machine_that_turns_slow_gets_little_and_is_used_again_afterwards() -> None:
    slow = Fault(
        id="slow", what=Slow(factor=20.0), target=("web-1",), at=2 * SECOND, for_=3 * SECOND
    )
    system = shop(
        policy={"balancer": BALANCER},
        client={"rate": 200.0},
        service={"steps": (cpu(exponential(2 * MS)),)},
        faults=[slow],
    )
    log = simulate(system, 1)
    during = attempts_at(log, 2 * SECOND, 5 * SECOND)
    after = attempts_at(log, 6 * SECOND)

    assert during["web-1"] < 0.1 * during["web-2"]
    assert after["web-1"] > 0.3 * after["web-2"]


def test_it_prefers_the_machine_that_is_near() -> None:
    zones = [Zone(id="a"), Zone(id="b")]
    system = shop(zones=zones, policy={"balancer": BALANCER})
    far = Link(from_="users", to="b", latency=constant(20 * MS))
    log = simulate(replace(system, links=(*system.links, far)), 1)

    assert attempts_at(log)["web-1"] > 3 * attempts_at(log)["web-2"]


def test_a_caller_that_crashed_begins_to_learn_anew() -> None:
    crash = Fault(id="crash", what=Crash(), target=("front",), at=3 * SECOND, for_=SECOND)
    slow = Fault(id="slow", what=Slow(factor=30.0), target=("web-1",), at=5 * SECOND)
    log = simulate(two_tiers(policy={"balancer": BALANCER}, faults=[crash, slow]), 1)

    assert log.verdict == "", log.error
    during = attempts_at(log, 6 * SECOND)
    assert during["web-1"] < 0.2 * during["web-2"]
