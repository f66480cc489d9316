"""Final totals: in the end there is more money than in the beginning, or less.

Each operation's changes of accounts must add up to nothing, as in double-entry bookkeeping
(Pacioli, Summa de arithmetica, 1494). Where each copy has all accounts, it makes a transfer in one
go, so there is nothing to add up; protocols that keep accounts on different machines list their
changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly
from game.score.consistency.blame import fault_between, fault_spans


@REGISTRY.register(
    "checker",
    "final-total",
    says="a transfer was made in part, or more than once in part: money appeared or vanished",
    codex="ledger",
    causes=("wrong-value",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class FinalTotal:
    """Blames the fault for which a machine threw something of the transfer away, else the newest
    one at work while it was made. No parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the transfers' first changes."""
        names = {service.id for service in services}
        sums: dict[int, int] = {}
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        for operation, time_us, station, _, by in sorted(log.postings.rows(), key=_time_us):
            if log.stations[station][0] in names:
                sums[operation] = sums.get(operation, 0) + by
                first.setdefault(operation, time_us)
                last[operation] = time_us
        columns = (log.discarded.column(name) for name in ("operation", "blame"))
        blames = dict(zip(*columns, strict=True))
        spans = fault_spans(log)
        for operation, total in sums.items():
            if total:
                blame = blames.get(operation)
                if blame is None:
                    blame = fault_between(spans, first[operation], last[operation])
                yield Anomaly(operation, Cause.WRONG_VALUE, blame)


def _time_us(posting: tuple[int, ...]) -> int:
    return posting[1]
