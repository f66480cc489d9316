"""The clock of a watched night."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from game.tui.clock import SPEEDS, RunClock


def test_at_1x_the_night_goes_by_as_the_wall_does() -> None:
    clock = RunClock(10_000_000)

    assert clock.advance(250_000) == 250_000


def test_a_paused_clock_wants_nothing_new() -> None:
    clock = RunClock(10_000_000, playhead_us=5, paused=True)

    assert clock.advance(1_000_000) == 5


def test_the_end_of_the_night_is_never_passed() -> None:
    clock = RunClock(1_000_000)

    assert clock.advance(5_000_000) == 1_000_000


def test_hurry_wants_the_end_at_once() -> None:
    clock = RunClock(1_000_000, paused=True)
    clock.hurry()

    assert clock.advance(1) == 1_000_000


def test_looking_back_stops_the_clock_and_keeps_the_edge() -> None:
    clock = RunClock(1_000_000)
    clock.reach(600_000)
    clock.seek(200_000)

    assert (clock.playhead_us, clock.edge_us, clock.paused) == (200_000, 600_000, True)


def test_one_cannot_look_further_than_has_been_simulated() -> None:
    clock = RunClock(1_000_000)
    clock.reach(600_000)
    clock.seek(900_000)

    assert clock.playhead_us == 600_000


def test_speeds_end_at_both_ends() -> None:
    clock = RunClock(1_000_000)
    for _ in SPEEDS:
        clock.faster()
    fastest = clock.speed
    for _ in SPEEDS:
        clock.slower()

    assert (fastest, clock.speed) == (Fraction(64), Fraction(1, 64))


def test_messages_linger_less_in_slow_motion_and_never_long() -> None:
    clock = RunClock(1_000_000)
    lingers = []
    for speed in SPEEDS:
        clock.speed = speed
        lingers.append(clock.linger_us())

    assert lingers == sorted(lingers)
    assert (lingers[0], lingers[-1]) == (3_125, 500_000)


@given(st.lists(st.integers(0, 300_000), max_size=50), st.sampled_from(SPEEDS))
def test_no_time_is_lost_by_going_in_small_pieces(pieces: list[int], speed: Fraction) -> None:
    clock = RunClock(10**12)
    clock.speed = speed
    for piece_us in pieces:
        clock.reach(clock.advance(piece_us))

    assert clock.playhead_us == int(sum(pieces) * speed)
