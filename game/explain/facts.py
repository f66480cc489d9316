"""The facts of a run that a post-mortem is told from: rows of the Log, with names.

Everything here is counted, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, runtime_checkable

from game.engine.causes import Cause
from game.engine.log import AttemptKind, Log
from game.explain.hearing import Cut, cuts_of
from game.explain.outages import Outage, outages_of
from game.explain.own_goals import with_losses
from game.explain.roots import Root, roots_of
from game.explain.strikes import Strike, strikes_of
from game.level.model import DIAGNOSIS, Fault, Level, System
from game.level.registry import Kind, Registry
from game.score.consistency.anomalies import Anomaly, find_anomalies
from game.score.measures import told_of
from game.score.scorecard import SeedScore
from game.score.tally import outcomes

UNSEEN = frozenset(
    (Cause.STALE, Cause.LOST_WRITE, Cause.DUPLICATE, Cause.OVERSOLD, Cause.WRONG_VALUE)
)
"""Causes that the user does not see: the answer looked good, and was not right."""


@runtime_checkable
class Telling(Protocol):
    """A record of a fault whose parameters change what is to be said of it."""

    def told(self) -> str:
        """What it does, as `Kind.says` would say it."""


class Ended(NamedTuple):
    """One operation as its user saw it."""

    number: int
    client: int
    invoked_us: int
    ended_us: int
    """When the user had an answer or gave up; the end of the run for what was still open."""
    cause: Cause
    blame: int

    @property
    def failed(self) -> bool:
        """Whether it was not good."""
        return self.cause is not Cause.NONE

    @property
    def seen(self) -> bool:
        """Whether its user saw that it failed."""
        return self.failed and self.cause not in UNSEEN


class Tried(NamedTuple):
    """One request: an attempt that was sent to a station."""

    operation: int
    client: int
    """Of the operation; -1 where it has no row, since the run broke off."""
    kind: AttemptKind
    depth: int
    place: int
    """The node that it was sent to."""
    service: str
    sent_us: int
    ended_us: int
    cause: Cause

    @property
    def again(self) -> bool:
        """Whether it is a retry or a hedge."""
        return self.kind in (AttemptKind.RETRY, AttemptKind.HEDGE)


@dataclass(frozen=True, slots=True)
class Facts:
    """One run: what was played, what the Log says, and how it was scored."""

    level: Level
    system: System
    log: Log
    score: SeedScore
    registry: Registry
    operations: tuple[Ended, ...]
    """All of the run, in order of their ends."""
    valid: tuple[Ended, ...]
    """Those that count: invoked in the window."""
    requests: tuple[Tried, ...]
    """All that were sent, copies by the network left out, in order of sending."""
    strikes: tuple[Strike, ...]
    cuts: tuple[Cut, ...]
    """The strikes that cut ways on the network, and which ones."""
    outages: tuple[Outage, ...]
    """Runs of failures as users saw them, in order of time."""
    anomalies: tuple[Anomaly, ...]
    """What the checkers found in the whole run."""
    roots: Mapping[int, Root]
    """Why operations failed by another service than the one that they asked, where it is known."""

    @property
    def failures(self) -> tuple[Ended, ...]:
        """Operations that count and were not good."""
        return tuple(one for one in self.valid if one.failed)

    @property
    def veiled(self) -> bool:
        """Whether there is something to diagnose, and the player has not said what: then nobody
        tells."""
        told = told_of(self.score.tally, DIAGNOSIS)
        return told is not None and not told.value

    def root_cause(self, one: Ended) -> Cause:
        """Its cause; where that is another service, what was the matter there."""
        root = self.roots.get(one.number) if one.cause is Cause.DEPENDENCY else None
        return one.cause if root is None else root.cause

    def fault_id(self, fault: int) -> str:
        """The id of a fault, "no fault" for -1."""
        return self.log.faults[fault] if fault >= 0 else "no fault"

    def kind_of(self, fault: int) -> Kind | None:
        """The kind of a fault, if it is registered."""
        record = type(self.fault(fault).what)
        kinds = self.registry.kinds.get("fault", {}).values()
        return next((kind for kind in kinds if kind.record is record), None)

    def says(self, fault: int) -> str:
        """What a fault does: in its author's words, else in its record's (`told`), else in those
        of its kind, unless that is to be found out."""
        record, kind = self.fault(fault), self.kind_of(fault)
        if record.says or self.veiled:
            return record.says
        if isinstance(record.what, Telling):
            return record.what.told()
        return kind.says if kind else ""

    def fault(self, fault: int) -> Fault:
        """The record of a fault, by its index in the Log."""
        return self.system.faults[fault]

    def concerns(self, strike: Strike, place: int) -> bool:
        """Whether a strike was at work on a machine, on all of the network, or cut ways there."""
        if place in strike.machines or not strike.machines:
            return True
        nodes = range(len(self.log.places))
        cuts = (cut for cut in self.cuts if cut.strike is strike)
        return any(cut.parts(place, other) for cut in cuts for other in nodes)

    def strikes_by(self, fault: int) -> tuple[Strike, ...]:
        """All strikes of one fault."""
        return tuple(strike for strike in self.strikes if strike.fault == fault)

    def names(self, places: Sequence[int]) -> list[str]:
        """The names of places."""
        return [self.log.places[place] for place in places]

    def deadline_us(self, client: int) -> int:
        """How long a user of that client group waits."""
        name = self.log.clients[client]
        return next(group.deadline for group in self.system.clients if group.id == name)

    def machines_of(self, service: str) -> frozenset[int]:
        """The places of the nodes that run a service."""
        return frozenset(place for name, place in self.log.stations if name == service)


def facts_of(level: Level, system: System, log: Log, score: SeedScore, registry: Registry) -> Facts:
    """Read the Log once."""
    anomalies = find_anomalies(system, log)
    operations = _operations(system, log, anomalies)
    strikes = strikes_of(system, log)
    first_us, last_us = score.window_us
    return Facts(
        level=level,
        system=system,
        log=log,
        score=with_losses(level, system, log, score, anomalies),
        registry=registry,
        operations=operations,
        valid=tuple(one for one in operations if first_us <= one.invoked_us <= last_us),
        requests=_requests(log),
        strikes=strikes,
        cuts=cuts_of(system, log, strikes),
        outages=outages_of(
            [(one.ended_us, one.cause if one.seen else Cause.NONE, one.blame) for one in operations]
        ),
        anomalies=anomalies,
        roots=roots_of(system, log),
    )


def _operations(system: System, log: Log, anomalies: Sequence[Anomaly]) -> tuple[Ended, ...]:
    """The ledger as the score closed it, for the whole run."""
    closed = outcomes(system, log, (0, max(log.duration_us, log.ended_us)), anomalies)
    numbers, clients = log.operations.column("operation"), log.operations.column("client")
    found = [
        Ended(
            number,
            client,
            one.invoked_us,
            one.ended_us if one.ended_us >= 0 else log.ended_us,
            one.cause,
            one.blame,
        )
        for number, client, one in zip(numbers, clients, closed, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.ended_us, one.number)))


def _requests(log: Log) -> tuple[Tried, ...]:
    names = ("operation", "kind", "depth", "station", "sent_us", "ended_us", "cause")
    columns = [log.attempts.column(name) for name in names]
    numbers, clients = log.operations.column("operation"), log.operations.column("client")
    client_of = dict(zip(numbers, clients, strict=True))
    found = [
        Tried(
            operation,
            client_of.get(operation, -1),
            AttemptKind(kind),
            depth,
            log.stations[station][1],
            log.stations[station][0],
            sent_us,
            ended_us if ended_us >= 0 else log.ended_us,
            Cause(cause),
        )
        for operation, kind, depth, station, sent_us, ended_us, cause in zip(*columns, strict=True)
        if station >= 0 and kind != AttemptKind.COPY
    ]
    return tuple(sorted(found, key=lambda one: (one.sent_us, one.operation)))
