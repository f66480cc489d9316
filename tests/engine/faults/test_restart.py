"""Restart: down, and back by itself."""

from game.engine.log import Change
from tests.engine.faults.towns import ONE, fault
from tests.engine.nights import SECOND, night


def test_a_process_comes_back_by_itself() -> None:
    played = night(ONE + fault("restart", target="web", down="1s"))

    assert played.changes(Change.NODE_DOWN) == [(2 * SECOND, "web", 0)]
    assert played.changes(Change.NODE_UP) == [(3 * SECOND, "web", 0)]


def test_the_end_of_the_fault_does_not_shorten_it() -> None:
    played = night(ONE + fault("restart", lasts="1s", target="web", down="4s"))

    assert played.changes(Change.NODE_UP) == [(6 * SECOND, "web", 0)]


def test_without_a_length_it_is_over_when_the_process_is_back() -> None:
    played = night(ONE + '[[fault]]\nkind = "restart"\ntarget = "web"\nat = "2s"\ndown = "3s"\n')

    assert played.changes(Change.FAULT_ENDED) == [(5 * SECOND, "restart", -1)]


def test_a_second_strike_begins_the_waiting_anew() -> None:
    often = 'every = "2s"\nlasts = "100ms"\ndown = "3s"\n'
    played = night(ONE + f'[[fault]]\nkind = "restart"\ntarget = "web"\n{often}')

    assert played.changes(Change.NODE_DOWN) == [(2 * SECOND, "web", 0)]
    assert played.changes(Change.NODE_UP) == []
