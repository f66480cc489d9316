"""Rolling deploy: everybody in turn, told or not."""

from __future__ import annotations

from game.engine.log import Change
from tests.engine.faults.towns import PAIR, fault
from tests.engine.nights import MS, SECOND, night

FIVE = PAIR.replace("count = 2", "count = 5").replace('"10s"', '"20s"')
TOWN = 'at = "2s"\nkind = "rolling-deploy"\ntarget = "web"\n'


def deploy(**keys: str) -> str:
    """Without a length: until all had their turn."""
    return "\n[[fault]]\n" + TOWN + "".join(f"{key} = {value}\n" for key, value in keys.items())


def test_each_machine_restarts_after_the_one_before_it_is_back() -> None:
    played = night(FIVE + deploy(down='"1s"', pause='"500ms"'))
    downs = [(time, name) for time, name, _ in played.changes(Change.NODE_DOWN)]
    ups = [(time, name) for time, name, _ in played.changes(Change.NODE_UP)]

    assert downs == [(2 * SECOND + n * 1500 * MS, f"web-{n + 1}") for n in range(5)]
    assert ups == [(time + SECOND, name) for time, name in downs]


def test_a_batch_restarts_together_and_the_last_one_is_what_is_left() -> None:
    played = night(FIVE + deploy(down='"1s"', batch="2"))

    assert [time for time, _, _ in played.changes(Change.NODE_DOWN)] == [
        2 * SECOND,
        2 * SECOND,
        3 * SECOND,
        3 * SECOND,
        4 * SECOND,
    ]


def test_the_boot_time_is_waited_for() -> None:
    slow = FIVE.replace("count = 5", 'count = 5\nboot = "700ms"')
    downs = [time for time, _, _ in night(slow + deploy(down='"1s"')).changes(Change.NODE_DOWN)]

    assert downs[:2] == [2 * SECOND, 3700 * MS]


def test_without_a_drain_a_share_of_the_requests_is_refused() -> None:
    played = night(FIVE + deploy(down='"1s"'))
    causes = played.causes(2 * SECOND, 7 * SECOND)

    assert set(causes) == {"none", "refused"} | ({"died-with-node"} & set(causes))
    assert 0.17 < causes["refused"] / sum(causes.values()) < 0.23
    assert {row.blame for row in played.operations() if row.cause} == {0}


def test_with_a_drain_nobody_notices() -> None:
    played = night(FIVE + deploy(down='"1s"', drain='"100ms"'))

    assert set(played.causes()) == {"none"}
    assert len(played.changes(Change.NODE_DOWN)) == 5
    assert len(played.changes(Change.TARGET_OUT)) == len(played.changes(Change.TARGET_BACK)) == 5


def test_its_end_begins_no_further_batch_and_leaves_nobody_out() -> None:
    keys = {"down": "1s", "drain": "500ms", "target": "web"}
    played = night(FIVE + fault("rolling-deploy", lasts="1700ms", **keys))

    assert [name for _, name, _ in played.changes(Change.NODE_DOWN)] == ["web-1"]
    assert len(played.changes(Change.TARGET_OUT)) == len(played.changes(Change.TARGET_BACK)) == 2
    assert set(played.causes()) == {"none"}
