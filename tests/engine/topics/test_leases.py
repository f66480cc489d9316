"""How much drift a lease bears.

Whoever holds a lease counts it from the moment at which it sent what was answered last; whoever
may end it counts from when that arrived, a guard band longer. Clocks that count 1 - d and 1 + e for
every 1 leave nothing of the guard where (1 - guard) / (1 - d) is 1 / (1 + e) and what the way to
the granter, and from it to the successor, adds (Gray and Cheriton, Leases, SOSP 1989, section 5).
"""

from __future__ import annotations

import pytest

from game.engine.log import Change, Role
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.histories.recorded import history_of_log
from tests.engine.nights import MS, SECOND, Night, night

GUARD = 0.05
CUT_US = 1_300 * MS
WAY_US = MS
GAP_US = 200


def town(slow_ppm: int, fast_ppm: int) -> Night:
    """The primary has a slow clock and the judge a fast one. It is cut off from all but its users,
    who read there; others write at the backup."""
    return night(f"""
duration = "3s"
event_budget = 10000000

[[node]]
id = "old"
clock = {{ drift_ppm = {-slow_ppm} }}

[[node]]
id = "new"

[[node]]
id = "judge"
clock = {{ drift_ppm = {fast_ppm} }}

[[link]]
from = "*"
to = "*"
latency = "{WAY_US}us"

[[policy]]
id = "old"
balancer = {{ kind = "failover", order = ["old"] }}

[[policy]]
id = "new"
balancer = {{ kind = "failover", order = ["new"] }}

[[service]]
id = "shop"
on = ["old", "new"]
store = "register"
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "primary-backup"
coordinator = "court"
heartbeat = "100ms"
failover_after = "1s"
reads = "lease"
guard = {GUARD}

[[service]]
id = "court"
on = "judge"

[[client]]
id = "readers"
call = "shop"
policy = "old"
gap = "{GAP_US}us"
writes = 0
deadline = "50ms"

[[client]]
id = "writers"
call = "shop"
policy = "new"
gap = "1ms"
writes = 1
deadline = "50ms"

[[fault]]
kind = "partition"
target = "old"
from = ["new", "judge"]
at = "{CUT_US}us"

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
""")


def overlap_us(played: Night) -> int:
    """From when the backup becomes the primary to the last answer of the old one; may be less than
    nothing."""
    last_us = max(played.log.reads.column("time_us"))
    begins = [
        time_us
        for time_us, change, station, value in played.log.changes.rows()
        if change == Change.ROLE and value == Role.PRIMARY and time_us > CUT_US
        if played.log.places[played.log.stations[station][1]] == "new"
    ]
    return last_us - min(begins)


def expected_us(slow_ppm: int, fast_ppm: int) -> float:
    """By the clocks' rates, counted from the last heartbeat that arrived."""
    lease_us = (1 - GUARD) * SECOND / (1 - slow_ppm / 1e6)
    return lease_us - (SECOND / (1 + fast_ppm / 1e6) + 2 * WAY_US)


@pytest.mark.parametrize(
    ("slow_ppm", "fast_ppm"),
    [(0, 0), (51_000, 0), (53_000, 0), (0, 53_000), (0, 57_000), (27_000, 26_000), (100_000, 0)],
)
def test_a_lease_ends_before_the_successor_begins_as_long_as_the_guard_bears_the_drift(
    slow_ppm: int, fast_ppm: int
) -> None:
    found_us = overlap_us(town(slow_ppm, fast_ppm))

    reference_us = expected_us(slow_ppm, fast_ppm)
    assert reference_us - GAP_US - 2 <= found_us <= reference_us + 2


def test_only_more_drift_than_that_makes_reads_stale() -> None:
    """What users see lags by their ways: a write has to be acknowledged before the read begins."""
    assert expected_us(51_000, 0) < 0 < expected_us(60_000, 0) - 4 * WAY_US
    assert is_valid(town(51_000, 0))
    assert not is_valid(town(60_000, 0))
    assert is_valid(town(25_000, 25_000))
    assert not is_valid(town(30_000, 30_000))


def is_valid(played: Night) -> bool:
    return check_linearizable(history_of_log(played.log), MODELS["register"]).valid
