"""Bills: what a plan costs, split into machines and bytes, and who sent most of the bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from game.engine.log import AttemptKind
from game.explain.facts import Facts
from game.explain.strikes import zone_of
from game.level.model import ONLY_REGION, ONLY_ZONE
from game.score.cost import micros_per_hour

MICROS = 1_000_000


class Bill(NamedTuple):
    """What was paid an hour, in millionths, by what it was paid for."""

    machines: int
    between_zones: int
    between_regions: int

    @property
    def bytes_sent(self) -> int:
        """For bytes of both kinds."""
        return self.between_zones + self.between_regions


class Sent(NamedTuple):
    """What left a zone: requests for a service, or its answers."""

    service: str
    from_: str
    to: str
    answers: bool


def bill_of(facts: Facts) -> Bill:
    """The bill of a run. What is not for bytes is for machines, whatever made them dearer."""
    totals, prices, run_us = facts.log.totals, facts.system.prices, facts.log.duration_us
    zones, regions = (
        micros_per_hour(0, totals.get(name, 0) * price, run_us)
        for name, price in (
            ("cross_zone_bytes", prices.cross_zone_gib),
            ("cross_region_bytes", prices.cross_region_gib),
        )
    )
    total = round((facts.score.measures["cost_per_hour"] or 0.0) * MICROS)
    return Bill(total - zones - regions, zones, regions)


def money(micros: int) -> str:
    """A sum: "$28.10"."""
    return f"${micros / MICROS:,.2f}"


def sent_across(facts: Facts) -> Counter[Sent]:
    """What requests and answers cost that left a zone: bytes, each times its price."""
    sizes = {one.id: (one.request, one.answer) for one in facts.system.services}
    zones = list(_zones(facts))
    regions = {one.id: one.region for one in facts.system.zones}
    prices = facts.system.prices
    found: Counter[Sent] = Counter()
    for asker, place, service, served in _asked(facts):
        here, there = zones[asker], zones[place]
        if here == there:
            continue
        far = regions.get(here, ONLY_REGION) != regions.get(there, ONLY_REGION)
        price = prices.cross_region_gib if far else prices.cross_zone_gib
        request, answer = sizes[service]
        found[Sent(service, here, there, False)] += request * price
        if served:
            found[Sent(service, there, here, True)] += answer * price
    return found


def _zones(facts: Facts) -> Iterator[str]:
    """The zone of each place."""
    first = facts.system.zones[0].id if facts.system.zones else ONLY_ZONE
    clients = {client.id: client.zone or first for client in facts.system.clients}
    nodes = len(facts.log.places) - len(facts.log.clients)
    for place, name in enumerate(facts.log.places):
        yield zone_of(facts.system, name) if place < nodes else clients[name]


def _asked(facts: Facts) -> Iterator[tuple[int, int, str, bool]]:
    """(place of who asked, place of who was asked, service, whether it answered) of all requests
    that came. Behind the first service that machine asks which was asked last before."""
    log = facts.log
    nodes = len(log.places) - len(log.clients)
    columns = ("operation", "client")
    clients = dict(zip(*(log.operations.column(name) for name in columns), strict=True))
    names = ("sent_us", "operation", "kind", "depth", "station", "arrived_us", "served_us")
    rows = sorted(zip(*(log.attempts.column(name) for name in names), strict=True))
    last: dict[tuple[int, int], int] = {}
    for _, operation, kind, depth, station, arrived_us, served_us in rows:
        if station < 0 or operation not in clients or kind == AttemptKind.COPY:
            continue
        service, place = log.stations[station]
        last[operation, depth] = place
        asker = last.get((operation, depth - 1)) if depth else nodes + clients[operation]
        if arrived_us >= 0 and asker is not None:
            yield asker, place, service, served_us >= 0
