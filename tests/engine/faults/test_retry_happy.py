"""Retry-happy clients: the same question, again and again."""

from tests.engine.faults.towns import CHAIN, ONE, fault
from tests.engine.nights import MS, SECOND, night

DOWN = fault("crash", at="1s", lasts="6s", target="web")


def test_clients_ask_again_at_once() -> None:
    played = night(ONE + DOWN + fault("retry-happy", attempts=3))

    assert {row.attempts for row in played.operations(SECOND, 2 * SECOND - MS)} == {1}
    assert {row.attempts for row in played.operations(2 * SECOND, 5 * SECOND - MS)} == {4}
    assert {row.attempts for row in played.operations(5 * SECOND, 7 * SECOND)} == {1}
    gaps = {row.ended_us - row.invoked_us for row in played.operations(3 * SECOND, 4 * SECOND)}
    assert gaps == {4 * 500}


def test_two_such_versions_do_not_undo_each_other() -> None:
    played = night(
        ONE
        + DOWN
        + fault("retry-happy", lasts="2s", attempts=1)
        + fault("retry-happy", at="3s", lasts="2s", attempts=2)
    )

    assert {row.attempts for row in played.operations(2100 * MS, 2900 * MS)} == {2}
    assert {row.attempts for row in played.operations(3100 * MS, 3900 * MS)} == {3}
    assert {row.attempts for row in played.operations(4100 * MS, 4900 * MS)} == {3}
    assert {row.attempts for row in played.operations(5100 * MS, 5900 * MS)} == {1}


def test_services_keep_their_policy() -> None:
    down = fault("crash", at="1s", lasts="6s", target="db")
    played = night(CHAIN + down + fault("retry-happy", attempts=1))

    during = played.attempts(2 * SECOND, 4 * SECOND)
    assert sum(row.depth == 1 for row in during) == sum(row.depth == 0 for row in during)
