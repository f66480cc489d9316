"""The promise of synchronous primary-backup with fencing and keys, in random nights."""

from __future__ import annotations

from random import Random

import pytest

from tests.engine.nights import SECOND, Night
from tests.engine.replication.stores import (
    LEADER,
    fault,
    lost,
    primary_backup,
    repeated,
    store_night,
)

PATIENT = LEADER.replace("attempts = 3", "attempts = 20")
DETECTORS = (("50ms", "120ms"), ("200ms", "500ms"), ("500ms", "2s"))
KINDS = (
    *("crash", "crash", "pause", "pause", "partition", "partition", "partition"),
    *("loss", "duplicate", "reorder", "delay", "slow"),
)
CALM_MS = 9_900
"""All faults are over by then."""


def random_fault(luck: Random, machines: int) -> str:
    """A fault on machines, or on the ways between some of them, in one direction or both."""
    copies = [f"db-{number}" for number in range(1, machines + 1)]
    at_ms = luck.randint(200, 9_000)
    length_ms = luck.randint(20, min(4_000, CALM_MS - at_ms))
    kind = luck.choice(KINDS)
    target = luck.choice((*copies, "judge", "db-1"))
    more = ""
    if kind == "crash":
        more = f'what = "{luck.choice(("process", "host"))}"'
    elif kind == "slow":
        more = f"factor = {luck.randint(2, 50)}"
    elif kind != "pause":
        target = luck.choice((*copies, "db", "judge", "users"))
        more = {
            "partition": _other_side(luck, target, copies),
            "loss": f"share = {luck.choice((0.05, 0.3, 0.8))}",
            "duplicate": f"share = {luck.choice((0.05, 0.3, 0.8))}",
            "reorder": 'by = "30ms"\nshare = 0.5',
            "delay": f'by = "{luck.choice((5, 50, 400))}ms"\nshare = {luck.choice((0.2, 1.0))}',
        }[kind]
        if luck.random() < 0.5:
            more += f'\none_way = "{luck.choice(("in", "out"))}"'
    return fault(kind, target, f"{at_ms}ms", f"{length_ms}ms", more)


def _other_side(luck: Random, target: str, copies: list[str]) -> str:
    """Where a partition cuts the target off from: everybody, or some."""
    if luck.random() < 0.4:
        return ""
    others = [place for place in (*copies, "judge", "users") if place != target]
    if target == "db":
        others = ["judge", "users"]
    chosen = luck.sample(others, luck.randint(1, min(2, len(others))))
    return f"from = {chosen}".replace("'", '"')


def random_night(number: int, mode: str = "sync") -> Night:
    """Up to six faults, on up to five copies."""
    luck = Random(number)
    machines = luck.choice((1, 2, 3, 3, 4, 5))
    faults = "".join(random_fault(luck, machines) for _ in range(luck.randint(1, 6)))
    heartbeat, failover_after = luck.choice(DETECTORS)
    return store_night(
        faults,
        seed=number,
        machines=machines,
        policy=PATIENT,
        replication=primary_backup(mode, heartbeat=heartbeat, failover_after=failover_after),
        rate=luck.choice((50, 200)),
        writes=luck.choice((0.5, 1.0)),
        deadline=luck.choice(("1s", "3s")),
        duration="17s",
    )


def check_promise(numbers: range) -> None:
    """Nothing acknowledged is lost, nothing is applied twice, and after the trouble all is well."""
    for number in numbers:
        played = random_night(number)
        assert not lost(played), f"night {number} lost writes"
        assert not repeated(played), f"night {number} applied writes twice"
        assert played.good_share(13 * SECOND) == 1.0, f"night {number} did not recover"


def test_no_acknowledged_write_is_lost_and_none_applied_twice() -> None:
    check_promise(range(25))


@pytest.mark.soak
def test_no_acknowledged_write_is_lost_and_none_applied_twice_in_many_nights() -> None:
    check_promise(range(1_000, 5_000))


def test_the_same_nights_break_what_promises_less() -> None:
    assert sum(bool(lost(random_night(number, "async"))) for number in range(25)) >= 3
