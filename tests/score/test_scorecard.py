from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.engine.causes import Cause
from game.engine.identity import ENGINE
from game.level.identity import level_hash, plan_hash
from game.level.plan import Plan
from game.score.scorecard import Scorecard, SeedScore, pool, score_run
from tests.score.night import (
    CRASH,
    MS,
    SECOND,
    a_level,
    a_log,
    a_system,
    add,
    at_most,
    availability,
    with_latencies,
)

PLAN = Plan("mine", ())
LEVEL = a_level(availability(0.99), at_most("p50_ms", 100))
SYSTEM = a_system(faults=(CRASH,))


def scored(latencies_us: list[int], failed: int, seed: int) -> SeedScore:
    log = with_latencies(latencies_us, failed, seed=seed)
    return score_run(LEVEL, a_system(), log, parts=3)


def pooled(*seeds: SeedScore) -> Scorecard:
    return pool(LEVEL, PLAN, seeds)


@given(st.lists(st.tuples(st.integers(0, 900 * MS), st.sampled_from(Cause)), max_size=60))
def test_causes_and_blame_always_add_up_to_what_was_not_good(
    operations: list[tuple[int, Cause]],
) -> None:
    log = a_log(system=SYSTEM)
    for number, (latency_us, cause) in enumerate(operations):
        add(log, number * MS, latency_us, cause, blame=number % 2 - 1)
    score = score_run(a_level(system=SYSTEM), SYSTEM, log, parts=0)
    missing = score.operations - score.good
    assert sum(score.causes.values()) == sum(count for *_, count in score.blame) == missing
    good = [us for us, cause in operations if cause is Cause.NONE and us <= 800 * MS]
    assert score.good == len(good)


def test_blame_names_the_fault_behind_each_cause() -> None:
    log = a_log(system=SYSTEM)
    for number in range(3):
        add(log, number, cause=Cause.REFUSED, blame=0)
    add(log, 4, cause=Cause.REFUSED)
    add(log, 5, cause=Cause.DIED_WITH_NODE, blame=0)
    score = score_run(a_level(system=SYSTEM), SYSTEM, log, parts=0)
    assert score.blame == (
        ("refused", "crash", 3),
        ("died-with-node", "crash", 1),
        ("refused", "", 1),
    )
    assert score.causes == {"refused": 4, "died-with-node": 1}


def test_pooled_measures_are_those_of_all_operations_together() -> None:
    card = pooled(scored([10 * MS] * 99, 1, 1), scored([30 * MS] * 200, 0, 2))
    assert (card.operations, card.good) == (300, 299)
    assert card.measures["availability"] == 299 / 300
    assert card.measures["p50_ms"] == 30.0
    assert card.measures["goodput_rps"] == 299 / 120
    assert card.measures["moving_parts"] == 3
    assert card.measures["cost_per_hour"] == 0.2
    assert card.causes == {"unreachable": 1}


def test_a_goal_shows_the_worst_seed_and_is_met_where_all_seeds_meet_it() -> None:
    card = pooled(
        scored([10 * MS] * 100, 0, 1), scored([10 * MS] * 97, 3, 2), scored([90 * MS] * 99, 1, 3)
    )
    up, fast = card.goals
    assert (up.measured, up.met, up.seed) == (0.97, False, 2)
    assert up.lost_at_us == card.seeds[1].goals[0].lost_at_us
    assert (fast.measured, fast.met, fast.seed) == (90.0, True, 3)
    assert (card.verdict, card.stars, card.worst_seed.seed) == ("failed", 0, 2)


def test_a_seed_with_nothing_to_measure_is_the_worst() -> None:
    card = pooled(scored([10 * MS] * 10, 5, 1), scored([], 0, 2))
    assert (card.goals[0].measured, card.goals[0].seed) == (None, 2)


def test_the_verdict_of_several_seeds_is_the_gravest() -> None:
    passed, failed = scored([MS] * 10, 0, 1), scored([MS], 5, 2)
    expensive, broken = with_latencies([MS], seed=3), with_latencies([MS], seed=4)
    expensive.verdict = "too-expensive"
    broken.verdict, broken.error = "engine-error", "A queue lost a request."
    costly = score_run(LEVEL, a_system(), expensive, parts=3)
    error = score_run(LEVEL, a_system(), broken, parts=3)
    assert pooled(passed).verdict == "passed"
    assert pooled(passed, failed).verdict == "failed"
    assert pooled(passed, costly, failed).verdict == "too-expensive"
    assert pooled(costly, error, passed).verdict == "engine-error"
    assert pooled(costly, error, passed).error == "A queue lost a request."
    assert pooled(passed, error).stars == 0


def test_the_digest_is_that_of_the_seeds_digests_in_order() -> None:
    one, two = scored([MS] * 10, 0, 1), scored([MS] * 10, 0, 2)
    assert one.digest == with_latencies([MS] * 10, seed=1).digest()
    assert pooled(one).digest == sha256(one.digest.encode()).hexdigest()
    assert pooled(one, two).digest == sha256((one.digest + two.digest).encode()).hexdigest()
    assert pooled(two, one).digest != pooled(one, two).digest


def test_a_scorecard_names_what_it_is_about() -> None:
    card = pooled(scored([MS], 0, 1))
    assert (card.level, card.plan, card.engine) == ("toy", "mine", ENGINE)
    assert (card.level_hash, card.plan_hash) == (level_hash(LEVEL), plan_hash(LEVEL, PLAN))


def test_without_a_crash_the_window_of_the_level_stays() -> None:
    level = a_level(availability(0.5), system=SYSTEM, window_us=None)
    what_if = replace(SYSTEM, faults=())
    with_crash = score_run(level, SYSTEM, a_log(system=SYSTEM), parts=0)
    without = score_run(level, what_if, a_log(system=what_if), parts=0)
    assert with_crash.window_us == without.window_us == (20 * SECOND - 800 * MS, 35 * SECOND)


def test_runs_of_different_plans_cannot_be_pooled() -> None:
    other = score_run(LEVEL, a_system(), with_latencies([MS]), parts=4)
    with pytest.raises(AssertionError, match="one plan"):
        pooled(scored([MS], 0, 1), other)
