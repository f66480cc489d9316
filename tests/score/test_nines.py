import pytest

from game.score.nines import allowed_failures, nines
from tests.score.night import SECOND


@pytest.mark.parametrize(
    ("at_least", "operations", "allowed"),
    [(0.999, 1000, 1), (0.999, 999, 0), (0.999, 25_000, 25), (0.95, 100, 5), (1.0, 10**6, 0)],
)
def test_the_allowance_is_exact_in_decimals(at_least: float, operations: int, allowed: int) -> None:
    assert allowed_failures(at_least, operations) == allowed


def test_a_threshold_with_binary_noise_means_what_was_written() -> None:
    assert 1 - 0.001 - 1e-16 != 0.999
    assert allowed_failures(1 - 0.001 - 1e-16, 1000) == 1


def test_an_availability_is_told_three_ways() -> None:
    told = nines(0.99, 4000, 100 * SECOND, 12)
    assert told.failures == 40
    assert told.outage_us == SECOND
    # Twelve seconds of outage in the 31,536,000 of a year.
    assert told.a_year == pytest.approx(6.4196, abs=1e-4)


def test_a_level_that_does_not_say_how_often_gets_no_nines_a_year() -> None:
    assert nines(0.99, 4000, 100 * SECOND, None).a_year is None


def test_what_never_fails_has_no_number_of_nines() -> None:
    told = nines(1.0, 4000, 100 * SECOND, 12)
    assert (told.failures, told.outage_us, told.a_year) == (0, 0, None)


def test_an_outage_longer_than_the_year_leaves_no_nines() -> None:
    assert nines(0.0, 10, 3600 * SECOND, 24 * 366).a_year == 0.0
