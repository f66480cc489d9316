"""Faults that were at work together, and what each of them did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from game.engine.causes import Cause
from game.engine.faults.duplicate import Duplicate
from game.engine.faults.replayed import Replayed
from game.engine.log import AttemptKind
from game.explain.facts import Facts
from game.explain.words import count, listed, moment
from game.level.level_kinds import NEMESIS


class Together(NamedTuple):
    """A stretch of time in which faults were at work that failures go back to, all at once."""

    from_us: int
    to_us: int
    faults: tuple[int, ...]
    """In order of their beginning."""
    failed: int
    """Operations that failed meanwhile because of a fault."""


def together(facts: Facts) -> Together | None:
    """The stretch in which most operations failed, if there is one."""
    blamed = {one.blame for one in facts.failures if one.blame >= 0}
    if facts.level.kind == NEMESIS and blamed:
        # An attacker wants to know what each attack did, also one that only made others worse.
        blamed = {strike.fault for strike in facts.strikes}
    ends_us = facts.log.ended_us
    spans = [
        (strike.began_us, ends_us if strike.ended_us is None else strike.ended_us, strike.fault)
        for strike in facts.strikes
        if strike.fault in blamed
    ]
    found: list[Together] = []
    for from_us in sorted({began_us for began_us, _, _ in spans}):
        those = [span for span in spans if span[0] <= from_us < span[1]]
        faults = tuple(dict.fromkeys(fault for _, _, fault in those))
        if len(faults) > 1:
            to_us = min(ended_us for _, ended_us, _ in those)
            failed = sum(
                one.blame >= 0 and from_us <= one.ended_us < to_us for one in facts.failures
            )
            found.append(Together(from_us, to_us, faults, failed))
    return max(found, key=lambda one: one.failed, default=None)


def parts_told(facts: Facts) -> Iterator[tuple[int, str]]:
    """(time, sentence) about what each of them did, where requests tell."""
    found = together(facts)
    if found is None or not found.failed:
        return
    names = [facts.fault_id(fault) for fault in found.faults]
    stretch = f"From {moment(found.from_us)} to {moment(found.to_us)}"
    words = (
        f"{stretch} {listed(names)} were at work together, and "
        f"{count(found.failed, 'operation')} failed."
    )
    parts = [
        f"{facts.fault_id(fault)}: {part}"
        for fault in found.faults
        if (part := _part(facts, found, fault))
    ]
    if len(parts) > 1:
        words += f" What each did to requests: {'; '.join(parts)}."
    yield found.to_us, words


DONE = {
    Cause.UNREACHABLE: "did not get there",
    Cause.LOST: "were lost",
    Cause.DIED_WITH_NODE: "died with their machine",
    Cause.REFUSED: "were refused",
}
"""What a fault does to a request by itself, without anybody else's work."""
COPYING = (Duplicate, Replayed)
"""Faults that make requests come again. Of others a copy has the blame of what it is a copy of."""


def _part(facts: Facts, found: Together, fault: int) -> str:
    """What a fault alone did to requests meanwhile; "" for nothing that can be counted."""
    columns = ("kind", "sent_us", "cause", "blame")
    done: Counter[Cause] = Counter()
    copying = isinstance(facts.fault(fault).what, COPYING)
    copies = 0
    for kind, sent_us, cause, blame in zip(
        *(facts.log.attempts.column(name) for name in columns), strict=True
    ):
        if blame == fault and found.from_us <= sent_us < found.to_us:
            copies += copying and kind == AttemptKind.COPY
            if kind != AttemptKind.COPY and Cause(cause) in DONE:
                done[Cause(cause)] += 1
    parts = [f"{number:,} {DONE[cause]}" for cause, number in done.most_common()]
    if copies:
        parts.append(f"{copies:,} came once more")
    return " and ".join(parts)
