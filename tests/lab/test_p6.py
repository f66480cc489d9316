"""Staleness as the lab counts it."""

from __future__ import annotations

import pytest

from game.engine.log import Log
from game.engine.run import simulate
from game.lab.inv_8_quorums import observe
from game.lab.p6_quorums import lags, pairs

MS = 1_000


def log_of(*operations: tuple[int, int, int, int]) -> Log:
    """Operations on one key: number, begin, end in milliseconds, and the writer that a read saw; a
    write sees itself."""
    log = Log(1, 1_000 * MS, ("users",), (), (), ())
    for number, begin_ms, end_ms, writer in operations:
        write = int(writer == number)
        log.operations.append((number, 0, begin_ms * MS, end_ms * MS, 0, -1, 1, 0, write))
        if not write:
            log.reads.append((number, end_ms * MS, 0, writer))
    return log


@pytest.mark.parametrize(
    ("seen", "lag"),
    [
        (-1, 2),
        (1, 1),
        (2, 0),
        (3, 0),
    ],
)
def test_a_read_lags_by_the_writes_that_came_whole_between_what_it_saw_and_itself(
    seen: int, lag: int
) -> None:
    log = log_of((1, 0, 10, 1), (2, 20, 30, 2), (3, 35, 60, 3), (4, 40, 50, seen))

    assert lags(log) == [lag]


def test_writes_at_the_same_time_have_no_order_that_a_read_could_miss() -> None:
    log = log_of((1, 0, 10, 1), (2, 5, 15, 2), (3, 20, 30, 1), (4, 20, 30, 2))

    assert lags(log) == [0, 0]


def test_quorums_that_do_not_meet_are_stale_and_those_that_do_are_not() -> None:
    careless = lags(simulate(pairs("disk", 1, 1, 1 / 4, clients="8"), 1))

    assert sum(lag > 0 for lag in careless) > 20
    assert observe(2, 2, seed=1, work=0.4)["stale"] == 0


def test_reads_and_writes_have_coordinators_of_their_own() -> None:
    log = simulate(pairs("flash", 1, 1, 0.05), 1)
    names = {log.places[log.stations[station][1]] for station in log.reads.column("station")}

    assert names == {"reader"}
    assert {log.stations[station][0] for station in log.effects.column("station")} == {"shelves"}
