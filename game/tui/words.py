"""Moments, shares and level texts as the screens tell them."""

from __future__ import annotations

import re
from fractions import Fraction

from textual.content import Content

EMPHASIS = re.compile(r"\*(\S(?:[^*\n]*\S)?)\*")
MINUTE_US = 60_000_000
SECOND_US = 1_000_000


def moment(time_us: int) -> str:
    """A time of the night, such as "0:14.2"."""
    tenths = time_us // 100_000
    minutes, rest = divmod(tenths, 600)
    return f"{minutes}:{rest // 10:02}.{rest % 10}"


def short_moment(time_us: int) -> str:
    """The same to the second, such as "0:14"."""
    minutes, seconds = divmod(time_us // SECOND_US, 60)
    return f"{minutes}:{seconds:02}"


def speed_words(speed: Fraction) -> str:
    """A speed such as "4x" or "1/16x"."""
    return f"{speed}x"


def percent(good: int, all_of_them: int) -> str:
    """A share that is never rounded up to "100 %"."""
    if good >= all_of_them:
        return "100 %"
    hundredths = good * 10_000 // all_of_them
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def one_in(failed: int, all_of_them: int) -> str:
    """A share of failures in words, such as "1 in 250 failed"."""
    if not all_of_them:
        return "nobody has asked yet"
    if not failed:
        return f"none of {all_of_them:,} failed"
    if 10 * failed > all_of_them:
        return f"{failed:,} of {all_of_them:,} failed"
    return f"1 in {all_of_them // failed:,} failed"


def money(micros: int) -> str:
    """Millionths as dollars."""
    return f"${micros / SECOND_US:,.2f}"


def parts_words(parts: int) -> str:
    """A number of moving parts."""
    return f"{parts} moving part{'' if parts == 1 else 's'}"


def dearer(micros: int, parts: int) -> str:
    """How much more (or less) another choice costs; "" where there is no difference."""
    said = []
    if micros:
        said.append(f"{'+' if micros > 0 else '-'}{money(abs(micros))} an hour")
    if parts:
        said.append(f"{parts:+} part{'' if abs(parts) == 1 else 's'}")
    return ", ".join(said)


def paragraphs(text: str) -> Content:
    """A level's text with each paragraph on one line, so that the screen breaks the lines.

    Words between asterisks stand out; nothing else in the text means anything to the screen.
    """
    blocks = (" ".join(block.split()) for block in text.strip().split("\n\n"))
    pieces = EMPHASIS.split("\n\n".join(block for block in blocks if block))
    return Content.assemble(
        *((piece, "bold" if index % 2 else "") for index, piece in enumerate(pieces))
    )
