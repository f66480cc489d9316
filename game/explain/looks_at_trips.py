"""Clues about round trips: calls one after the other over a long way."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from statistics import median_low
from typing import NamedTuple

from game.engine.log import AttemptKind
from game.explain.clue import FAILING, LATENCY, Clue, Failures
from game.explain.facts import Facts
from game.explain.words import lasting, listed, share
from game.level.model import System
from game.score.measures import own_of

MANY = 3
"""Round trips one after the other are told from so many on."""
FAR = 2
"""A call goes far if its way is at least the longest way of its operation divided by this."""


class Trip(NamedTuple):
    """A call that was answered: when, and how long its messages were under way."""

    sent_us: int
    ended_us: int
    way_us: int
    service: str


def one_after_the_other(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Operations that spent most of their time on the way, there and back again and again."""
    missed = {goal.measure for goal in facts.score.goals if not goal.met}
    own = {name: own_of(facts.score.tally, name) for name in missed}
    slow = {name for name, one in own.items() if name in LATENCY or (one and one.is_time)}
    if not slow:
        return
    trips = _trips(facts)
    for index, client in enumerate(facts.system.clients):
        chains = [
            (one.ended_us - one.invoked_us, chain)
            for one in facts.valid
            if one.client == index and (chain := _chain(trips.get(one.number, ())))
        ]
        if not chains:
            continue
        number = median_low(len(chain) for _, chain in chains)
        own_trips = [trip for _, chain in chains for trip in chain]
        way_us, length_us = sum(trip.way_us for trip in own_trips), sum(one for one, _ in chains)
        if number < MANY or 2 * way_us < length_us:
            continue
        services = Counter(trip.service for trip in own_trips)
        words = (
            f"Half of the operations of {client.id} made {number:,} or more round trips one after "
            f"the other, to {listed([name for name, _ in services.most_common()])}. Each was "
            f"{lasting(way_us // len(own_trips))} on the way: {share(way_us, length_us)} of the "
            "time of the operations."
        )
        yield Clue(
            words,
            len(chains),
            ("steps", "call", "fan_out", "on", "zones"),
            ("round-trips", "call"),
            measures=FAILING | LATENCY | slow,
            near=tuple(f"service.{name}" for name in _through(facts.system, client.call, services)),
        )


def _trips(facts: Facts) -> dict[int, list[Trip]]:
    """By operation: the calls behind the first service that were answered."""
    log = facts.log
    names = ("operation", "kind", "depth", "station", "sent_us", "arrived_us", "served_us")
    found: defaultdict[int, list[Trip]] = defaultdict(list)
    for number, kind, depth, station, sent_us, arrived_us, served_us, ended_us in zip(
        *(log.attempts.column(name) for name in (*names, "ended_us")), strict=True
    ):
        if depth and kind != AttemptKind.COPY and min(arrived_us, served_us, ended_us) >= 0:
            way_us = max(0, arrived_us - sent_us) + max(0, ended_us - served_us)
            found[number].append(Trip(sent_us, ended_us, way_us, log.stations[station][0]))
    return found


def _chain(trips: Sequence[Trip]) -> list[Trip]:
    """The far ones of them that were made one after the other, as many as there are."""
    longest_us = max((trip.way_us for trip in trips), default=0)
    chain: list[Trip] = []
    for trip in sorted(trips, key=lambda trip: trip.ended_us):
        far = trip.way_us and FAR * trip.way_us >= longest_us
        if far and (not chain or trip.sent_us >= chain[-1].ended_us):
            chain.append(trip)
    return chain


def _through(system: System, begin: str, trips: Counter[str]) -> list[str]:
    """The services whose calls lead to trips, those with most of them first, and of those who lead
    to others the last one first."""
    services = {one.id: one for one in system.services}
    number: dict[str, int] = {}

    def led_to(name: str, above: frozenset[str]) -> int:
        calls = [getattr(step, "call", "") for step in services[name].steps]
        below = {one for one in calls if one and one not in above}
        found = sum(trips[one] + led_to(one, above | {one}) for one in sorted(below))
        if found:
            number[name] = found
        return found

    led_to(begin, frozenset((begin,)))
    return sorted(number, key=lambda name: (name == begin, -number[name]))
