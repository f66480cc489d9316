"""Hot key: a share asks for one thing."""

from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import SECOND, night

SHOP = ONE.replace('gap = "10ms"', 'gap = "10ms"\nkeys = 1000')


def test_a_share_of_the_operations_asks_for_the_key() -> None:
    played = night(SHOP + fault("hot-key", share="60%", key=7))

    during = [row.key for row in played.operations(2 * SECOND, 5 * SECOND)]
    assert 150 < during.count(6) < 210
    before = [row.key for row in played.operations(0, 2 * SECOND)]
    assert before.count(6) < 5


def test_nobody_else_is_moved_to_another_time() -> None:
    quiet, hot = night(SHOP), night(SHOP + fault("hot-key", share="60%", key=7))

    assert [row.invoked_us for row in hot.operations()] == [
        row.invoked_us for row in quiet.operations()
    ]
    assert [row.key for row in hot.operations(5 * SECOND)] == [
        row.key for row in quiet.operations(5 * SECOND)
    ]
