"""Partition: which messages are cut, and which are not."""

import pytest

from tests.engine.faults.towns import CHAIN, ONE, fault
from tests.engine.nights import SECOND, night

LINK = '\n[[link]]\nid = "wire"\nfrom = "web"\nto = "db"\nlatency = "1ms"\n'
DURING = (2 * SECOND + 1000, 4 * SECOND + 400_000)


def test_no_message_gets_through_in_either_direction() -> None:
    played = night(ONE + fault("partition", target="web"))

    assert set(played.causes(*DURING)) == {"unreachable"}
    assert {row.arrived_us for row in played.attempts(*DURING)} == {-1}
    assert set(played.causes(5 * SECOND)) == {"none"}


def test_one_way_in_lets_no_request_pass() -> None:
    played = night(ONE + fault("partition", target="web", one_way="in"))

    assert {row.arrived_us for row in played.attempts(*DURING)} == {-1}


def test_one_way_out_lets_requests_pass_and_loses_the_answers() -> None:
    played = night(ONE + fault("partition", target="web", one_way="out"))

    assert set(played.causes(*DURING)) == {"unreachable"}
    assert all(row.served_us > 0 for row in played.attempts(*DURING))


@pytest.mark.parametrize("keys", [{"target": "db", "from": "web"}, {"target": "wire"}])
def test_a_partial_partition_cuts_two_sides_of_three(keys: dict[str, str]) -> None:
    played = night(CHAIN + LINK + fault("partition", **keys))

    assert set(played.causes(*DURING)) == {"dependency"}
    inner = [row for row in played.attempts(*DURING) if row.depth == 1]
    assert {row.cause.word for row in inner} == {"unreachable"}


def test_sides_that_do_not_talk_notice_nothing() -> None:
    played = night(CHAIN + fault("partition", target="db", from_="shop"))

    assert set(played.causes()) == {"none"}


@pytest.mark.parametrize(("direction", "arrives"), [("out", False), ("in", True)])
def test_a_link_can_be_cut_in_the_direction_that_it_is_written(
    direction: str, arrives: bool
) -> None:
    played = night(CHAIN + LINK + fault("partition", target="wire", one_way=direction))

    inner = [row for row in played.attempts(*DURING) if row.depth == 1]
    assert {row.arrived_us >= 0 for row in inner} == {arrives}
