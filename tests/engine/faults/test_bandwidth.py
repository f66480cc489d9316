"""Bandwidth: messages queue for the wire."""

import pytest

from game.level.read import read_level_bytes
from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import HEAD, KINDS, MS, SECOND, Night, night

WIRE = '\n[[link]]\nid = "wire"\nfrom = "shop"\nto = "web"\nlatency = "1ms"\nbandwidth = "1MiB"\n'


def request_us(played: Night, since_us: int, until_us: int) -> set[int]:
    return {row.arrived_us - row.sent_us for row in played.attempts(since_us, until_us)}


def test_a_link_keeps_a_share_of_its_bandwidth() -> None:
    played = night(ONE + WIRE + fault("bandwidth", target="wire", share="25%"))

    # 1 KiB at 1 MiB/s takes 977 us; at a quarter of that four times as long.
    assert request_us(played, 0, 2 * SECOND) == {MS + 977}
    assert request_us(played, 2 * SECOND, 5 * SECOND) == {MS + 3906}
    assert request_us(played, 5 * SECOND, 9 * SECOND) == {MS + 977}


def test_a_share_of_no_limit_is_no_limit() -> None:
    played = night(ONE + fault("bandwidth", target="web", share="1%"))

    assert request_us(played, 0, 9 * SECOND) == {250}


def test_a_limit_holds_where_the_link_has_none() -> None:
    played = night(ONE + fault("bandwidth", target="web", limit="1MiB"))

    assert request_us(played, 2 * SECOND, 5 * SECOND) == {250 + 977}
    answers = {row.ended_us - row.served_us for row in played.attempts(2 * SECOND, 4 * SECOND)}
    assert answers == {250 + 3906}


def test_all_messages_into_a_place_share_its_limit() -> None:
    second = '\n[[client]]\nid = "other"\ncall = "front"\ngap = "10ms"\ndeadline = "500ms"\n'
    played = night(ONE + second + fault("bandwidth", target="web", limit="1MiB", one_way="in"))

    assert request_us(played, 2 * SECOND, 5 * SECOND) == {250 + 977, 250 + 2 * 977}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("", "takes nothing away"),
        ("share = 0", "that is a partition"),
        ('limit = "0B"', "that is a partition"),
    ],
)
def test_a_fault_that_is_none_or_another_one_is_refused(keys: str, words: str) -> None:
    text = HEAD + ONE + fault("bandwidth", target="web") + keys
    level, problems = read_level_bytes(text.encode(), "night.toml", KINDS)

    assert level is None
    assert words in str(problems)
