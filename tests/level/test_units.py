from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.units import (
    LARGEST_BYTES,
    LARGEST_MICROS,
    LONGEST_US,
    UnitError,
    format_duration,
    format_money,
    format_share,
    format_size,
    parse_duration,
    parse_money,
    parse_share,
    parse_size,
    parse_times_per_year,
)


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("300us", 300),
        ("250ms", 250_000),
        ("250 ms", 250_000),
        ("1.5s", 1_500_000),
        ("0.5us", None),
        ("2m", 120_000_000),
        ("1h", 3_600_000_000),
        ("0s", 0),
        ("0.1s", 100_000),
        ("250", None),
        ("-1s", None),
        ("1e3s", None),
        ("1min", None),
        ("", None),
        ("٣s", None),
        ("400d", None),
        ("9" * 30 + "s", None),
    ],
)
def test_a_duration_is_a_number_with_its_unit(text: str, us: int | None) -> None:
    if us is None:
        with pytest.raises(UnitError):
            parse_duration(text)
    else:
        assert parse_duration(text) == us


@given(st.integers(0, LONGEST_US))
def test_a_formatted_duration_is_read_as_the_same(us: int) -> None:
    assert parse_duration(format_duration(us)) == us


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "0s"),
        (300, "300us"),
        (1_500, "1.5ms"),
        (250_000, "250ms"),
        (1_500_000, "1.5s"),
        (45_000_000, "45s"),
        (90_000_000, "90s"),
        (120_000_000, "2m"),
        (86_400_000_000, "1d"),
    ],
)
def test_a_duration_is_written_as_people_would(us: int, text: str) -> None:
    assert format_duration(us) == text


@given(st.integers(0, LARGEST_BYTES))
def test_a_formatted_size_is_read_as_the_same(size_bytes: int) -> None:
    assert parse_size(format_size(size_bytes)) == size_bytes


@given(st.integers(0, LARGEST_MICROS))
def test_a_formatted_amount_is_read_as_the_same(micros: int) -> None:
    assert parse_money(format_money(micros)) == micros


def test_sizes_and_money_are_written_short() -> None:
    assert [format_size(size) for size in (0, 100, 4096, 10 << 20)] == [
        "0B",
        "100B",
        "4KiB",
        "10MiB",
    ]
    assert [format_money(micros) for micros in (100_000, 2_500_000, 1)] == [
        "0.10",
        "2.50",
        "0.000001",
    ]


@given(st.integers(0, 10_000))
def test_a_formatted_share_is_read_as_the_same(hundredths: int) -> None:
    share = hundredths / 10_000
    assert parse_share(format_share(share)) == share


def test_shares_are_percentages_without_needless_zeros() -> None:
    assert [format_share(share) for share in (0, 0.05, 0.999, 1.0)] == ["0%", "5%", "99.9%", "100%"]
    with pytest.raises(UnitError):
        parse_share("100.1%")


def test_a_frequency_is_a_number_of_times_a_year() -> None:
    assert parse_times_per_year("1/month") == 12
    assert parse_times_per_year("2/week") == pytest.approx(104.29, abs=0.01)
    for text in ("0/year", "1/moon", "month", "1"):
        with pytest.raises(UnitError):
            parse_times_per_year(text)
