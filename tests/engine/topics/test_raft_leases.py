"""How much drift a Raft lease bears.

A leader may answer reads until so much of the shortest election timeout is over, by its own clock,
since it began the last round that a majority answered; a follower stands for election when its
timer, by its own clock, has run out since then, and gets no vote from another one before that has
counted the shortest timeout, too (Ongaro, Consensus: Bridging Theory and Practice, 2014, section
6.4.1). With clocks that count 1 - d and 1 + e for every 1, a second leader may be
there before the first one stops as soon as (1 - guard) / (1 - d) is more than 1 / (1 + e) and the
ways between them.
"""

from __future__ import annotations

import pytest

from game.engine.log import Change, Role
from tests.engine.nights import MS, SECOND, Night, night

GUARD = 0.05
SHORTEST_US, LONGEST_US = 500 * MS, 560 * MS
HEARTBEAT_US, WAY_US, GAP_US = 100 * MS, MS, MS
CUT_US = 3 * SECOND + 50 * MS
DRIFT_US = 1_500 * MS


def town(seed: int, slow_ppm: int, fast_ppm: int) -> Night:
    """From 1.5 s on the first server's clock is slow, and those of the others fast; then it is
    cut off from them, and goes on to be asked."""
    drifts = "".join(
        f"""
[[fault]]
kind = "clock-drift"
target = "server-{server}"
ppm = {ppm}
at = "{DRIFT_US}us"
"""
        for server, ppm in ((1, -slow_ppm), (2, fast_ppm), (3, fast_ppm))
        if ppm
    )
    return night(
        f"""
duration = "4500ms"
event_budget = 10000000

[[node]]
id = "server"
count = 3

[[link]]
from = "*"
to = "*"
latency = "{WAY_US}us"

[[policy]]
id = "first"
balancer = {{ kind = "failover", order = ["server-1"] }}

[[service]]
id = "group"
on = "server"
store = "register"
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "raft"
election = {{ law = "uniform", low = "{SHORTEST_US}us", high = "{LONGEST_US}us" }}
heartbeat = "{HEARTBEAT_US}us"
reads = "lease"
guard = {GUARD}

[[client]]
id = "readers"
call = "group"
policy = "first"
gap = "{GAP_US}us"
writes = 0
deadline = "100ms"

[[fault]]
kind = "partition"
target = "server-1"
from = ["server-2", "server-3"]
at = "{CUT_US}us"
{drifts}
[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
""",
        seed,
    )


def leaders(played: Night) -> list[tuple[int, str]]:
    """(when, where) each leader was elected."""
    stations, places = played.log.stations, played.log.places
    return [
        (time_us, places[stations[station][1]])
        for time_us, change, station, value in played.log.changes.rows()
        if change == Change.ROLE and value == Role.LEADER
    ]


def last_round_us(begun_us: int, slow_ppm: int) -> float:
    """When a leader began the last round of heartbeats that was answered before the
    cut; what is on its way by then arrives."""
    round_us = begun_us + (DRIFT_US - begun_us) // HEARTBEAT_US * HEARTBEAT_US + HEARTBEAT_US
    slow_us = HEARTBEAT_US / (1 - slow_ppm / 1e6)
    return round_us + (CUT_US - WAY_US - round_us) // slow_us * slow_us


@pytest.mark.parametrize(
    ("slow_ppm", "fast_ppm", "overlaps"),
    [(0, 0, False), (20_000, 25_000, False), (50_000, 0, False), (100_000, 100_000, True)],
)
def test_an_old_leader_stops_by_its_own_clock_and_a_new_one_comes_by_that_of_others(
    slow_ppm: int, fast_ppm: int, overlaps: bool
) -> None:
    lease_us = (1 - GUARD) * SHORTEST_US / (1 - slow_ppm / 1e6)
    soonest_us, latest_us = (
        3 * WAY_US + timeout_us / (1 + fast_ppm / 1e6) for timeout_us in (SHORTEST_US, LONGEST_US)
    )
    assert lease_us > latest_us if overlaps else lease_us < soonest_us

    overlapped = []
    for seed in range(1, 13):
        played = town(seed, slow_ppm, fast_ppm)
        found = leaders(played)
        if found[0][1] == "server-1":
            (begun_us, _), (next_us, _) = found[:2]
            round_us = last_round_us(begun_us, slow_ppm)
            last_us = max(played.log.reads.column("time_us"))
            assert 0 <= round_us + lease_us - last_us < GAP_US
            assert next_us >= round_us + soonest_us - 2
            overlapped.append(last_us > next_us)
    assert overlapped
    assert any(overlapped) == overlaps
