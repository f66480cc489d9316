"""Oversold: of an article more was sold for certain than there was.

The bound of `oversold.py`, one sale at a time: those that came too late were wrong.
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
from game.score.consistency.models import whole
from game.score.histories.recorded import history_of_log


@REGISTRY.register(
    "checker",
    "oversold",
    says="more was sold than there was",
    codex="inventory",
    causes=("oversold",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Oversold:
    """Blames the newest fault at work between the first sale of the article and this one; no
    parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the articles, and of the ends of sales."""
        spans = fault_spans(log)
        for service in services:
            stock: int = service.store.stock
            for operations in history_of_log(log, service.id).by_key().values():
                sales = [one for one in operations if one.ok and one.function == "buy"]
                sales.sort(key=lambda one: one.completed or 0)
                sold = 0
                for sale in sales:
                    sold += whole(sale.input)
                    if sold > stock:
                        first_us, last_us = sales[0].invoked_us or 0, sale.completed_us or 0
                        blame = fault_between(spans, first_us, last_us)
                        yield Anomaly(sale.number, Cause.OVERSOLD, blame, service.id)
