"""Checkers find broken promises in a finished Log, and the score counts them."""

from __future__ import annotations

from typing import Any

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.workload.register import Register
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly, find_anomalies, load_checkers
from game.score.scorecard import SeedScore, score_run
from tests.score.night import MS, SECOND, a_level, a_log, a_system, at_most, availability

SYSTEM = a_system(services=(Service(id="shop", on=("web",), store=Register()),))


def written(log: Log, *, effects: int = 1, cause: Cause = Cause.NONE, call: int = 7) -> int:
    """Record one write with so many effects."""
    number = len(log.operations)
    at_us = number * 10 * MS
    log.operations.append((number, 0, at_us, at_us + 5 * MS, cause, -1, 1, 0, 1))
    for _ in range(effects):
        log.effects.append((number, at_us, 0, 0, call))
    return number


def closed(**changes: Any) -> Log:
    """The Log of a run that is over."""
    log = a_log(system=SYSTEM)
    log.closed = True
    return log


def score(log: Log, *goals: Any) -> SeedScore:
    return score_run(a_level(*goals, system=SYSTEM), SYSTEM, log, parts=0)


def test_an_acknowledged_write_without_an_effect_is_lost() -> None:
    log = closed()
    written(log)
    gone = written(log, effects=0)
    written(log, effects=0, cause=Cause.UNREACHABLE)

    assert find_anomalies(SYSTEM, log) == (Anomaly(gone, Cause.LOST_WRITE, -1, "shop"),)


def test_it_is_blamed_on_the_fault_for_which_it_was_last_thrown_away() -> None:
    log = closed()
    gone = written(log, effects=0)
    log.discarded.append((gone, SECOND, 0, 3))
    log.discarded.append((gone, 2 * SECOND, 1, 4))

    assert find_anomalies(SYSTEM, log) == (Anomaly(gone, Cause.LOST_WRITE, 4, "shop"),)


def test_a_write_with_two_effects_is_a_duplicate_whether_the_client_was_told_or_not() -> None:
    log = closed()
    known = written(log, effects=2)
    unknown = written(log, effects=3, cause=Cause.LOST)
    log.attempts.append((unknown, 0, 0, 0, 0, 0, 0, 0, 0, Cause.LOST, 2, 0))

    assert find_anomalies(SYSTEM, log) == (
        Anomaly(known, Cause.DUPLICATE, -1, "shop"),
        Anomaly(unknown, Cause.DUPLICATE, 2, "shop"),
    )


def test_two_writes_of_one_operation_are_no_duplicate() -> None:
    log = closed()
    number = written(log, call=7)
    log.effects.append((number, 0, 0, 0, 8))

    assert find_anomalies(SYSTEM, log) == ()


def test_nothing_is_said_of_a_run_that_goes_on_or_has_no_store() -> None:
    log = a_log(system=SYSTEM)
    written(log, effects=0)
    assert find_anomalies(SYSTEM, log) == ()

    log.closed = True
    assert find_anomalies(a_system(), log) == ()


def test_an_anomaly_makes_the_operation_not_right_and_is_counted() -> None:
    log = closed()
    for _ in range(7):
        written(log)
    written(log, effects=0)
    written(log, effects=2)
    written(log, effects=2, cause=Cause.LOST)
    found = score(log, availability(0.7), at_most("duplicates", 1), at_most("lost_writes", 1))

    assert found.good == 7
    assert found.causes == {"duplicate": 1, "lost": 1, "lost-write": 1}
    assert found.anomalies == {"duplicate": 2, "lost-write": 1}
    assert [found.measures[name] for name in ("anomalies", "lost_writes", "duplicates")] == [
        3,
        1,
        2,
    ]
    assert [goal.met for goal in found.goals] == [True, False, True]


def test_anomalies_count_outside_the_window_too() -> None:
    log = closed()
    written(log, effects=0)
    level = a_level(at_most("anomalies", 0), system=SYSTEM, window_us=(SECOND, 2 * SECOND))
    found = score_run(level, SYSTEM, log, parts=0)

    assert found.operations == 0
    assert found.anomalies == {"lost-write": 1}
    assert not found.goals[0].met


def test_every_checker_gives_causes_of_the_closed_list() -> None:
    registry = load_checkers()
    words = {cause.word for cause in Cause}

    for name in registry.names("checker"):
        kind = registry.get("checker", name)
        assert kind is not None
        assert kind.causes
        assert set(kind.causes) <= words


def test_every_promise_of_a_store_has_its_checker() -> None:
    registry = load_checkers()
    for name in registry.names("application"):
        kind = registry.get("application", name)
        assert kind is not None
        named = getattr(kind.record, "promises", kind.causes)
        promises = kind.causes if isinstance(named, property) else named
        assert set(promises) <= set(registry.names("checker"))
