from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.causes import Cause
from game.engine.laws import Constant, Exponential
from game.engine.log import Log
from game.level.model import Client, LoadStep
from game.score.reach import goals_out_of_reach, most_arrivals, out_of_reach
from game.score.scorecard import score_run
from tests.score.night import (
    CRASH,
    MS,
    SECOND,
    a_level,
    a_log,
    a_system,
    add,
    availability,
)

EVERY_100_MS = Client(
    id="people", call="shop", rate=10, gap=Constant(value=100 * MS), deadline=800 * MS
)
SYSTEM = a_system(clients=(EVERY_100_MS,))
LEVEL = a_level(availability(0.9), availability(0.99, stars=2), system=SYSTEM)


@dataclass(frozen=True, slots=True)
class Spike:
    times: float


def so_far(failed: int, ended_us: int) -> Log:
    """All operations until now, the first so many of which failed."""
    log = a_log(system=SYSTEM)
    log.ended_us = ended_us
    for number in range(ended_us // (100 * MS)):
        add(log, number * 100 * MS, 50 * MS, Cause.REFUSED if number < failed else Cause.NONE)
    return log


def test_a_goal_is_out_of_reach_once_more_failed_than_may_fail_of_all() -> None:
    # 600 operations in 60 s, of which 60 may fail; a few more are granted for what is under way.
    assert not out_of_reach(LEVEL, SYSTEM, so_far(60, 10 * SECOND))
    assert out_of_reach(LEVEL, SYSTEM, so_far(63, 10 * SECOND))


def test_only_goals_of_so_many_stars_are_asked_about() -> None:
    log = so_far(20, 10 * SECOND)
    assert not out_of_reach(LEVEL, SYSTEM, log)
    assert [goal.id for goal in goals_out_of_reach(LEVEL, SYSTEM, log, stars=2)] == ["up-2"]


@given(st.integers(0, 600), st.integers(1, 600))
def test_out_of_reach_is_never_said_of_a_goal_that_is_met_in_the_end(
    failed: int, seen: int
) -> None:
    now = so_far(failed, seen * 100 * MS)
    end = so_far(failed, 60 * SECOND)
    if out_of_reach(LEVEL, SYSTEM, now):
        assert not score_run(LEVEL, SYSTEM, end, parts=0).goals[0].met


@pytest.mark.parametrize(
    "client",
    [
        Client(id="people", call="shop", population=5, deadline=800 * MS),
        replace(EVERY_100_MS, gap=Exponential(mean=100 * MS)),
    ],
)
def test_without_a_bound_on_what_comes_nothing_is_out_of_reach(client: Client) -> None:
    system = a_system(clients=(client,))
    assert most_arrivals(system, client, 0, SECOND) is None
    assert not out_of_reach(a_level(availability(0.9)), system, so_far(100, 10 * SECOND))


def test_load_steps_and_spikes_raise_the_bound() -> None:
    plain = Client(id="people", call="shop", rate=100)
    stepped = replace(plain, load=(LoadStep(at=0, times=3),))
    spiky = a_system(faults=(replace(CRASH, what=Spike(times=4)),))
    bounds = [
        most_arrivals(a_system(), plain, 0, 10 * SECOND),
        most_arrivals(a_system(), stepped, 0, 10 * SECOND),
        most_arrivals(spiky, plain, 0, 10 * SECOND),
    ]
    assert bounds == [1000 + 276, 3000 + 460, 4000 + 532]


def test_after_the_window_nothing_is_to_come() -> None:
    assert most_arrivals(SYSTEM, EVERY_100_MS, 2 * SECOND, SECOND) == 0
