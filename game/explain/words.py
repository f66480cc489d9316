"""Numbers and lists of names as a story tells them."""

from __future__ import annotations

from collections.abc import Sequence

MS_US = 1_000
SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
NAMED = 4
"""Names that a list tells; of more, only the number is."""


def moment(time_us: int) -> str:
    """A time of the night: "12 s", "12.05 s"."""
    return f"{_decimals(time_us / SECOND_US, 2)} s"


def lasting(length_us: int) -> str:
    """A length of time: "300 us", "4.2 ms", "850 ms", "2.35 s", "3 min 20 s"."""
    if length_us < MS_US:
        return f"{length_us} us"
    if length_us < 100 * MS_US:
        return f"{_decimals(length_us / MS_US, 1)} ms"
    if length_us < SECOND_US - MS_US // 2:
        return f"{length_us / MS_US:.0f} ms"
    if length_us < 10 * MINUTE_US:
        return f"{_decimals(length_us / SECOND_US, 2)} s"
    minutes, left_us = divmod(length_us, MINUTE_US)
    return f"{minutes:,} min {left_us // SECOND_US} s"


def share(part: int, whole: int) -> str:
    """A percentage that is 0 % only for nothing and 100 % only for all."""
    assert whole > 0
    percent = 100 * part / whole
    if 0 < part < whole:
        if percent < 1:
            return "less than 1 %"
        if percent > 99:
            return "more than 99 %"
    return f"{percent:.0f} %"


def count(number: int, one: str, many: str = "") -> str:
    """ "1 operation", "2,004 operations"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"; of many only the first ones and how many more there are."""
    if len(names) > NAMED + 1:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED:,} more"
    if len(names) > 1:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return names[0] if names else "nothing"


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends a sentence already."""
    text = text.strip()
    return text if text.endswith((".", "!", "?", '."', '!"', '?"')) else f"{text}."


def _decimals(value: float, most: int) -> str:
    text = f"{value:,.{most}f}"
    return text.rstrip("0").rstrip(".")
