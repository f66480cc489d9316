"""Feeds out of order: a read that shows a reply before, or without, what it replies to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly
from game.score.consistency.blame import fault_between, fault_spans
from game.score.consistency.feed_order import reads_out_of_order
from game.score.histories.recorded import history_of_log


@REGISTRY.register(
    "checker",
    "feed-order",
    says="a reply showed before, or without, what it replies to",
    codex="feed",
    causes=("stale",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOutOfOrder:
    """Blames the newest fault at work between the reply and the read; no parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the feeds, and of the reads' beginnings."""
        spans = fault_spans(log)
        for service in services:
            for read, _, others in reads_out_of_order(history_of_log(log, service.id)):
                first_us = others[-1].invoked_us if others else read.invoked_us
                blame = fault_between(spans, first_us or 0, read.completed_us or 0)
                yield Anomaly(read.number, Cause.STALE, blame, service.id)
