"""Sticky: a user stays, and leaves only when there is nobody left to stay with."""

from __future__ import annotations

from game.engine.faults.crash import Crash
from game.engine.log import Log
from game.engine.resilience.health import Health
from game.engine.resilience.retry import Retry
from game.engine.routing.sticky import Sticky
from game.engine.run import simulate
from game.level.model import Fault
from tests.engine.shops import MS, SECOND, attempts_at, causes, constant, rows, shop

CLOSED = {"rate": None, "population": 10, "think": constant(100 * MS)}
HEALTH = Health(interval=100 * MS, timeout=50 * MS, fall=2, rise=2)


def homes_by_key(log: Log, first_us: int, last_us: int) -> dict[int, set[int]]:
    """The stations that each key was sent to."""
    keys = {row["operation"]: row["key"] for row in rows(log.operations)}
    found: dict[int, set[int]] = {}
    for row in rows(log.attempts):
        if first_us <= row["sent_us"] < last_us:
            found.setdefault(keys[row["operation"]], set()).add(row["station"])
    return found


def test_users_are_dealt_in_turn_and_stay() -> None:
    log = simulate(shop(machines=5, policy={"balancer": Sticky()}, client=CLOSED), 1)
    counts = attempts_at(log)

    assert len(counts) == 5
    assert max(counts.values()) - min(counts.values()) <= 2


def test_in_an_open_loop_each_key_is_a_user() -> None:
    log = simulate(shop(machines=3, policy={"balancer": Sticky()}, client={"keys": 30}), 1)
    homes = homes_by_key(log, 0, 10 * SECOND)

    assert len(homes) == 30
    assert all(len(stations) == 1 for stations in homes.values())
    assert set.union(*homes.values()) == {0, 1, 2}


def test_a_user_whose_machine_left_the_rotation_stays_with_the_next_one() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-1",), at=4 * SECOND, for_=2 * SECOND)
    policy = {"balancer": Sticky(), "health": HEALTH}
    log = simulate(shop(machines=3, policy=policy, client={"keys": 30}, faults=[crash]), 1)
    before = homes_by_key(log, 0, 4 * SECOND)
    during = homes_by_key(log, 4500 * MS, 6 * SECOND)
    after = homes_by_key(log, 7 * SECOND, 10 * SECOND)

    assert set.union(*during.values()) == {1, 2}
    assert all(after[key] == homes for key, homes in during.items())
    assert all(after[key] == homes for key, homes in before.items() if homes != {0})


def test_a_retry_elsewhere_does_not_move_the_user() -> None:
    crash = Fault(id="crash", what=Crash(), target=("web-1",), at=4 * SECOND, for_=2 * SECOND)
    policy = {"balancer": Sticky(), "retry": Retry(attempts=1)}
    log = simulate(shop(machines=3, policy=policy, client={"keys": 30}, faults=[crash]), 1)

    assert set(causes(log)) == {"none"}
    assert homes_by_key(log, 0, 4 * SECOND) == homes_by_key(log, 7 * SECOND, 10 * SECOND)
