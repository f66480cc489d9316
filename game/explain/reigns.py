"""Reigns: who led the copies of a store, and what made a new one lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.log import Change, Log
from game.engine.replication.chain import ChainReplication
from game.engine.replication.primary_backup import PrimaryBackup
from game.explain.facts import Facts
from game.explain.strikes import Strike
from game.explain.words import count, lasting, moment

LED = (ChainReplication, PrimaryBackup)
"""Protocols of which a coordinator says who leads."""
MOST_GRANTS = 5
"""More of them are told in one sentence."""


@dataclass(frozen=True, slots=True)
class Reign:
    """An epoch that made another copy the primary."""

    time_us: int
    service: str
    epoch: int
    before: int
    """The place of the primary before; so too `primary`."""
    primary: int


def reigns_of(log: Log) -> tuple[Reign, ...]:
    """Every change of a primary, in order of time. At first the first copy of a service leads."""
    leaders: dict[str, int] = {}
    for service, place in log.stations:
        leaders.setdefault(service, place)
    found: list[Reign] = []
    for time_us, change, station, epoch in log.changes.rows():
        if change != Change.EPOCH_GRANTED:
            continue
        service, place = log.stations[station]
        if leaders[service] != place:
            found.append(Reign(time_us, service, epoch, leaders[service], place))
            leaders[service] = place
    return tuple(found)


def leader_at(log: Log, service: str, time_us: int) -> int:
    """The place of the copy that led a service at a time, as its coordinator saw it."""
    leader = next(place for name, place in log.stations if name == service)
    for reign in reigns_of(log):
        if reign.service == service and reign.time_us <= time_us:
            leader = reign.primary
    return leader


def led_services(facts: Facts) -> list[str]:
    """Services of which one copy leads."""
    return [one.id for one in facts.system.services if isinstance(one.replication, LED)]


def reigns_told(facts: Facts) -> Iterator[tuple[int, str]]:
    """(time, sentence) about each change of a primary."""
    reigns = reigns_of(facts.log)
    for reign in reigns[:MOST_GRANTS]:
        yield reign.time_us, _words(facts, reign)
    more = reigns[MOST_GRANTS:]
    if more:
        yield (
            more[0].time_us,
            f"From {moment(more[0].time_us)} on the primary changed "
            f"{count(len(more), 'more time')}.",
        )


def fault_behind(facts: Facts, reign: Reign) -> Strike | None:
    """The last strike at the primary before, or at the network; None: it was deposed in vain.

    One that was over for longer than the silence that deposes had nothing to do with it.
    """
    since_us = reign.time_us - _silence_us(facts, reign.service)
    strikes = [
        strike
        for strike in facts.strikes
        if strike.began_us <= reign.time_us
        and (strike.ended_us is None or strike.ended_us > since_us)
        and facts.concerns(strike, reign.before)
    ]
    return max(strikes, key=lambda strike: strike.began_us, default=None)


def _silence_us(facts: Facts, service: str) -> int:
    """How long a primary must be silent to be deposed."""
    replication = next(one.replication for one in facts.system.services if one.id == service)
    assert isinstance(replication, LED), f"{service} has no coordinator"
    return replication.failover_after


def _words(facts: Facts, reign: Reign) -> str:
    before, primary = facts.names((reign.before, reign.primary))
    words = (
        f"At {moment(reign.time_us)} the coordinator of {reign.service} made {primary} the "
        f"{_office(facts, reign.service)} in place of {before} (epoch {reign.epoch})"
    )
    strike = fault_behind(facts, reign)
    if strike is None:
        return f"{words}, though no fault had struck {before}."
    after = lasting(reign.time_us - strike.began_us)
    return f"{words}, {after} after {facts.fault_id(strike.fault)} began."


def _office(facts: Facts, service: str) -> str:
    """What the copy that leads is called."""
    replication = next(one.replication for one in facts.system.services if one.id == service)
    return "head" if isinstance(replication, ChainReplication) else "primary"
