"""Reorder: who was sent later may arrive earlier."""

from itertools import pairwise

from game.level.read import read_level_bytes
from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import HEAD, KINDS, SECOND, Night, night

HELD_UP = '{ law = "uniform", low = "20ms", high = "60ms" }'


def overtaken(played: Night, since_us: int, until_us: int) -> int:
    arrivals = [row.arrived_us for row in played.attempts(since_us, until_us)]
    return sum(first > second for first, second in pairwise(arrivals))


def test_some_messages_are_overtaken_while_it_lasts() -> None:
    played = night(ONE + fault("reorder", target="web", by=HELD_UP, share="20%"))

    assert overtaken(played, 0, 2 * SECOND) == 0
    assert overtaken(played, 2 * SECOND, 5 * SECOND) > 20
    assert overtaken(played, 5 * SECOND, 9 * SECOND) == 0


def test_nothing_overtakes_on_a_link_that_keeps_order() -> None:
    ordered = '\n[[link]]\nfrom = "shop"\nto = "web"\nordered = true\n'
    played = night(ONE + ordered + fault("reorder", target="web", by=HELD_UP, share="20%"))

    assert overtaken(played, 0, 9 * SECOND) == 0


def test_a_constant_delay_of_all_messages_is_refused() -> None:
    text = HEAD + ONE + fault("reorder", target="web", by="20ms", share=1.0)
    level, problems = read_level_bytes(text.encode(), "night.toml", KINDS)

    assert level is None
    assert "give a smaller share" in str(problems)
