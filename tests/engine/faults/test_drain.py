"""Drain: an order that crosses the network."""

from game.engine.log import Change
from tests.engine.faults.towns import CHAIN, PAIR, fault
from tests.engine.nights import MS, SECOND, night


def test_a_caller_keeps_sending_until_the_order_arrives() -> None:
    far = PAIR + '\n[[link]]\nfrom = "shop"\nto = "web"\nlatency = "50ms"\n'
    played = night(far + fault("drain", target="web-1"))

    def asked(since_us: int, until_us: int) -> set[str]:
        return {played.node_of(row) for row in played.attempts(since_us, until_us)}

    assert asked(2 * SECOND, 2 * SECOND + 49 * MS) == {"web-1", "web-2"}
    assert asked(2 * SECOND + 51 * MS, 5 * SECOND + 49 * MS) == {"web-2"}
    assert asked(5 * SECOND + 51 * MS, 9 * SECOND) == {"web-1", "web-2"}
    assert set(played.causes()) == {"none"}


def test_callers_on_nodes_are_told_too() -> None:
    played = night(CHAIN + fault("drain", target="store"))

    assert [name for _, name, _ in played.changes(Change.TARGET_OUT)] == ["web"]
    assert set(played.causes(3 * SECOND, 5 * SECOND)) == {"dependency"}
    assert set(played.causes(5 * SECOND + MS)) == {"none"}


def test_an_order_that_does_not_get_through_is_given_again() -> None:
    cut = fault("partition", at="1500ms", lasts="1s", target="web-1", one_way="out")
    played = night(PAIR + cut + fault("drain", target="web-1"))

    assert played.changes(Change.TARGET_OUT) == [(3 * SECOND + 250, "shop", 0)]


def test_a_machine_that_two_operators_drained_is_back_after_the_second() -> None:
    played = night(
        PAIR + fault("drain", target="web-1") + fault("drain", at="4s", lasts="3s", target="web-1")
    )

    assert played.changes(Change.TARGET_OUT) == [(2 * SECOND + 250, "shop", 0)]
    assert played.changes(Change.TARGET_BACK) == [(7 * SECOND + 250, "shop", 0)]


def test_a_caller_that_restarts_still_knows() -> None:
    crash = fault("crash", at="3s", lasts="500ms", target="web")
    played = night(CHAIN + fault("drain", target="db") + crash)

    assert all(
        row.depth == 0 or row.station == -1 for row in played.attempts(3 * SECOND, 5 * SECOND)
    )
