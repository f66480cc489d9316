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
        sums: dict[tuple[str, int], int] = {}
        spans: dict[tuple[str, int], tuple[int, int]] = {}
        for operation, time_us, station, _, by in sorted(log.postings.rows(), key=_time_us):
            transfer = log.stations[station][0], operation
            if transfer[0] in names:
                sums[transfer] = sums.get(transfer, 0) + by
                spans[transfer] = spans.get(transfer, (time_us, 0))[0], time_us
        columns = (log.discarded.column(name) for name in ("operation", "blame"))
        blames = dict(zip(*columns, strict=True))
        faults = fault_spans(log)
        for (service, operation), total in sums.items():
            if total:
                blame = blames.get(operation)
                if blame is None:
                    blame = fault_between(faults, *spans[service, operation])
                yield Anomaly(operation, Cause.WRONG_VALUE, blame, service)


def _time_us(posting: tuple[int, ...]) -> int:
    return posting[1]
