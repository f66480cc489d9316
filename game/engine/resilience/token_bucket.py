"""A token bucket: so many a second, and a few at once (Turner, IEEE Communications 24, 1986)."""

from __future__ import annotations

_TOKEN = 1_000_000.0
"""One token, in the unit of the level: rate times microseconds. With a rate that is a whole number
the arithmetic is exact."""


class TokenBucket:
    """Holds at most `burst` tokens, and is full at first."""

    __slots__ = ("level", "most", "rate", "seen_us")

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        """Tokens a second that flow in."""
        self.most = burst * _TOKEN
        self.level = self.most
        self.seen_us = 0

    def take(self, now_us: int) -> bool:
        """Take one token, if there is one."""
        self.level = min(self.most, self.level + (now_us - self.seen_us) * self.rate)
        self.seen_us = now_us
        if self.level < _TOKEN:
            return False
        self.level -= _TOKEN
        return True

    def give(self, tokens: float) -> None:
        """Put tokens, or a part of one, in."""
        self.level = min(self.most, self.level + tokens * _TOKEN)

    def reset(self, rate: float, burst: float, now_us: int) -> None:
        """Another rate and bound from now on; what is in it stays, up to the bound."""
        self.level += (now_us - self.seen_us) * self.rate
        self.seen_us = now_us
        self.rate = rate
        self.level = min(self.most, self.level)
        self.most = burst * _TOKEN
        self.level = min(self.most, self.level)

    def fill(self) -> None:
        """Begin anew."""
        self.level = self.most
