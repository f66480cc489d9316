"""Delay: exactly the time that is asked for, on top."""

from tests.engine.faults.towns import CHAIN, ONE, fault
from tests.engine.nights import MS, SECOND, Night, night


def latencies(played: Night, since_us: int, until_us: int) -> set[int]:
    return {row.ended_us - row.invoked_us for row in played.operations(since_us, until_us)}


def test_every_message_takes_longer_by_a_constant() -> None:
    played = night(ONE + fault("delay", target="web", by="20ms"))

    assert latencies(played, 0, 2 * SECOND - 10 * MS) == {2500}
    assert latencies(played, 2 * SECOND, 5 * SECOND - 30 * MS) == {42_500}
    assert latencies(played, 5 * SECOND + 50 * MS, 9 * SECOND) == {2500}


def test_one_way_delays_requests_alone() -> None:
    played = night(ONE + fault("delay", target="web", by="20ms", one_way="in"))

    assert latencies(played, 2 * SECOND, 5 * SECOND - 30 * MS) == {22_500}


def test_only_messages_to_the_named_side_are_delayed() -> None:
    played = night(CHAIN + fault("delay", target="db", by="20ms", to="shop"))

    assert latencies(played, 0, 9 * SECOND) == {3000}


def test_a_share_of_the_messages_is_delayed() -> None:
    played = night(ONE + fault("delay", target="web", by="20ms", share="50%"))

    during = [row.ended_us - row.invoked_us for row in played.operations(2 * SECOND, 4 * SECOND)]
    undelayed = sum(latency < 22_500 for latency in during)
    assert 30 < undelayed < 70  # a quarter of 200: neither request nor answer was delayed
