"""Clues about trust: requests that were checked, and let in or refused all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from game.engine.causes import Cause
from game.engine.faults.replayed import Replayed
from game.engine.log import AttemptKind
from game.engine.resilience.authentication import Authentication
from game.explain.aftermath import QUEUED
from game.explain.clue import FAILING, LATENCY, PROMISED, Clue, Failures
from game.explain.facts import Facts
from game.explain.looks_at_versions import refused_for_versions
from game.explain.words import count, lasting, share
from game.level.model import Service

MUCH = 4
"""Checking is told where it takes at least one part in so many of what the cores can do."""


class Checked(NamedTuple):
    """An attempt that came to a service which checks who asks."""

    operation: int
    copy: bool
    place: int
    age_us: int
    """From when it was sent (a copy: from when the first request of its operation was) until it
    came."""
    came_us: int
    refused: bool


def checking(facts: Facts) -> Iterator[tuple[Service, Authentication]]:
    """The services that check who asks, and how."""
    for service in facts.system.services:
        if isinstance(service.authentication, Authentication):
            yield service, service.authentication


def checked_at(facts: Facts, service: str) -> list[Checked]:
    """All attempts that came to a service, in order of their ends."""
    log = facts.log
    names = ("operation", "kind", "station", "sent_us", "arrived_us", "cause")
    rows = [
        row
        for row in zip(*(log.attempts.column(name) for name in names), strict=True)
        if row[2] >= 0 and log.stations[row[2]][0] == service
    ]
    first_us: dict[int, int] = {}
    for operation, _, _, sent_us, _, _ in rows:
        first_us[operation] = min(first_us.get(operation, sent_us), sent_us)
    return [
        Checked(
            operation,
            kind == AttemptKind.COPY,
            log.stations[station][1],
            arrived_us - (first_us[operation] if kind == AttemptKind.COPY else sent_us),
            arrived_us,
            cause == Cause.REFUSED,
        )
        for operation, kind, station, sent_us, arrived_us, cause in rows
        if arrived_us >= 0
    ]


def replaying(facts: Facts) -> list[int]:
    """The faults that send recorded requests again."""
    faults = dict.fromkeys(strike.fault for strike in facts.strikes)
    return [one for one in faults if isinstance(facts.fault(one).what, Replayed)]


def done_twice_by_copies(facts: Facts) -> dict[str, list[Checked]]:
    """By service: copies that somebody sent once more, that it let in, of requests that took effect
    twice."""
    twice = {one.operation for one in facts.anomalies if one.cause is Cause.DUPLICATE}
    found: dict[str, list[Checked]] = {}
    for service in facts.system.services if twice and replaying(facts) else ():
        came = checked_at(facts, service.id)
        those = [one for one in came if one.copy and not one.refused and one.operation in twice]
        if those:
            found[service.id] = those
    return found


def seen_before(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Copies of genuine requests that were let in, since they were neither too old nor known."""
    records = {service.id: how for service, how in checking(facts)}
    for service, copies in done_twice_by_copies(facts).items():
        how = records.get(service)
        operations = {one.operation for one in copies}
        ages = sorted(one.age_us for one in copies)
        words = (
            f"{count(len(operations), 'operation')} took effect twice: {service} let in "
            f"{count(len(copies), 'copy', 'copies')} of their requests, {lasting(ages[0])} to "
            f"{lasting(ages[-1])} old. {_lets_in(how)}"
        )
        missing = _missing(how)
        yield Clue(
            words,
            len(operations) + len(failures),
            missing,
            ("replayed", "authentication", "duplicate-effect"),
            tuple(facts.names(sorted({one.place for one in copies}))),
            PROMISED,
            near=(f"service.{service}",),
        )


def _lets_in(how: Authentication | None) -> str:
    """What a service makes of requests that come again."""
    if how is None:
        return "It checks nobody."
    dated, known = "whatever their date", "forgets each at once"
    if how.window is not None:
        dated = f"if their date is at most {lasting(how.window)} off"
    if how.remembers is not None:
        known = f"knows each for {lasting(how.remembers)}"
    return f"It lets in genuine ones {dated}, and {known}."


def _missing(how: Authentication | None) -> tuple[str, ...]:
    """The fields that would tell a copy, of those that are not set; all, where all are."""
    if how is None:
        return "authentication", "window", "remembers"
    settings = {"window": how.window, "remembers": how.remembers}
    return tuple(name for name, value in settings.items() if value is None) or tuple(settings)


def honest_refused(facts: Facts) -> dict[str, list[Checked]]:
    """By service: requests of clients, no copies, that it refused since their date was too far off.

    A machine that takes requests refuses a genuine one for nothing else, but for its version.
    """
    honest = set(facts.log.operations.column("operation"))
    found: dict[str, list[Checked]] = {}
    for service, how in checking(facts):
        if how.window is None:
            continue
        others = refused_for_versions(facts, service.id)
        those = [
            one
            for one in checked_at(facts, service.id)
            if one.refused and not one.copy and one.operation in honest - others
        ]
        if those:
            found[service.id] = those
    return found


def refused_by_date(facts: Facts) -> frozenset[int]:
    """Operations with requests that were refused for their date: asking again is no way out."""
    return frozenset(one.operation for those in honest_refused(facts).values() for one in those)


def out_of_time(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Honest requests whose date seemed wrong."""
    failed = {one.number for one in failures}
    records = {service.id: how for service, how in checking(facts)}
    for service, those in honest_refused(facts).items():
        weight = len({one.operation for one in those} & failed)
        window_us = records[service].window
        if not weight or window_us is None:
            continue
        mean_us = sum(one.age_us for one in those) // len(those)
        words = (
            f"{service} refused {count(len(those), 'honest request')} that had been on their way "
            f"for {lasting(mean_us)} on average: by its clock their date was more than "
            f"{lasting(window_us)} off."
        )
        yield Clue(
            words,
            weight,
            ("window", "correction", "clock"),
            ("authentication", "clocks"),
            tuple(facts.names(sorted({one.place for one in those}))),
            services=(service,),
        )


def busy_checking(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Requests stood in line where much of the work was checking who asks."""
    waited = {one.number for one in failures if facts.root_cause(one) in QUEUED}
    for service, how in checking(facts):
        came = checked_at(facts, service.id)
        weight = len(waited & {one.operation for one in came})
        if not weight:
            continue
        cores = sum(
            group.cores * (1 if group.count is None else group.count)
            for group in facts.system.nodes
            if group.id in service.on
        )
        lasted_us = max(one.came_us for one in came) - min(one.came_us for one in came)
        able_us, checks_us = cores * lasted_us, len(came) * how.cost
        if not able_us or MUCH * checks_us < able_us:
            continue
        refused = sum(one.refused for one in came)
        much = share(checks_us, able_us) if checks_us < able_us else "more than all"
        words = (
            f"To check who asks takes {lasting(how.cost)}, and {count(len(came), 'request')} came "
            f"to {service.id} ({refused:,} of them were refused): that is {much} of what its cores "
            f"can do. {count(weight, 'operation')} failed in queues."
        )
        yield Clue(
            words,
            weight,
            ("authentication",),
            ("authentication", "overload"),
            tuple(facts.names(sorted(facts.machines_of(service.id)))),
            FAILING | LATENCY,
            services=(service.id,),
        )
