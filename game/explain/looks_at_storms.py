"""Clues about storms: what is asked again is the load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from statistics import median_low

from game.engine.causes import Cause
from game.engine.log import AttemptKind
from game.explain.aftermath import QUEUED
from game.explain.clue import LOAD, SLOW, STORM, Clue, Failures
from game.explain.facts import Facts
from game.explain.outages import Outage
from game.explain.traffic import Traffic, traffic
from game.explain.words import share

MANY_AGAIN = Fraction(3, 5)
"""With a larger share of retries than this, they are the load. One retry each makes a half."""
SECOND_US = 1_000_000
CROWDED = 5
"""There was a queue, if half of the requests were at a machine so many times as long as need be."""


def storm(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Retries or hedges were what was too much, while queues were the problem."""
    weight = 0
    worst: tuple[Traffic, str] | None = None
    for outage in facts.outages:
        queued, failed = _queued(facts, outage)
        during = traffic(facts, outage.first_us, outage.last_us)
        if 2 * queued < failed or not during.again:
            continue
        full = _full(facts, outage)
        if not full:
            continue
        room = _without_them(facts, outage, full)
        if room or during.again > MANY_AGAIN * during.requests:
            weight += queued
            if worst is None or during.again > worst[0].again:
                worst = (during, room)
    if worst:
        during, room = worst
        words = (
            f"{share(during.again, during.requests)} of the requests in the worst run of failures "
            f"were {during.words}, while requests waited in queues.{room}"
        )
        hedges = during.hedges > during.retries
        fields = ("hedge", "cancel", *STORM) if hedges else STORM
        pages = ("hedge", "retry-storm") if hedges else ("retry-storm", "retry")
        yield Clue(words, min(weight, len(failures)), fields, pages, measures=LOAD)


def _queued(facts: Facts, outage: Outage) -> tuple[int, int]:
    """Of the failures of an outage those that came of queues or slow answers, and all."""
    causes = [
        facts.root_cause(one)
        for one in facts.operations
        if one.seen and outage.first_us <= one.ended_us <= outage.last_us
    ]
    return sum(cause in QUEUED | SLOW for cause in causes), len(causes)


def _full(facts: Facts, outage: Outage) -> frozenset[str]:
    """The services at whose machines requests stood in line meanwhile, or were turned away."""
    names = ("kind", "station", "arrived_us", "served_us", "ended_us", "cause")
    turned_away: set[str] = set()
    fastest: dict[str, int] = {}
    lengths: dict[str, list[int]] = {}
    for kind, station, arrived_us, served_us, ended_us, cause in zip(
        *(facts.log.attempts.column(name) for name in names), strict=True
    ):
        if station < 0 or arrived_us < 0 or kind == AttemptKind.COPY:
            continue
        service = facts.log.stations[station][0]
        if served_us >= 0:
            length_us = served_us - arrived_us
            fastest[service] = min(fastest.get(service, length_us), length_us)
            if outage.first_us <= served_us <= outage.last_us:
                lengths.setdefault(service, []).append(length_us)
        if Cause(cause) in QUEUED and outage.first_us <= ended_us <= outage.last_us:
            turned_away.add(service)
    crowded = {
        service
        for service, those in lengths.items()
        if median_low(those) >= CROWDED * max(1, fastest[service])
    }
    return frozenset(turned_away | crowded)


def _without_them(facts: Facts, outage: Outage, full: frozenset[str]) -> str:
    """What a service was asked and could do, where it was busy all along and all but what was asked
    again had room."""
    stations, times_us = (facts.log.attempts.column(name) for name in ("station", "served_us"))
    served = Counter(
        facts.log.stations[station][0]
        for station, at_us in zip(stations, times_us, strict=True)
        if station >= 0 and outage.first_us <= at_us <= outage.last_us
    )
    during = [one for one in facts.requests if outage.first_us <= one.sent_us <= outage.last_us]
    asked = Counter(one.service for one in during)
    first = Counter(one.service for one in during if one.kind is AttemptKind.FIRST)
    for service, number in asked.most_common():
        if service not in full:
            continue
        if first[service] <= served[service] < number and outage.length_us:
            numbers = (number, first[service], served[service])
            rates = [f"{one * SECOND_US / outage.length_us:,.0f}" for one in numbers]
            return (
                f" {service} was asked {rates[0]} times a second, {rates[1]} of them for the first "
                f"time, and could do {rates[2]}."
            )
    return ""
