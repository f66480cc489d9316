"""Thin answers: good ones that were made of less of an index than was promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.engine.workload.search import AT_A_CLIENT
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly
from game.score.consistency.blame import fault_between, fault_spans
from game.score.histories.recorded import taken

ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of how many parts the answer to one operation was made."""

    found: int
    parts: int

    @property
    def share(self) -> float:
        """Of the index."""
        return self.found / self.parts


@REGISTRY.register(
    "checker",
    "thin-answer",
    says="an answer was made of less of an index than was promised",
    codex="search",
    causes=("wrong-value",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ThinAnswer:
    """Blames the newest fault at work while it was asked for; no parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the operations' ends."""
        spans = fault_spans(log)
        for service in services:
            shares = shares_of(log, service.id)
            columns = ("operation", "invoked_us", "ended_us", "cause")
            rows = zip(*(log.operations.column(name) for name in columns), strict=True)
            for operation, invoked_us, ended_us, cause in rows:
                one = shares.get(operation)
                if cause or one is None or one.share >= service.store.at_least - ROUNDING:
                    continue
                blame = fault_between(spans, invoked_us, ended_us)
                yield Anomaly(operation, Cause.WRONG_VALUE, blame)


def shares_of(log: Log, service: str) -> Mapping[int, Share]:
    """By operation that asked for the index of a service: what its answer was made of; the most,
    where it is not known which answer was taken. Who asked a single machine had that one's part."""
    stations = [index for index, (name, _) in enumerate(log.stations) if name == service]
    found: dict[int, int] = {}
    if stations:
        names = ("operation", "station", "cause", "wasted")
        rows = zip(*(log.attempts.column(name) for name in names), strict=True)
        here = frozenset(stations)
        found = {one: 1 for one, at, cause, wasted in rows if at in here and not (cause or wasted)}
        found.update(_put_together(log, stations[0]))
    return {one: Share(found=most, parts=len(stations)) for one, most in found.items()}


def _put_together(log: Log, where: int) -> Mapping[int, int]:
    told = [
        (operation, time_us, place, parts)
        for operation, time_us, place, index, parts in log.shares.rows()
        if index == where
    ]
    # The answer that was taken may be that of a request which the network doubled.
    found: dict[int, int] = {}
    for operation, _, _, parts in told:
        found[operation] = max(parts, found.get(operation, 0))
    sure = {operation: parts for operation, _, place, parts in told if place == AT_A_CLIENT}
    for operation, value in taken(log, [row for row in told if row[2] != AT_A_CLIENT]):
        assert isinstance(value, int)
        sure[operation] = max(value, sure.get(operation, 0))
    return found | sure
