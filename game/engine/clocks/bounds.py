"""What can be built on clocks whose error has a bound: leases with a guard band, and commit wait.

All of it is arithmetic on what clocks show; nobody reads the true time.
"""

from __future__ import annotations

from fractions import Fraction

MILLION = 1_000_000


def lease_end_us(asked_us: int, length_us: int, drift_ppm: float) -> int:
    """Until when, by its own steady count, a holder may use a lease of `length_us`.

    It counts from when it asked, not from when it was told, and stops a guard band early: the
    granter may count faster than it does. With both drifts at most `drift_ppm` either way, the
    holder stops before the granter takes the lease for over (Gray and Cheriton, Leases, SOSP 1989,
    section 5: a lease is safe while clocks drift less than it allows for).
    """
    assert 0 <= drift_ppm < MILLION, "clocks that may stand still measure nothing"
    drift = Fraction(drift_ppm) / MILLION
    return asked_us + int(length_us * (1 - drift) / (1 + drift))


def guard_band_us(length_us: int, drift_ppm: float) -> int:
    """How much of a lease is not used, for safety."""
    return length_us - lease_end_us(0, length_us, drift_ppm)


Interval = tuple[int, int]
"""(earliest, latest): the true time is somewhere between."""


def interval_us(local_us: int, error_us: int) -> Interval:
    """What a clock that is wrong by at most `error_us` says of the time (Corbett and others,
    Spanner, OSDI 2012, section 3: TT.now)."""
    return local_us - error_us, local_us + error_us


def commit_stamp_us(local_us: int, error_us: int) -> int:
    """The stamp of a commit that begins now: no earlier than the true time (Spanner, section
    4.1.2, "Start")."""
    return interval_us(local_us, error_us)[1]


def is_past(stamp_us: int, local_us: int, error_us: int) -> bool:
    """Whether a stamp is surely over (TT.after): a commit may be told once it is ("Commit wait").
    Then whatever begins after that, on whatever machine, has a later stamp."""
    return stamp_us < interval_us(local_us, error_us)[0]


def commit_wait_us(stamp_us: int, local_us: int, error_us: int) -> int:
    """How long, by this clock, until the stamp is surely over."""
    return max(0, stamp_us + error_us + 1 - local_us)
