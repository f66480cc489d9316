"""Clues about versions: machines that read what they do not understand."""

from __future__ import annotations

from collections.abc import Iterator

from game.engine.causes import Cause
from game.engine.faults.version_mix import VersionMix
from game.engine.log import Change
from game.explain.clue import FAILING, PROMISED, Clue, Failures
from game.explain.facts import Facts
from game.explain.words import count, listed, moment


def not_understood(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Requests that were refused, or misread, since sender and receiver ran other versions."""
    for fault in dict.fromkeys(strike.fault for strike in facts.strikes):
        if not isinstance(facts.fault(fault).what, VersionMix):
            continue
        read = refused_by(facts, fault)
        misread = {one.operation for one in facts.anomalies if one.blame == fault}
        weight = sum(one.blame == fault for one in failures)
        if not weight or not (read or misread):
            continue
        if 2 * weight > len(failures):
            # What else is said of the same calls is a symptom of this.
            weight = len(failures)
        name = facts.fault_id(fault)
        if read:
            services = listed(sorted({service for service, _, _ in read}))
            old = sum(not new for _, _, new in read)
            which = (
                "by machines that ran the old version"
                if old == len(read)
                else f"{old:,} of them by machines that ran the old version"
            )
            them = "was" if len(read) == 1 else "were"
            words = f"{count(len(read), 'request')} for {services} {them} refused, {which}"
        else:
            them = "was" if len(misread) == 1 else "were"
            words = f"{count(len(misread), 'operation')} {them} taken for something else"
        nodes = tuple(facts.names(sorted({place for _, place, _ in read})))
        yield Clue(
            f"{words}; by {name} the new one came to {_order(facts, fault)}.",
            weight,
            (),
            ("version-mix",),
            nodes,
            FAILING | PROMISED if misread else FAILING,
            near=(f"fault.{name}",),
        )


def refused_by(facts: Facts, fault: int) -> list[tuple[str, int, bool]]:
    """(service, machine, whether it ran the new version) of each request that was refused since
    it was not understood."""
    log = facts.log
    spans: dict[int, list[tuple[int, bool]]] = {}
    for time_us, change, place, value in log.changes.rows():
        if change == Change.VERSION and value in (fault, -1):
            spans.setdefault(place, []).append((time_us, value == fault))
    columns = ("station", "arrived_us", "cause", "blame")
    found = []
    for station, arrived_us, cause, blame in zip(
        *(log.attempts.column(name) for name in columns), strict=True
    ):
        if cause == Cause.REFUSED and blame == fault and station >= 0:
            service, place = log.stations[station]
            states = [new for at_us, new in spans.get(place, ()) if at_us <= arrived_us]
            found.append((service, place, bool(states and states[-1])))
    return found


def refused_for_versions(facts: Facts, service: str) -> frozenset[int]:
    """Operations with a request for a service that it did not understand."""
    mixes = {
        index
        for index, fault in enumerate(facts.system.faults)
        if isinstance(fault.what, VersionMix)
    }
    columns = ("operation", "station", "cause", "blame")
    return frozenset(
        operation
        for operation, station, cause, blame in zip(
            *(facts.log.attempts.column(name) for name in columns), strict=True
        )
        if blame in mixes
        and cause == Cause.REFUSED
        and station >= 0
        and facts.log.stations[station][0] == service
    )


def _order(facts: Facts, fault: int) -> str:
    """To whom it came, and when, the first ones first: "counter from 4 s to 6 s"."""
    group_of = {
        place: service.id
        for service in reversed(facts.system.services)
        for place in facts.machines_of(service.id)
    }
    times: dict[str, list[int]] = {}
    for time_us, change, place, value in facts.log.changes.rows():
        if change == Change.VERSION and value == fault:
            whom = group_of.get(place, facts.log.places[place])
            times.setdefault(whom, []).append(time_us)
    parts = []
    for name, moments_us in times.items():
        first, last = moment(moments_us[0]), moment(moments_us[-1])
        when = f"at {first}" if first == last else f"from {first} to {last}"
        parts.append(f"{name} {when}")
    return listed(parts)
