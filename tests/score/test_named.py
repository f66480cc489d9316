"""A level's own measures: against a plain search, over several runs, as goals and in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from game.engine.causes import Cause
from game.engine.events.changes import BreakerOpened, NodeDown, NodeUp, Start, TargetOut
from game.engine.events.requests import (
    Attempted,
    AttemptStarted,
    OperationFailed,
    OperationGood,
    Retried,
)
from game.engine.log import AttemptKind, Change, Log
from game.level.model import ENDS, TAKES, Goal, Level, Measure
from game.level.plan import Plan
from game.score.goals import GoalResult
from game.score.json import scorecard_json
from game.score.measures import Unit
from game.score.scorecard import Scorecard, SeedScore, pool, score_run
from game.score.words import measure_words, target_words
from tests.score.night import MS, SECOND, a_level, a_log, a_system, add, availability

WEB_1, WEB_2, PEOPLE = 0, 1, 2
DETECTED = Measure(id="time-to-detect", from_=NodeDown(), to=TargetOut(), same="node", take="max")


def detected(**changes: Any) -> Measure:
    """The time from a crash to its detection."""
    plain: dict[str, Any] = {"from_": NodeDown(), "to": TargetOut(), "same": "node", **changes}
    return Measure(id="time-to-detect", **plain)


def down_and_out(down: Sequence[tuple[int, int]], out: Sequence[tuple[int, int]]) -> Log:
    """A run in which machines die and are taken out, at (milliseconds, machine)."""
    log = a_log()
    rows = [(at * MS, Change.NODE_DOWN, node, 0) for at, node in down]
    rows += [(at * MS, Change.TARGET_OUT, PEOPLE, node) for at, node in out]
    for row in sorted(rows):
        log.changes.append(row)
    return log


def scored(measure: Measure, *logs: Log, goals: Sequence[Goal] = ()) -> Scorecard:
    """A level with one measure, over some runs."""
    level = a_level(*goals, measures=(measure,))
    return pool(level, Plan("", ()), [score(level, log) for log in logs])


def score(level: Level, log: Log) -> SeedScore:
    """One run."""
    return score_run(level, a_system(), log, parts=0)


def value(measure: Measure, *logs: Log) -> float | int | None:
    """The measure over some runs."""
    return scored(measure, *logs).measures[measure.id]


MOMENTS = st.lists(st.tuples(st.integers(0, 60), st.sampled_from((WEB_1, WEB_2))), max_size=12)


def nearest_rank(share: float) -> Callable[[list[float]], float]:
    """A percentile: the least number that so large a share of all does not exceed."""
    return lambda times: min(
        one for one in times if sum(other <= one for other in times) >= share * len(times)
    )


NUMBERS: dict[str, Callable[[list[float]], float]] = {
    "first": lambda times: times[0],
    "mean": lambda times: sum(times) / len(times),
    "p50": nearest_rank(0.5),
    "p99": nearest_rank(0.99),
    "max": max,
}


@given(
    MOMENTS,
    MOMENTS,
    st.sampled_from(TAKES),
    st.sampled_from(ENDS),
    st.integers(1, 3),
    st.booleans(),
)
@example([(5, WEB_1)], [(5, WEB_2)], "first", "next", 1, True)
def test_a_time_is_what_a_plain_search_finds(
    down: list[tuple[int, int]],
    out: list[tuple[int, int]],
    take: str,
    until: str,
    nth: int,
    paired: bool,
) -> None:
    nth = 1 if until == "last" else nth
    measure = detected(same="node" if paired else None, take=take, until=until, nth=nth)
    times: list[float] = []
    for at, node in sorted(down):
        ends = sorted(end for end, other in out if end >= at and (not paired or node == other))
        if until == "last":
            times.append(ends[-1] - at if ends else 0)
        else:
            times.append(ends[nth - 1] - at if len(ends) >= nth else float("inf"))
    found = value(measure, down_and_out(down, out))
    expected = NUMBERS[take](times) if times else None
    if expected is None or expected == float("inf"):
        assert found is None
    else:
        assert found == pytest.approx(expected, rel=1e-12)


@given(MOMENTS)
def test_nothing_that_happened_is_its_own_end(down: list[tuple[int, int]]) -> None:
    """Time between failures: all of one machine, at different moments."""
    moments = sorted({at for at, _ in down})
    log = down_and_out([(at, WEB_1) for at in moments], [])
    gaps = [later - at for at, later in pairwise(moments)]
    measure = detected(to=NodeDown(), take="first")
    assert value(measure, log) == (gaps[0] if gaps else None)
    assert value(detected(to=NodeDown(), take="max"), log) is None


def attempts(*rows: tuple[int, AttemptKind, int, int]) -> Log:
    """One operation and its attempts: (operation, kind, sent, started), all at once."""
    log = a_log()
    add(log, 0)
    for operation, kind, sent_us, started_us in rows:
        log.attempts.append(
            (operation, kind, 0, 0, sent_us, sent_us, started_us, -1, -1, Cause.NONE, -1, 0)
        )
    return log


def wait(**changes: Any) -> Measure:
    """The time that requests wait for a worker."""
    plain: dict[str, Any] = {"from_": Attempted(), "to": AttemptStarted(), "same": "operation"}
    return Measure(id="wait", **{**plain, **changes})


FIRST, RETRY = AttemptKind.FIRST, AttemptKind.RETRY


def test_a_time_of_nothing_ends_at_once() -> None:
    log = attempts((0, FIRST, 5 * MS, 5 * MS), (1, FIRST, 6 * MS, 9 * MS))
    assert value(wait(take="mean"), log) == 1.5
    assert value(wait(take="max"), log) == 3


def test_another_of_the_same_moment_is_an_end_and_the_same_one_is_none() -> None:
    """Retries are attempts too: one is not its own end, but the first attempt's."""
    log = attempts((0, FIRST, 5 * MS, -1), (0, RETRY, 5 * MS, -1), (0, RETRY, 7 * MS, -1))
    between = wait(to=Retried(), take="p50")
    assert value(between, log) == 2
    assert value(replace(between, take="first"), log) == 0
    assert value(replace(between, nth=2, take="first"), log) == 2


