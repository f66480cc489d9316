"""Raft elections among servers whose logs differ: only some may win, and it takes longer.

Again and again the servers are cut in two, the leader writes one more entry on its side, and all
crash before anybody misses a heartbeat. So terms are equal when all restart at once, and the best
logs are those of the side that the leader was on. If that is a majority, nobody else can win, for
the entry may be committed; else the others may, but get no vote of that side (Ongaro and
Ousterhout, USENIX ATC 2014, section 5.4.1).
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from random import Random
from statistics import fmean, variance

import pytest

from game.engine.log import Change, Role
from tests.engine.nights import MS, SECOND, night
from tests.engine.topics.elections import Elected, elect

SIZE, CYCLES, CYCLE_S = 5, 40, 7
TIMEOUT_MS, WAY_MS = (300, 600), (30, 40)
ALONE = 6_000
"""Elections that are simulated without an engine."""


def cuts(seed: int, smaller: int) -> list[set[int]]:
    """The servers on one side, in each cycle."""
    luck = Random(f"cuts {seed} {smaller}")
    return [set(luck.sample(range(SIZE), smaller)) for _ in range(CYCLES)]


def level(sides: list[set[int]]) -> str:
    """A write at the end of each cycle, in the middle of a cut."""
    faults = ""
    for cycle, side in enumerate(sides, 1):
        here, there = (
            ", ".join(f'"server-{one + 1}"' for one in range(SIZE) if (one in side) == inside)
            for inside in (True, False)
        )
        write_ms = 1000 * cycle * CYCLE_S
        faults += f"""
[[fault]]
kind = "partition"
target = [{here}]
from = [{there}]
at = "{write_ms - 50}ms"
for = "500ms"

[[fault]]
kind = "crash"
target = "server"
at = "{write_ms + 100}ms"
for = "1s"
"""
    return f"""
duration = "{(CYCLES + 1) * CYCLE_S - 1}s"
event_budget = 10000000

[[node]]
id = "server"
count = {SIZE}

[[link]]
from = "*"
to = "*"
latency = "0ms"

[[link]]
from = "server"
to = "server"
latency = {{ law = "uniform", low = "{WAY_MS[0]}ms", high = "{WAY_MS[1]}ms" }}

[[policy]]
id = "lead"
balancer = "leader-aware"
retry = {{ attempts = 6, backoff = "fixed", base = "1ms" }}

[[service]]
id = "group"
on = "server"
store = "register"
steps = [{{ store = "0ms" }}]

[service.replication]
kind = "raft"
election = {{ law = "uniform", low = "{TIMEOUT_MS[0]}ms", high = "{TIMEOUT_MS[1]}ms" }}
heartbeat = "100ms"

[[client]]
id = "users"
call = "group"
policy = "lead"
gap = "{CYCLE_S}s"
writes = 1
deadline = "2s"
{faults}
[[goal]]
id = "up"
measure = "availability"
at_least = 0
"""


def elections(seed: int, smaller: int) -> list[tuple[set[int], Elected]]:
    """After each crash: the servers with the best logs, and how the election ended."""
    sides = cuts(seed, smaller)
    found: list[tuple[set[int], Elected]] = []
    leader = begun_us = -1
    candidacies = 0
    for time_us, change, station, value in night(level(sides), seed).log.changes.rows():
        if change == Change.NODE_UP:
            begun_us, candidacies = time_us, 0
        elif change == Change.CANDIDACY:
            candidacies += 1
        elif change == Change.ROLE and value == Role.LEADER:
            if begun_us >= 0:
                side = sides[begun_us // (CYCLE_S * SECOND) - 1]
                best = side if leader in side else set(range(SIZE)) - side
                found.append((best, Elected(station, (time_us - begun_us) / MS, candidacies)))
            leader, begun_us = station, -1
    assert len(found) == CYCLES, "an election had no end"
    return found


def simulated(best: int) -> list[Elected]:
    """Elections without an engine where the first so many servers have the best logs."""
    luck = Random(f"distinct {best}")
    logs = [int(one < best) for one in range(SIZE)]
    timeout, way = (partial(uniform, *bounds) for bounds in (TIMEOUT_MS, WAY_MS))
    return [elect(luck, SIZE, logs, timeout, way) for _ in range(ALONE)]


def uniform(low: float, high: float, luck: Random) -> float:
    return luck.uniform(low, high)


def check_alike(found: list[float], alone: list[float]) -> None:
    """Two samples with the same mean, within 4.5 standard errors, and sharp enough to tell."""
    error = (variance(found) / len(found) + variance(alone) / len(alone)) ** 0.5
    assert error < 0.25 * fmean(alone)
    assert fmean(found) == pytest.approx(fmean(alone), abs=4.5 * error)


@pytest.mark.parametrize("smaller", [1, 2])
def test_the_best_logs_win_and_it_takes_as_long_as_by_the_simulation(smaller: int) -> None:
    found: dict[int, list[tuple[bool, Elected]]] = defaultdict(list)
    for seed in range(1, 9):
        for best, elected in elections(seed, smaller):
            found[len(best)].append((elected.leader in best, elected))

    assert set(found) == {smaller, SIZE - smaller}
    for size, ended in found.items():
        alone = simulated(size)
        if size > SIZE // 2:
            assert all(is_best for is_best, _ in ended)
            assert all(one.leader < size for one in alone)
        else:
            check_alike([is_best for is_best, _ in ended], [one.leader < size for one in alone])
        check_alike([one.after_ms for _, one in ended], [one.after_ms for one in alone])
        check_alike([one.candidacies for _, one in ended], [one.candidacies for one in alone])
