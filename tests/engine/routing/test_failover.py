"""Failover uses the first machine of a list that is there."""

from __future__ import annotations

from game.engine.faults.crash import Crash
from game.engine.resilience.health import Health
from game.engine.routing.failover import Failover
from game.engine.run import simulate
from game.level.model import Fault, Zone
from tests.engine.shops import MS, SECOND, attempts_at, caller_of, shop


def test_the_first_of_the_order_that_is_there_does_all_the_work() -> None:
    balancer = Failover(order=("web-3", "web-1"))
    caller = caller_of(shop(machines=4, policy={"balancer": balancer}))
    targets = caller.targets

    assert caller.picker.pick(targets, 0.0) is targets[2]
    assert caller.picker.pick([targets[0], targets[1]], 0.0) is targets[0]
    assert caller.picker.pick([targets[1], targets[3]], 0.0) is targets[1]


def test_a_zone_may_stand_in_the_order() -> None:
    zones = [Zone(id="a"), Zone(id="b")]
    caller = caller_of(shop(machines=4, zones=zones, policy={"balancer": Failover(order=("b",))}))

    assert caller.picker.pick(caller.targets, 0.0) is caller.targets[1]


def test_work_goes_over_when_the_first_is_found_dead_and_comes_back_with_it() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-2",), at=2 * SECOND, for_=3 * SECOND)
    policy = {
        "balancer": Failover(order=("web-2",)),
        "health": Health(interval=100 * MS, timeout=50 * MS, fall=2, rise=2),
    }
    log = simulate(shop(policy=policy, faults=[crash]), 1)

    assert set(attempts_at(log, 0, 2 * SECOND)) == {"web-2"}
    assert set(attempts_at(log, 2 * SECOND + 300 * MS, 5 * SECOND)) == {"web-1"}
    assert set(attempts_at(log, 5 * SECOND + 300 * MS)) == {"web-2"}
