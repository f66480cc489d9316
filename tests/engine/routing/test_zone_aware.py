"""The zone-aware balancer stays near while it can."""

from __future__ import annotations

from game.engine.faults.crash import Crash
from game.engine.resilience.health import Health
from game.engine.resilience.retry import Retry
from game.engine.routing.zone_aware import ZoneAware
from game.engine.run import simulate
from game.level.model import Fault, Zone
from tests.engine.shops import MS, SECOND, attempts_at, caller_of, causes, shop

ZONES = (Zone(id="a"), Zone(id="b"), Zone(id="c", region="far"))
"""Machines are dealt to them in turn: 1 and 4 are near, 2 and 5 next door, 3 and 6 far away."""


def test_only_the_near_machines_are_used_and_they_take_turns() -> None:
    log = simulate(shop(machines=6, zones=ZONES, policy={"balancer": ZoneAware()}), 1)
    counts = attempts_at(log)

    assert set(counts) == {"web-1", "web-4"}
    assert abs(counts["web-1"] - counts["web-4"]) <= 1


def test_with_the_near_ones_out_the_next_nearest_are_used() -> None:
    caller = caller_of(shop(machines=6, zones=ZONES, policy={"balancer": ZoneAware()}))
    for index in (0, 3):
        caller.targets[index].unhealthy = True
    caller.refresh()
    picked = {caller.picker.pick(caller.available, 0.0).index for _ in range(6)}

    assert picked == {1, 4}


def test_with_too_few_near_ones_the_next_distance_helps() -> None:
    balancer = ZoneAware(spill_below=0.6)
    caller = caller_of(shop(machines=6, zones=ZONES, policy={"balancer": balancer}))
    picked = {caller.picker.pick(caller.available, 0.0).index for _ in range(6)}
    assert picked == {0, 3}
    caller.targets[0].ejected = True
    caller.refresh()
    picked = {caller.picker.pick(caller.available, 0.0).index for _ in range(6)}
    assert picked == {1, 3, 4}


def test_a_retry_goes_to_the_other_zone_when_the_near_one_was_tried() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-1",), at=0)
    policy = {"balancer": ZoneAware(), "retry": Retry(attempts=1)}
    log = simulate(shop(machines=2, zones=ZONES[:2], policy=policy, faults=[crash]), 1)

    assert set(causes(log)) == {"none"}
    assert attempts_at(log)["web-1"] == attempts_at(log)["web-2"]


def test_a_zone_that_fails_its_health_checks_is_left_until_it_is_back() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-1",), at=2 * SECOND, for_=3 * SECOND)
    health = Health(interval=100 * MS, timeout=50 * MS, fall=2, rise=2)
    policy = {"balancer": ZoneAware(), "health": health}
    log = simulate(shop(machines=2, zones=ZONES[:2], policy=policy, faults=[crash]), 1)

    assert set(attempts_at(log, 0, 2 * SECOND)) == {"web-1"}
    assert set(attempts_at(log, 2 * SECOND + 300 * MS, 5 * SECOND)) == {"web-2"}
    assert set(attempts_at(log, 5 * SECOND + 300 * MS)) == {"web-1"}
