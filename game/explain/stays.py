"""Stays: how long requests were at a machine, and how long at least they have to be there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from game.engine.log import AttemptKind
from game.explain.facts import Facts


class Stay(NamedTuple):
    """One request at a machine."""

    operation: int
    client: int
    service: str
    place: int
    length_us: int
    """From its arrival until it was served, or its caller gave up; without the time in which it
    waited for requests of its own."""
    served: bool


def stays_of(facts: Facts) -> tuple[Stay, ...]:
    """All requests of clients that got to a machine."""
    log = facts.log
    operations = log.operations
    client_of = dict(zip(operations.column("operation"), operations.column("client"), strict=True))
    sent: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for one in facts.requests:
        if one.depth:
            sent[one.operation, one.depth].append((one.sent_us, one.ended_us))
    columns = ("operation", "kind", "depth", "station", "arrived_us", "served_us", "ended_us")
    found: list[Stay] = []
    for number, kind, depth, station, arrived_us, served_us, ended_us in zip(
        *(log.attempts.column(name) for name in columns), strict=True
    ):
        client = client_of.get(number, -1)
        if kind == AttemptKind.COPY or station < 0 or arrived_us < 0 or client < 0:
            continue
        left_us = next((us for us in (served_us, ended_us) if us >= 0), log.ended_us)
        away_us = _covered_us(sent.get((number, depth + 1), ()), arrived_us, left_us)
        service, place = log.stations[station]
        length_us = max(0, left_us - arrived_us - away_us)
        found.append(Stay(number, client, service, place, length_us, served_us >= 0))
    return tuple(found)


def _covered_us(spans: Iterable[tuple[int, int]], from_us: int, to_us: int) -> int:
    """How much of a stretch of time the spans cover."""
    covered_us = 0
    for began_us, ended_us in sorted(spans):
        if began_us < to_us and ended_us > from_us:
            covered_us += max(0, min(ended_us, to_us) - max(began_us, from_us))
            from_us = max(from_us, ended_us)
    return covered_us
