"""Leases and commit wait hold for every clock whose error is inside the bound, and only then."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from game.engine.clocks.bounds import (
    commit_stamp_us,
    commit_wait_us,
    guard_band_us,
    interval_us,
    is_past,
    lease_end_us,
)
from game.engine.clocks.clock import LocalClock

PPM = 1_000
DRIFTS = st.floats(-PPM, PPM)
LENGTHS = st.integers(1, 10**9)
ERROR = 7_000
ERRORS = st.integers(-ERROR, ERROR)


def over_us(clock: LocalClock, from_us: int, length_us: int) -> int:
    """When a length of time that begins at a true time is over by a clock."""
    return clock.when_steady_us(clock.steady_us(from_us) + length_us)


@given(length=LENGTHS, holder=DRIFTS, granter=DRIFTS, asked=LENGTHS, way=st.integers(0, 10**6))
def test_a_holder_stops_before_the_granter_takes_the_lease_for_over(
    length: int, holder: float, granter: float, asked: int, way: int
) -> None:
    own, other = LocalClock(drift_ppm=holder), LocalClock(drift_ppm=granter)
    end = lease_end_us(own.steady_us(asked), length, PPM)
    last_used = own.when_steady_us(end) - 1

    assert last_used < over_us(other, asked + way, length)


def test_without_a_guard_band_a_slow_holder_outlasts_its_lease() -> None:
    slow, right = LocalClock(drift_ppm=-PPM), LocalClock()
    length = 10_000_000

    assert over_us(slow, 0, length) > over_us(right, 0, length)
    assert over_us(slow, 0, length - guard_band_us(length, PPM)) <= over_us(right, 0, length)


@given(now=LENGTHS, error=ERRORS)
def test_the_true_time_is_in_the_interval(now: int, error: int) -> None:
    earliest, latest = interval_us(now + error, ERROR)

    assert earliest <= now <= latest


@given(now=LENGTHS, one=ERRORS, other=ERRORS, later=st.integers(0, 10_000))
def test_a_commit_that_waited_is_stamped_before_all_that_begin_later(
    now: int, one: int, other: int, later: int
) -> None:
    stamp = commit_stamp_us(now + one, ERROR)
    wait = commit_wait_us(stamp, now + one, ERROR)
    told = now + wait

    assert is_past(stamp, told + one, ERROR)
    assert not is_past(stamp, told - 1 + one, ERROR)
    assert commit_stamp_us(told + later + other, ERROR) > stamp


def test_without_commit_wait_a_later_commit_can_have_the_earlier_stamp() -> None:
    first = commit_stamp_us(1_000_000 + ERROR, ERROR)
    later = commit_stamp_us(1_000_100 - ERROR, ERROR)

    assert later < first
