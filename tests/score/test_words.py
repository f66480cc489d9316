import pytest

from game.score.nines import nines
from game.score.scorecard import score_run
from game.score.words import measure_words, nines_words, target_words
from tests.score.night import (
    MS,
    SECOND,
    a_level,
    a_log,
    a_system,
    at_most,
    availability,
    with_latencies,
)

TALLY = score_run(a_level(), a_system(), with_latencies([MS], failed=1), parts=0).tally


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("availability", 0.9993, "99.93 %"),
        ("availability", 0.5, "50 %"),
        ("availability", 0.999999, "99.9999 %"),
        ("availability", 1.0, "100 %"),
        ("p99_ms", 143.217, "143.2 ms"),
        ("p99_ms", 1500.0, "1,500 ms"),
        ("p99_ms", None, "> 800 ms"),
        ("availability", None, "nothing to measure"),
        ("goodput_rps", 22.5, "22.5 a second"),
        ("cost_per_hour", 0.25, "$0.25 an hour"),
        ("moving_parts", 3, "3"),
        ("messages", 12_345, "12,345"),
    ],
)
def test_measures_are_told_with_their_unit(name: str, value: float | None, words: str) -> None:
    assert measure_words(name, value, TALLY) == words


def test_a_percentile_of_no_operations_is_not_said_to_be_slow() -> None:
    nothing = score_run(a_level(), a_system(), a_log(), parts=0).tally
    assert measure_words("p99_ms", None, nothing) == "nothing to measure"


def test_a_goal_says_what_it_asks_for() -> None:
    level = a_level(availability(0.999), at_most("p99_ms", 200))
    score = score_run(level, a_system(), a_log(), parts=0)
    assert [target_words(goal) for goal in score.goals] == ["at least 99.9 %", "at most 200 ms"]


def test_nines_are_told_three_ways_in_one_sentence() -> None:
    assert nines_words(nines(0.99, 4000, 100 * SECOND, 12)) == (
        "40 may fail, as in an outage of 1 s; 6.4 nines a year with nights like this one"
    )
    assert nines_words(nines(1.0, 4000, 100 * SECOND, None)) == (
        "0 may fail, as in an outage of 0 s"
    )
