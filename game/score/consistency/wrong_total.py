"""Wrong totals: what a read of a ledger shows is not the money that there is.

Jepsen's `bank` workload (jepsen.tests.bank): money moves, and none appears or vanishes.
`bank_total.py` says the same of a whole history.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly
from game.score.consistency.bank_total import total_of
from game.score.consistency.blame import fault_between, fault_spans
from game.score.histories.recorded import history_of_log


@REGISTRY.register(
    "checker",
    "wrong-total",
    says="a read of all accounts showed more or less money than there is",
    codex="ledger",
    causes=("wrong-value",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class WrongTotal:
    """Blames the newest fault at work until the read; no parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the reads' beginnings."""
        spans = fault_spans(log)
        for service in services:
            total = service.store.accounts * service.store.opening
            for read in history_of_log(log, service.id).operations:
                if read.ok and read.function == "read" and total_of(read) != total:
                    blame = fault_between(spans, 0, read.completed_us or 0)
                    yield Anomaly(read.number, Cause.WRONG_VALUE, blame, service.id)