def test_two_things_that_happen_to_a_machine_at_once_are_two() -> None:
    log = down_and_out([(3, WEB_1)], [])
    log.changes.append((3 * MS, Change.NODE_UP, WEB_1, 0))
    assert value(detected(to=NodeUp()), log) == 0


def test_what_never_ends_is_longer_than_all_that_does() -> None:
    log = down_and_out([(1, WEB_1), (2, WEB_1), (3, WEB_2)], [(10, WEB_1)])
    assert value(detected(take="p50"), log) == 9
    for take in ("mean", "p99", "max"):
        assert value(detected(take=take), log) is None


def test_counts_add_up_over_runs_and_times_lie_together() -> None:
    one = down_and_out([(10, WEB_1), (20, WEB_1)], [(11, WEB_1), (23, WEB_1)])
    two = down_and_out([(10, WEB_2)], [(15, WEB_2)])
    assert value(Measure(id="crashes", count=NodeDown()), one, two) == 3
    assert value(detected(take="mean"), one, two) == 3
    assert value(detected(take="p50"), one, two) == 3
    assert value(detected(take="max"), one, two) == 5
    assert value(detected(take="first"), one, two) == 5
    assert value(detected(take="first"), one) == 1
    assert value(detected(take="first"), one, down_and_out([], [])) == 1
    assert value(detected(take="first"), one, down_and_out([(1, WEB_1)], [])) is None


def test_a_mean_is_divided_once() -> None:
    """Three times of 1 us, 1 us and 2 us: their sum is exact, so there is one rounding."""
    log = a_log()
    for begin, end in ((10, 11), (20, 21), (30, 32)):
        log.changes.append((begin, Change.NODE_DOWN, WEB_1, 0))
        log.changes.append((end, Change.TARGET_OUT, PEOPLE, WEB_1))
    assert value(detected(take="mean"), log) == 4 / 3000


def test_the_window_counts_what_begins_in_it() -> None:
    log = down_and_out([(500, WEB_1), (1500, WEB_1)], [(700, WEB_1), (9000, WEB_1)])
    window = (SECOND, 2 * SECOND)
    for measure, whole, inside in (
        (Measure(id="crashes", count=NodeDown()), 2, 1),
        (detected(take="first"), 200, 7500),
        (Measure(id="outs", count=TargetOut()), 2, 0),
    ):
        for in_window, expected in ((False, whole), (True, inside)):
            changed = replace(measure, in_window=in_window)
            level = a_level(measures=(changed,), window_us=window)
            assert score(level, log).measures[measure.id] == expected


def test_an_operation_is_in_the_window_when_it_was_invoked_there() -> None:
    log = a_log()
    add(log, 900 * MS, 500 * MS, Cause.REFUSED)
    add(log, 1900 * MS, 500 * MS, Cause.REFUSED)
    add(log, 1950 * MS, 10 * MS)
    bad = Measure(id="bad", count=OperationFailed(cause="refused"), in_window=True)
    good = Measure(id="fine", count=OperationGood(), in_window=True)
    level = a_level(measures=(bad, good), window_us=(SECOND, 2 * SECOND))
    found = score(level, log)
    assert (
        (found.measures["bad"], found.measures["fine"])
        == (1, 1)
        == (
            found.operations - found.good,
            found.good,
        )
    )


