"""Quantities as people write them, and back: "250ms", "4KiB", "5%", "0.10".

Parsing is exact (decimal arithmetic, whole microseconds, bytes and millionths) and what a format
function writes, the parse function of the same quantity reads as the same value.
"""

from __future__ import annotations

import re
from decimal import Decimal

LONGEST_US = 366 * 24 * 3600 * 1_000_000
"""No duration of a level is longer: a year."""
LARGEST_BYTES = 1 << 50
LARGEST_MICROS = 10**15

US_PER_UNIT = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
}
BYTES_PER_UNIT = {
    "B": 1,
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
    "TiB": 1 << 40,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
}
TIMES_PER_YEAR = {"hour": 8760.0, "day": 365.0, "week": 365.0 / 7, "month": 12.0, "year": 1.0}

_QUANTITY = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?) ?([A-Za-z%]{1,5})")
_NUMBER = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?")
_RATE = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?) ?/ ?([a-z]{1,10})")


class UnitError(ValueError):
    """A text that is not the quantity it should be; the message is one sentence."""


def _whole(text: str, units: dict[str, int], largest: int, what: str, example: str) -> int:
    match = _QUANTITY.fullmatch(text)
    if match is None or match[2] not in units:
        raise UnitError(f'not a {what}; write it like "{example}" (units: {", ".join(units)})')
    value = Decimal(match[1]) * units[match[2]]
    if value > largest:
        raise UnitError(f"a {what} this large is not allowed")
    if value != int(value):
        raise UnitError(f'a {what} is a whole number of {next(iter(units))}; write "{example}"')
    return int(value)


def parse_duration(text: str) -> int:
    """Microseconds of "300us", "250ms", "1.5s", "2m", "1h" or "1d"; raises UnitError."""
    return _whole(text, US_PER_UNIT, LONGEST_US, "duration", "250ms")


def parse_size(text: str) -> int:
    """Bytes of "100B", "4KiB", "1.5MiB", "1MB", ...; raises UnitError."""
    return _whole(text, BYTES_PER_UNIT, LARGEST_BYTES, "size", "4KiB")


def parse_money(text: str) -> int:
    """Millionths of "0.10" or "3"; raises UnitError."""
    if _NUMBER.fullmatch(text) is None:
        raise UnitError('not an amount of money; write it like "0.10"')
    value = Decimal(text) * 1_000_000
    if value > LARGEST_MICROS:
        raise UnitError("an amount this large is not allowed")
    if value != int(value):
        raise UnitError("an amount has at most six decimals")
    return int(value)


def parse_share(text: str) -> float:
    """A share between 0 and 1 of "5%" or "99.95%"; raises UnitError."""
    match = _QUANTITY.fullmatch(text)
    if match is None or match[2] != "%":
        raise UnitError('not a share; write it like "5%" or 0.05')
    value = Decimal(match[1]) / 100
    if value > 1:
        raise UnitError("a share is at most 100%")
    return float(value)


def parse_times_per_year(text: str) -> float:
    """Times a year of "1/month", "2/week", ...; raises UnitError."""
    match = _RATE.fullmatch(text)
    if match is None or match[2] not in TIMES_PER_YEAR or float(match[1]) == 0:
        units = ", ".join(TIMES_PER_YEAR)
        raise UnitError(f'not a frequency; write it like "1/month" (units: {units})')
    return float(match[1]) * TIMES_PER_YEAR[match[2]]


def _decimal(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_duration(us: int) -> str:
    """The shortest exact way to write a duration: "250ms", "1.5s", "90s", "2m"."""
    for unit in ("d", "h", "m"):
        if us and us % US_PER_UNIT[unit] == 0:
            return f"{us // US_PER_UNIT[unit]}{unit}"
    for unit in ("s", "ms"):
        if us >= US_PER_UNIT[unit] and us * 1000 % US_PER_UNIT[unit] == 0:
            return f"{_decimal(Decimal(us) / US_PER_UNIT[unit])}{unit}"
    if us >= 1000:
        return f"{_decimal(Decimal(us) / 1000)}ms"
    return f"{us}us" if us else "0s"


def format_size(size_bytes: int) -> str:
    """The shortest exact way to write a size: "4KiB", "100B"."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if size_bytes and size_bytes % BYTES_PER_UNIT[unit] == 0:
            return f"{size_bytes // BYTES_PER_UNIT[unit]}{unit}"
    return f"{size_bytes}B"


def format_share(share: float, decimals: int = 4) -> str:
    """A share as a percentage with no needless zeros: 0.999 -> "99.9%"."""
    return f"{_decimal(round(Decimal(repr(share)) * 100, decimals))}%"


def format_money(micros: int) -> str:
    """Millionths as an amount with at least two decimals: 100000 -> "0.10"."""
    whole, rest = divmod(abs(micros), 1_000_000)
    decimals = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{decimals}"
