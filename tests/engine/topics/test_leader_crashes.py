"""How long a Raft group is without a leader after a crash of the old one.

The others' timers run since the last heartbeat, which was sent at any moment of the interval before
the crash, so this is shorter than an election from nothing. Held to a simulation by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from statistics import fmean, variance

import pytest

from game.engine.log import Change, Role
from tests.engine.nights import Night, night
from tests.engine.topics.elections import Elected, elect

CRASHES = 90
EVERY_MS, DOWN_MS = 3_010, 500
"""No multiple of the heartbeat, so that crashes meet all its phases."""
ALONE = 6_000


def level(size: int, low_ms: int, high_ms: int, heartbeat_ms: int, way_ms: tuple[int, int]) -> str:
    """One server after the other crashes; now and then it is the leader."""
    crashes = "".join(
        f"""
[[fault]]
kind = "crash"
what = "host"
target = "server-{number % size + 1}"
at = "{number * EVERY_MS}ms"
for = "{DOWN_MS}ms"
"""
        for number in range(1, CRASHES + 1)
    )
    return f"""
duration = "{(CRASHES + 1) * EVERY_MS}ms"
event_budget = 10000000

[[node]]
id = "server"
count = {size}

[[link]]
from = "*"
to = "*"
latency = {{ law = "uniform", low = "{way_ms[0]}ms", high = "{way_ms[1]}ms" }}

[[service]]
id = "group"
on = "server"
store = "register"
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "raft"
election = {{ law = "uniform", low = "{low_ms}ms", high = "{high_ms}ms" }}
heartbeat = "{heartbeat_ms}ms"

[[client]]
id = "users"
call = "group"
gap = "1000s"
{crashes}
[[goal]]
id = "up"
measure = "availability"
at_least = 0
"""


def elections(played: Night) -> Iterator[Elected]:
    """Those after a crash of the leader."""
    leader, crashed_us, candidacies = "", -1, 0
    stations, places = played.log.stations, played.log.places
    for time_us, change, place, value in played.log.changes.rows():
        if change == Change.NODE_DOWN and places[place] == leader:
            crashed_us, candidacies = time_us, 0
        elif change == Change.CANDIDACY:
            candidacies += 1
        elif change == Change.ROLE and value == Role.LEADER:
            leader = places[stations[place][1]]
            if crashed_us >= 0:
                yield Elected(place, (time_us - crashed_us) / 1000, candidacies)
            crashed_us = -1


def simulated(
    size: int, low_ms: int, high_ms: int, heartbeat_ms: int, way_ms: tuple[int, int]
) -> Iterator[Elected]:
    luck = Random(f"{size} {low_ms} {high_ms} {heartbeat_ms}")
    for _ in range(ALONE):
        sent_ms = -luck.uniform(0, heartbeat_ms)
        heard_ms = [sent_ms + luck.uniform(*way_ms) for _ in range(size - 1)]
        yield elect(
            luck,
            size,
            [0] * (size - 1),
            lambda luck: luck.uniform(low_ms, high_ms),
            lambda luck: luck.uniform(*way_ms),
            heard_ms,
        )


@pytest.mark.parametrize(
    ("size", "low_ms", "high_ms", "heartbeat_ms", "way_ms"),
    [
        (3, 150, 300, 75, (5, 10)),
        (5, 300, 600, 100, (30, 40)),
        (7, 150, 250, 50, (5, 10)),
    ],
)
def test_a_group_is_without_a_leader_as_long_as_by_the_simulation(
    size: int, low_ms: int, high_ms: int, heartbeat_ms: int, way_ms: tuple[int, int]
) -> None:
    text = level(size, low_ms, high_ms, heartbeat_ms, way_ms)
    found = [one for seed in range(1, 7) for one in elections(night(text, seed))]
    alone = list(simulated(size, low_ms, high_ms, heartbeat_ms, way_ms))

    for measured, expected in (
        ([one.after_ms for one in found], [one.after_ms for one in alone]),
        ([one.candidacies for one in found], [one.candidacies for one in alone]),
    ):
        error = (variance(measured) / len(measured) + variance(expected) / ALONE) ** 0.5
        assert error < 0.1 * fmean(expected)
        assert fmean(measured) == pytest.approx(fmean(expected), abs=4.5 * error)