def test_an_answer_after_the_deadline_is_no_good_operation() -> None:
    log = a_log()
    add(log, 0, 801 * MS)
    late = Measure(id="late", count=OperationFailed(cause="late-answer"))
    assert value(late, log) == 1


GOALS = (
    Goal(id="soon", measure="time-to-detect", at_most=2000),
    Goal(id="few", measure="crashes", at_most=1, stars=2),
)
CRASHES = Measure(id="crashes", count=NodeDown(), says="machines that died")


def judged(*logs: Log) -> tuple[GoalResult, ...]:
    level = a_level(*GOALS, measures=(DETECTED, CRASHES))
    return pool(level, Plan("", ()), [score(level, log) for log in logs]).goals


def test_goals_may_be_set_on_a_levels_own_measures() -> None:
    fast = down_and_out([(1000, WEB_1)], [(2500, WEB_1)])
    slow = down_and_out([(1000, WEB_1), (2000, WEB_2)], [(2500, WEB_1), (5000, WEB_2)])
    blind = down_and_out([(1000, WEB_1)], [])
    assert [goal.met for goal in judged(fast)] == [True, True]
    assert [(goal.met, goal.measured) for goal in judged(fast, slow)] == [(False, 3000), (False, 2)]
    assert (judged(slow, blind)[0].met, judged(slow, blind)[0].measured) == (False, None)
    assert [goal.unit for goal in judged(fast)] == [Unit.MILLISECONDS, Unit.COUNT]
    assert [target_words(goal) for goal in judged(fast)] == ["at most 2,000 ms", "at most 1"]


def test_a_run_that_broke_off_meets_no_goal_on_an_own_measure() -> None:
    log = down_and_out([(1000, WEB_1)], [(2500, WEB_1)])
    log.verdict = "too-expensive"
    assert [goal.met for goal in judged(log)] == [False, False]


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (down_and_out([(1000, WEB_1)], [(2500, WEB_1)]), "1,500 ms"),
        (down_and_out([(1000, WEB_1)], []), "never"),
        (down_and_out([], []), "nothing to measure"),
    ],
)
def test_own_measures_are_told_with_their_unit(log: Log, words: str) -> None:
    level = a_level(measures=(DETECTED, CRASHES))
    found = score(level, log)
    assert measure_words("time-to-detect", found.measures["time-to-detect"], found.tally) == words
    crashes = measure_words("crashes", found.measures["crashes"], found.tally)
    assert crashes == str(list(log.changes.column("change")).count(Change.NODE_DOWN))


def test_data_has_them_under_their_names_behind_the_others() -> None:
    one = down_and_out([(1000, WEB_1)], [(2500, WEB_1)])
    two = down_and_out([(1000, WEB_1), (3000, WEB_2)], [(2000, WEB_1), (3500, WEB_2)])
    level = a_level(availability(0.5), measures=(DETECTED, CRASHES))
    card = pool(level, Plan("", ()), [score(level, one), score(level, two)])
    found = scorecard_json(card)
    assert list(found["measures"])[-2:] == ["time-to-detect", "crashes"]
    assert (found["measures"]["time-to-detect"], found["measures"]["crashes"]) == (1500, 3)
    seeds = [seed["measures"] for seed in found["seeds"]]
    assert [(one["time-to-detect"], one["crashes"]) for one in seeds] == [(1500, 1), (1000, 2)]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_run_that_has_not_begun_has_measured_nothing() -> None:
    log = a_log()
    log.ended_us = 0
    assert value(DETECTED, log) is None
    assert value(CRASHES, log) == 0
    assert value(Measure(id="x", from_=Start(), to=BreakerOpened()), log) is None


def test_a_count_may_be_told_per_hundred_of_another_one_over_several_runs() -> None:
    measure = Measure(id="downs", count=NodeDown(), per_hundred=TargetOut())
    four, two = (
        down_and_out([(1, WEB_1)], [(2, 0)] * 4),
        down_and_out([(1, 0), (9, 0)], [(3, 0)] * 2),
    )

    assert value(measure, four) == 25
    assert value(measure, two) == 100
    assert value(measure, four, two) == 50
    assert value(measure, down_and_out([(1, WEB_1)], [])) is None
