"""Aftermath: what a fault still did to users after it was over."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Change
from game.explain.facts import Facts
from game.explain.strikes import Strike

QUEUED = frozenset((Cause.WAITED_IN_QUEUE, Cause.QUEUE_FULL, Cause.SHED))
"""Causes that speak of more work waiting than can be done, not of a machine that is gone."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Operations that were asked after the end of a fault and failed because of it."""

    failed: int
    last_us: int
    """When the last of them failed."""
    causes: tuple[tuple[Cause, int], ...]
    """Most frequent first."""
    up_us: int | None
    """When the last of the machines that were down took requests again, if that was later than the
    fault's end."""


def aftermath_of(facts: Facts, strike: Strike) -> Aftermath | None:
    """What one strike left behind, up to the next strike of the same fault; None for nothing."""
    if strike.ended_us is None:
        return None
    later = [s.began_us for s in facts.strikes_by(strike.fault) if s.began_us > strike.began_us]
    until_us = min(later, default=facts.log.ended_us + 1)
    if until_us <= strike.ended_us:
        return None
    failed = [
        one
        for one in facts.operations
        if one.seen and one.blame == strike.fault and strike.ended_us < one.invoked_us < until_us
    ]
    if not failed:
        return None
    causes = Counter(one.cause for one in failed)
    return Aftermath(
        failed=len(failed),
        last_us=max(one.ended_us for one in failed),
        causes=tuple(sorted(causes.items(), key=lambda entry: (-entry[1], entry[0]))),
        up_us=_up_us(facts, strike, strike.ended_us, until_us),
    )


def _up_us(facts: Facts, strike: Strike, ended_us: int, until_us: int) -> int | None:
    """Of the machines that were still down at the end, and that no other fault kept down."""
    ups: dict[int, int] = {}
    down: set[int] = set()
    for time_us, change, place, _ in facts.log.changes.rows():
        if change == Change.NODE_DOWN and place in strike.machines and time_us <= ended_us:
            down.add(place)
        elif change == Change.NODE_UP and place in down:
            down.remove(place)
            if ended_us < time_us < until_us and not _kept_down(facts, strike, place, time_us):
                ups[place] = time_us
    return max(ups.values(), default=None)


def _kept_down(facts: Facts, strike: Strike, place: int, up_us: int) -> bool:
    """Whether another strike was at work on the machine after the end of this one."""
    assert strike.ended_us is not None
    return any(
        other is not strike
        and place in other.machines
        and other.began_us <= up_us
        and (other.ended_us is None or other.ended_us > strike.ended_us)
        for other in facts.strikes
    )
