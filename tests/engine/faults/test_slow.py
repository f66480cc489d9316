"""Slow: everything takes longer, and nothing fails at once."""

from game.engine.log import Change
from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import MS, SECOND, night


def test_work_takes_several_times_as_long() -> None:
    played = night(ONE + fault("slow", target="web", factor=4))

    served = [row.served_us - row.started_us for row in played.attempts()]
    assert served[:199] == [2 * MS] * 199
    assert {row.served_us - row.started_us for row in played.attempts(2 * SECOND, 5 * SECOND)} == {
        8 * MS
    }
    assert played.changes(Change.NODE_SPEED) == [
        (2 * SECOND, "web", 250),
        (5 * SECOND, "web", 1000),
    ]


def test_work_that_has_begun_is_slowed_down_for_the_rest_of_it() -> None:
    played = night(ONE + fault("slow", at="2001250us", target="web", factor=4))

    begun = next(row for row in played.attempts(2 * SECOND))
    assert begun.served_us - begun.started_us == MS + 4 * MS


def test_two_faults_multiply() -> None:
    twice = fault("slow", target="web", factor=2)
    played = night(ONE + twice + twice)

    assert {row.served_us - row.started_us for row in played.attempts(3 * SECOND, 4 * SECOND)} == {
        8 * MS
    }
