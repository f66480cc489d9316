"""The promise of synchronous primary-backup with fencing and keys, in random nights."""

from __future__ import annotations

from random import Random

import pytest

from game.engine.log import Change
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


def random_fault(luck: Random, copies: list[str], longest_ms: int) -> str:
    """A fault on machines, or on the ways between some of them, in one direction or both."""
    at_ms = luck.randint(200, CALM_MS - 900)
    length_ms = luck.randint(20, min(longest_ms, CALM_MS - at_ms))
    kind = luck.choice(KINDS)
    target = luck.choice((*copies, "judge", *copies))
    more = ""
    if kind == "crash":
        more = f'what = "{luck.choice(("process", "host"))}"'
    elif kind == "slow":
        more = f"factor = {luck.randint(2, 50)}"
    elif kind != "pause":
        target = luck.choice((*copies, *copies, "db", "judge", "users"))
        more = {
            "partition": _side("from", luck, target, copies),
            "loss": f"share = {luck.choice((0.05, 0.3, 0.8))}",
            "duplicate": f"share = {luck.choice((0.05, 0.3, 0.8))}",
            "reorder": f'by = "{luck.choice((30, 200, 900))}ms"\nshare = 0.3',
            "delay": f'by = "{luck.choice((5, 50, 400))}ms"\nshare = {luck.choice((0.2, 1.0))}',
        }[kind]
        if kind != "partition":
            more += _side("to", luck, target, copies)
        if luck.random() < 0.5:
            more += f'\none_way = "{luck.choice(("in", "out"))}"'
    return fault(kind, target, f"{at_ms}ms", f"{length_ms}ms", more)


def _side(key: str, luck: Random, target: str, copies: list[str]) -> str:
    """The other side of a fault on the network: everybody, or some."""
    if luck.random() < 0.4:
        return ""
    others = [place for place in (*copies, "judge", "users") if place != target]
    if target == "db":
        others = ["judge", "users"]
    chosen = luck.sample(others, luck.randint(1, min(2, len(others))))
    return f"\n{key} = {chosen}".replace("'", '"')


def random_night(number: int, mode: str = "sync", policy: str = PATIENT) -> Night:
    """A few long faults, or many short ones that come while the last is not over, on up to five
    copies."""
    luck = Random(number)
    wild = number % 2 == 1
    machines = luck.choice((2, 3, 3, 4)) if wild else luck.choice((1, 2, 3, 3, 4, 5))
    copies = [f"db-{one}" for one in range(1, machines + 1)]
    times, longest_ms = (luck.randint(15, 40), 700) if wild else (luck.randint(1, 6), 4_000)
    faults = "".join(random_fault(luck, copies, longest_ms) for _ in range(times))
    heartbeat, failover_after = DETECTORS[0] if wild else luck.choice(DETECTORS)
    return store_night(
        faults,
        seed=number,
        machines=machines,
        policy=policy,
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
    check_promise(range(20))


@pytest.mark.soak
def test_no_acknowledged_write_is_lost_and_none_applied_twice_in_many_nights() -> None:
    check_promise(range(1_000, 5_000))


def test_the_same_nights_break_what_promises_less() -> None:
    assert sum(bool(lost(random_night(number, "async"))) for number in range(20)) >= 2


@pytest.mark.parametrize(
    ("way_ms", "cuts_us"),
    [(1, range(-3_000, 1_500, 500)), (60, range(-132_000, 0, 12_000))],
    ids=["near", "far"],
)
def test_a_copy_that_may_take_over_again_has_all_that_was_acknowledged(
    way_ms: int, cuts_us: range
) -> None:
    """Writes stop to arrive a moment before it becomes a member, and then the primary dies."""
    ways = f'by = "{way_ms}ms"\nto = "db-2"\none_way = "out"'
    rejoins = fault("delay", "db-1", "1s", "4s", ways) + fault("crash", "db-2", "2s", "1s")
    (left_out_us, _), (back_us, _) = epochs(pair(rejoins))
    assert left_out_us < 3 * SECOND < back_us

    led_by_the_other = 0
    for cut_us in cuts_us:
        at_us = back_us + cut_us
        cut = fault("partition", "db-1", f"{at_us}us", more='from = ["db-2"]\none_way = "out"')
        dies = fault("crash", "db-1", f"{at_us + 100_000}us", more='what = "host"')
        played = pair(rejoins + cut + dies)
        assert not lost(played), f"cut {cut_us} us after db-2 was back"
        led_by_the_other += epochs(played)[-1][1] == 1
    assert led_by_the_other > 0


def pair(faults: str) -> Night:
    """Two copies, many writes."""
    quick = primary_backup(heartbeat="50ms", failover_after="120ms")
    return store_night(
        faults, machines=2, policy=LEADER, replication=quick, rate=1000, duration="5s"
    )


def epochs(played: Night) -> list[tuple[int, int]]:
    """When each epoch was granted, and the station of its primary."""
    rows = played.log.changes.rows()
    return [
        (time_us, station) for time_us, change, station, _ in rows if change == Change.EPOCH_GRANTED
    ]


def test_retries_without_keys_are_caught_in_one_night() -> None:
    """What makes a retry harmless is that copies know the write by its key."""
    forgetful = PATIENT.replace("idempotency_key = true", "")
    assert repeated(random_night(0, policy=forgetful))
