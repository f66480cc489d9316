"""Round robin gives turns, and learns nothing."""

from __future__ import annotations

from game.engine.faults.crash import Crash
from game.engine.routing.round_robin import RoundRobin, Turns
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import SECOND, attempts_at, caller_of, causes, shop


def test_targets_have_their_turns_in_order() -> None:
    targets = caller_of(shop(machines=3)).targets
    turns = Turns()

    assert [turns.pick(targets, 0.0).index for _ in range(7)] == [0, 1, 2, 0, 1, 2, 0]


def test_a_target_that_leaves_or_returns_shifts_nobodys_turn() -> None:
    targets = caller_of(shop(machines=4)).targets
    without_third = [targets[0], targets[1], targets[3]]
    turns = Turns()
    picked = [turns.pick(targets, 0.0).index for _ in range(2)]
    picked += [turns.pick(without_third, 0.0).index for _ in range(3)]
    picked += [turns.pick(targets, 0.0).index for _ in range(3)]

    assert picked == [0, 1, 3, 0, 1, 2, 3, 0]


def test_it_keeps_sending_to_a_dead_machine_that_nobody_tells_it_about() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-1",), at=2 * SECOND)
    log = simulate(shop(policy={"balancer": RoundRobin()}, faults=[crash]), 1)
    after = attempts_at(log, 2 * SECOND)

    assert abs(after["web-1"] - after["web-2"]) <= 1
    assert causes(log)["refused"] >= after["web-1"] - 1
