"""Hybrid logical clocks: a Lamport clock that stays near the time that machines show.

Kulkarni, Demirbas, Madappa, Avva and Leone, Logical Physical Clocks, OPODIS 2014, figure 5.
"""

from __future__ import annotations

from dataclasses import dataclass

Stamp = tuple[int, int]
"""(l, c): the largest local time that is known of, and a count of events that share it."""


@dataclass(slots=True)
class HybridClock:
    """If a happened before b, then H(a) < H(b), as pairs. l is never behind the local time of its
    own machine, and ahead of it by no more than clocks differ."""

    largest_us: int = 0
    count: int = 0

    def tick(self, local_us: int) -> Stamp:
        """Stamp an event of its own, a sending among them."""
        if local_us > self.largest_us:
            self.largest_us, self.count = local_us, 0
        else:
            self.count += 1
        return self.largest_us, self.count

    def receive(self, stamp: Stamp, local_us: int) -> Stamp:
        """Stamp the arrival of a message whose sending had `stamp`."""
        heard_us, heard_count = stamp
        before_us, before_count = self.largest_us, self.count
        self.largest_us = max(before_us, heard_us, local_us)
        if self.largest_us == before_us == heard_us:
            self.count = max(before_count, heard_count) + 1
        elif self.largest_us == before_us:
            self.count = before_count + 1
        elif self.largest_us == heard_us:
            self.count = heard_count + 1
        else:
            self.count = 0
        return self.largest_us, self.count
