"""Stale reads: answers that miss what had been acknowledged too long before they were asked for.

Delta-atomicity's bound (Golab, Li and Shah, PODC 2011, section 3), one read at a time: what it saw
was over before something that was over too long ago had begun. A write that was lost is another
checker's, and so is one that took effect twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly, acknowledged_writes
from game.score.consistency.blame import fault_between, fault_spans
from game.score.consistency.history import Operation, Value
from game.score.histories.recorded import history_of_log


@REGISTRY.register(
    "checker",
    "stale",
    says="a read missed what had been acknowledged before",
    codex="stale-reads",
    causes=("stale",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """Blames the fault that kept the copy which answered from hearing of it; no parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the keys, and of the reads' beginnings."""
        kept = frozenset(log.effects.column("operation"))
        spans = fault_spans(log)
        for service in services:
            acknowledged = acknowledged_writes(log, [service.id], awaited=True)
            ends = {one: at for one, at in acknowledged.items() if one in kept}
            for read, missed_us in stale_reads(log, service, ends):
                blame = fault_between(spans, missed_us, read.completed_us or 0)
                yield Anomaly(read.number, Cause.STALE, blame, service.id)


def stale_reads(
    log: Log, service: Service, ends: Mapping[int, int]
) -> Iterator[tuple[Operation, int]]:
    """(read, when the newest write that it missed was asked for); `ends` says when the writes that
    count were acknowledged."""
    for operations in history_of_log(log, service.id).by_key().values():
        writes = {one.number: one for one in operations if one.function == "write"}
        done = sorted((ends[number], number) for number in writes if number in ends)
        begun = [writes[number].invoked_us or 0 for _, number in done]
        newest = list(accumulate(begun, max))
        for read in operations:
            if read.ok and read.function == "read":
                due_us = (read.invoked_us or 0) - service.store.stale_after
                place = bisect_left(done, (due_us,))
                if place and _older(read.output, newest[place - 1], ends):
                    yield read, newest[place - 1]


def _older(seen: Value, newest_us: int, ends: Mapping[int, int]) -> bool:
    """Whether what was read was over before something newer was asked for."""
    if seen is None:
        return True
    assert isinstance(seen, int)
    return seen in ends and ends[seen] < newest_us
