"""Outages: runs of failures, as users saw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from game.engine.causes import Cause

QUIET_US = 2_000_000
"""So long without a failure, and with a good answer in it, ends a run of failures."""

Code = TypeVar("Code", bound=int)
End = tuple[int, Cause, int]
"""When an operation ended, its cause (`NONE` is good), and the fault that is to blame."""


@dataclass(frozen=True, slots=True)
class Outage:
    """From the first failure of a run of failures to its last one."""

    first_us: int
    last_us: int
    failed: int
    ended: int
    """Operations that ended from the first failure to the last, the good ones too."""
    first_blame: int
    """What the first failure is blamed on: a fault, or -1."""
    causes: tuple[tuple[Cause, int], ...]
    """Cause to count, most frequent first."""
    blame: tuple[tuple[int, int], ...]
    """Fault (-1: none) to count, most frequent first."""

    @property
    def length_us(self) -> int:
        """From the first failure to the last."""
        return self.last_us - self.first_us


def outages_of(ends: Sequence[End]) -> tuple[Outage, ...]:
    """All runs of failures of operations that are given in order of their ends."""
    runs: list[tuple[int, int]] = []
    last_failure = -1
    good_since = False
    for index, (ended_us, cause, _) in enumerate(ends):
        if cause is Cause.NONE:
            good_since = True
            continue
        quiet = last_failure >= 0 and ended_us - ends[last_failure][0] > QUIET_US
        if last_failure < 0 or (quiet and good_since):
            runs.append((index, index))
        else:
            runs[-1] = (runs[-1][0], index)
        last_failure, good_since = index, False
    return tuple(_outage(ends[first : last + 1]) for first, last in runs)


def _outage(ends: Sequence[End]) -> Outage:
    failed = [end for end in ends if end[1] is not Cause.NONE]
    return Outage(
        first_us=failed[0][0],
        last_us=failed[-1][0],
        failed=len(failed),
        ended=len(ends),
        first_blame=failed[0][2],
        causes=_most_first(cause for _, cause, _ in failed),
        blame=_most_first(blame for _, _, blame in failed),
    )


def _most_first(items: Iterable[Code]) -> tuple[tuple[Code, int], ...]:
    counted = Counter(items)
    return tuple(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))
