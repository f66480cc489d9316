"""Balancers that count what a machine still owes: least outstanding, and power of two."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from game.engine.faults.slow import Slow
from game.engine.routing.least_outstanding import LeastOutstanding
from game.engine.routing.power_of_two import PowerOfTwo, PowerOfTwoPicker
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import (
    MS,
    attempts_at,
    caller_of,
    cpu,
    exponential,
    shop,
)


def test_least_outstanding_takes_the_smallest_count_and_luck_between_equals() -> None:
    caller = caller_of(shop(machines=4, policy={"balancer": LeastOutstanding()}))
    for target, count in zip(caller.targets, (3, 1, 2, 1), strict=True):
        target.outstanding = count
    picked = Counter(caller.picker.pick(caller.targets, step / 100).index for step in range(100))

    assert picked == {1: 50, 3: 50}


def test_power_of_two_compares_each_pair_of_different_targets_equally_often() -> None:
    targets = caller_of(shop(machines=4)).targets
    for target, count in zip(targets, (0, 1, 2, 3), strict=True):
        target.outstanding = count
    picker = PowerOfTwoPicker()
    picked = Counter(picker.pick(targets, (step + 0.5) / 1200).index for step in range(1200))

    # Of the six pairs, the best is in three, the second best in three of which it loses one, ...
    assert picked == {0: 600, 1: 400, 2: 200}


def test_power_of_two_lets_luck_decide_between_equals() -> None:
    targets = caller_of(shop(machines=5)).targets
    picker = PowerOfTwoPicker()
    picked = Counter(picker.pick(targets, (step + 0.5) / 2000).index for step in range(2000))

    assert set(picked.values()) == {400}


def test_a_slow_machine_gets_less() -> None:
    slow = Fault(id="slow", what=Slow(factor=4.0), target=("web-1",), at=0)
    for balancer in (LeastOutstanding(), PowerOfTwo()):
        system = shop(
            policy={"balancer": balancer},
            client={"rate": 250.0},
            service={"steps": (cpu(exponential(3 * MS)),)},
        )
        fair = attempts_at(simulate(system, 1))
        unfair = attempts_at(simulate(replace(system, faults=(slow,)), 1))
        assert abs(fair["web-1"] - fair["web-2"]) < 0.1 * fair["web-1"]
        assert unfair["web-1"] < 0.7 * unfair["web-2"]
