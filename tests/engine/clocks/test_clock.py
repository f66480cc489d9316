"""A node's clock: exact, there and back, and the true time where nobody gave one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from game.engine.clocks.clock import (
    LocalClock,
    clock_of,
    local_us,
    steady_us,
    timer_us,
    when_local_us,
)
from game.engine.world import World
from tests.engine.shops import shop

DRIFTS = st.floats(-100_000, 100_000)
MOMENTS = st.integers(0, 10**12)
ENGINE_FAULT = 3


def test_a_clock_shows_offset_and_drift() -> None:
    clock = LocalClock(ahead_us=-500, drift_ppm=50)

    assert clock.local_us(0) == -500
    assert clock.local_us(1_000_000) == 999_550
    assert clock.steady_us(1_000_000) == 1_000_050
    assert clock.error_us(20_000_000) == 500


@given(ahead=st.integers(-(10**9), 10**9), ppm=DRIFTS, now=MOMENTS, length=MOMENTS)
def test_the_first_moment_at_which_a_clock_shows_a_time_is_the_first(
    ahead: int, ppm: float, now: int, length: int
) -> None:
    clock = LocalClock(ahead, ppm)
    shown = clock.local_us(now) + length
    when = clock.when_local_us(shown)

    assert clock.local_us(when) >= shown
    assert when == 0 or clock.local_us(when - 1) < shown


@given(ppm=DRIFTS, changes=st.lists(st.tuples(st.integers(0, 10**9), DRIFTS), max_size=5))
def test_a_steady_count_goes_on_through_every_change_of_its_rate(
    ppm: float, changes: list[tuple[int, float]]
) -> None:
    clock, now = LocalClock(0, ppm), 0
    for later, other in changes:
        now += later
        before = clock.steady_us(now)
        clock.drift(now, ENGINE_FAULT, other)
        assert clock.steady_us(now) == before
        assert clock.steady_us(now + 1000) > before


@given(by=st.integers(-(10**9), 10**9), now=MOMENTS)
def test_a_jump_moves_the_time_of_day_and_no_length(by: int, now: int) -> None:
    clock = LocalClock(7, 20)
    steady, local = clock.steady_us(now), clock.local_us(now)
    clock.jump(by, ENGINE_FAULT)

    assert clock.steady_us(now) == steady
    assert clock.local_us(now) == local + by
    assert clock.blame == ENGINE_FAULT


def test_drifts_of_several_faults_add_up_and_end_by_themselves() -> None:
    clock = LocalClock(0, 10)
    clock.drift(0, 0, 100)
    clock.drift(0, 1, -30)
    assert clock.steady_us(1_000_000) == 1_000_080
    clock.drift(1_000_000, 0, None)
    assert clock.steady_us(2_000_000) == 2_000_060


def test_time_never_stands_still_however_many_faults_slow_it() -> None:
    clock = LocalClock()
    for fault in range(20):
        clock.drift(0, fault, -100_000)

    assert clock.steady_us(1_000_000) == 100_000


def test_a_node_without_a_clock_reads_the_true_time() -> None:
    node = World(shop(), 1, traced=False).nodes[0]

    assert (local_us(node, 9), steady_us(node, 9), timer_us(node, 5, 9)) == (9, 9, 5)
    assert (when_local_us(node, 20, 9), when_local_us(node, 5, 9)) == (20, 9)


def test_a_timer_of_a_fast_clock_is_short_and_an_alarm_in_the_past_rings_at_once() -> None:
    node = World(shop(), 1, traced=False).nodes[0]
    clock_of(node).drift(0, ENGINE_FAULT, 100_000)
    clock_of(node).jump(1_000)

    assert timer_us(node, 1_100_000, 500_000) == 1_000_000
    assert when_local_us(node, 111_000, 0) == 100_000
    assert when_local_us(node, 111_000, 300_000) == 300_000
