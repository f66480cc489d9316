import json

from game.engine.causes import Cause
from game.level.plan import Plan
from game.score.json import scorecard_json
from game.score.scorecard import pool, score_run
from tests.score.night import MS, a_level, a_system, add, at_most, availability, with_latencies

LEVEL = a_level(availability(0.9), at_most("p99_ms", 200, stars=2))

KEYS = [
    "level",
    "level_hash",
    "engine",
    "plan",
    "plan_hash",
    "verdict",
    "stars",
    "goals",
    "measures",
    "operations",
    "good",
    "causes",
    "digest",
]


def test_the_keys_are_those_that_others_build_on() -> None:
    log = with_latencies([MS] * 99)
    add(log, 0, 5, Cause.QUEUE_FULL)
    log.totals["messages"] = 200
    score = score_run(LEVEL, a_system(), log, parts=2)
    found = scorecard_json(pool(LEVEL, Plan("mine", ()), [score]))
    assert list(found) == [*KEYS, "seeds"]
    (seed,) = found["seeds"]
    assert list(seed) == ["seed", *KEYS]
    assert seed["digest"] == log.digest() != found["digest"]
    assert found["goals"] == [
        {"id": "up-1", "target": 0.9, "measured": 0.99, "met": True},
        {"id": "p99_ms", "target": 200.0, "measured": 1.0, "met": True},
    ]
    assert found["measures"] == {
        "availability": 0.99,
        "p50_ms": 1.0,
        "p99_ms": 1.0,
        "p999_ms": None,
        "goodput_rps": 1.65,
        "cost_per_hour": 0.2,
        "moving_parts": 2,
        "wasted_share": None,
        "messages": 200,
        "anomalies": {},
        "lost_writes": 0,
        "duplicates": 0,
        "stale_reads": 0,
        "oversold": 0,
        "wrong_values": 0,
    }
    assert (found["verdict"], found["stars"]) == ("passed", 2)
    assert (found["operations"], found["good"], found["causes"]) == (100, 99, {"queue-full": 1})
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_an_engine_error_carries_its_sentence() -> None:
    log = with_latencies([MS])
    log.verdict, log.error = "engine-error", "A queue lost a request."
    card = pool(LEVEL, Plan("", ()), [score_run(LEVEL, a_system(), log, parts=0)])
    assert scorecard_json(card)["error"] == "A queue lost a request."
