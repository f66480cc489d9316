"""Clues about machines: gone, struck all at once, slow, or asked too much of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from game.engine.causes import Cause
from game.engine.log import Change
from game.explain.aftermath import QUEUED
from game.explain.clue import (
    ADMISSION,
    CAPACITY,
    DETECTION,
    GONE,
    LOAD,
    PLACEMENT,
    REDUNDANCY,
    SLOW,
    Clue,
    Failures,
)
from game.explain.elections import electing
from game.explain.facts import Facts, Tried
from game.explain.noticing import first_outs, outs_of
from game.explain.reigns import led_services
from game.explain.strikes import ONE_BY_ONE, STILL_THERE, Strike, zone_of
from game.explain.words import count, lasting, listed, share
from game.level.model import ONLY_ZONE


def nobody_else(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """All machines of a service were struck at once."""
    asked = {one.service for one in facts.requests}
    unanswered: dict[str, set[int]] = {}
    for one in facts.requests:
        if one.cause in GONE:
            unanswered.setdefault(one.service, set()).add(one.operation)
    for fault in sorted({one.blame for one in failures if one.blame >= 0}):
        gone = _blamed(failures, fault, GONE)
        behind = {
            one.number for one in failures if one.blame == fault and one.cause is Cause.DEPENDENCY
        }
        name = facts.fault_id(fault)
        for service, machines in struck_whole(facts, fault):
            weight = gone + len(behind & unanswered.get(service, set()))
            if not weight:
                continue
            if service not in asked and any(cut.strike.fault == fault for cut in facts.cuts):
                continue
            nodes = tuple(facts.names(sorted(machines)))
            if len(nodes) == 1:
                words = f"{service} runs on {nodes[0]} alone: nobody else was there during {name}."
                yield Clue(words, weight, REDUNDANCY, ("redundancy", "crash"), nodes)
                continue
            words = f"{name} struck all {len(nodes)} machines of {service} at once"
            zones = sorted({zone_of(facts.system, node) for node in nodes})
            if zones == [ONLY_ZONE]:
                words = f"{words}: nobody else was there."
                yield Clue(words, weight, REDUNDANCY, ("redundancy", "crash"), nodes)
                continue
            where = f"zone {zones[0]}" if len(zones) == 1 else f"zones {listed(zones)}"
            words = f"{words}, all in {where}."
            yield Clue(words, weight, PLACEMENT, ("availability-zones", "redundancy"), nodes)


MANY_ZONES = 3
"""From so many zones on, more machines do more for what is left than one more zone."""


def left_too_few(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A fault took machines of one zone away, and those that were left had too much work."""
    for fault in sorted({one.blame for one in failures if one.blame >= 0}):
        weight = _blamed(failures, fault, QUEUED | {Cause.SERVED_TOO_SLOWLY})
        strikes = [strike for strike in facts.strikes_by(fault) if strike.machines]
        if not weight or len(strikes) != 1 or 2 * weight < _blamed(failures, fault, ALL):
            continue
        struck = set(strikes[0].machines)
        full = {one.service for one in facts.requests if one.cause in QUEUED}
        for service in sorted(full):
            machines = facts.machines_of(service)
            gone = machines & struck & gone_during(facts, strikes[0])
            zones = {zone_of(facts.system, name) for name in facts.names(sorted(gone))}
            if not gone or gone == machines or len(zones) != 1 or zones == {ONLY_ZONE}:
                continue
            everywhere = {zone_of(facts.system, one) for one in facts.names(sorted(machines))}
            left = len(machines) - len(gone)
            words = (
                f"{facts.fault_id(fault)} struck {len(gone):,} of {len(machines):,} machines of "
                f"{service}, those in zone {zones.pop()}, and {count(left, 'machine')} had to do "
                f"the work of all: {count(weight, 'operation')} failed in queues."
            )
            fields, pages = ("zones", "count", "on"), ("availability-zones", "headroom")
            if len(everywhere) >= MANY_ZONES:
                fields, pages = ("count", "zones", "on"), ("headroom", "availability-zones")
            yield Clue(words, weight, fields, pages)


ALL = frozenset(Cause)
"""Whatever the cause was."""


def gone_during(facts: Facts, strike: Strike) -> set[int]:
    """The machines that went down, or were cut off, while a strike was at work."""
    down = {
        place
        for time_us, change, place, _ in facts.log.changes.rows()
        if change == Change.NODE_DOWN and strike.covers(time_us)
    }
    cut = {place for place in strike.machines if any(one.strike is strike for one in facts.cuts)}
    return down | cut


def asked_the_dead(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Requests went to struck machines while others of the service were not struck."""
    outs = outs_of(facts)
    # Where one copy leads, asking another one helps nobody: that is what failover is for.
    led = {*led_services(facts), *electing(facts)}
    for fault in sorted({one.blame for one in failures if one.blame >= 0}):
        strikes = [strike for strike in facts.strikes_by(fault) if strike.machines]
        still_there = isinstance(facts.fault(fault).what, STILL_THERE)
        if not strikes or still_there or struck_whole(facts, fault):
            continue
        blamed = {
            one.number for one in failures if one.blame == fault and facts.root_cause(one) in GONE
        }
        sent = [
            one
            for one in facts.requests
            if any(
                s.covers(one.sent_us)
                and one.place in s.machines
                and one.service not in led
                and not facts.machines_of(one.service) <= set(s.machines)
                for s in strikes
            )
        ]
        failed = [one for one in sent if one.cause is not Cause.NONE]
        weight = len({one.operation for one in failed} & blamed)
        if not weight:
            continue
        nodes = facts.names(sorted({one.place for one in sent}))
        waits = [out.from_us - strikes[0].began_us for out in first_outs(strikes[0], outs)]
        them = "it" if len(nodes) == 1 else "one of them"
        seen = (
            f"it took {lasting(min(waits))} until a caller took {them} out of rotation"
            if waits
            else f"no caller took {them} out of rotation"
        )
        if len(strikes) > 1:
            seen += " at the first strike"
        of_them = "" if len(failed) == len(sent) else f"{len(failed):,} of them "
        words = (
            f"{count(len(sent), 'request')}{_for_whom(facts, sent)} went to {listed(nodes)} during "
            f"{facts.fault_id(fault)}, and {of_them}failed; {seen}."
        )
        yield Clue(words, weight, DETECTION, ("health", "outliers"), tuple(nodes))


def gray(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A machine that was slow, and still got its share of the requests."""
    slowed = {
        (time_us, place)
        for time_us, change, place, speed in facts.log.changes.rows()
        if change == Change.NODE_SPEED and speed < facts.log.speeds[place]
    }
    for fault in sorted({one.blame for one in failures if one.blame >= 0}):
        weight = _blamed(failures, fault, SLOW | {Cause.QUEUE_FULL, Cause.DEPENDENCY, Cause.SHED})
        strikes = [
            strike
            for strike in facts.strikes_by(fault)
            if any((strike.began_us, place) in slowed for place in strike.machines)
        ]
        if not weight or not strikes:
            continue
        machines = {place for strike in strikes for place in strike.machines}
        services = {name for name, place in facts.log.stations if place in machines}
        sent = [
            one.place in machines
            for one in facts.requests
            if one.service in services and any(s.covers(one.sent_us) for s in strikes)
        ]
        if sent and sum(sent):
            nodes = tuple(facts.names(sorted(machines)))
            words = (
                f"{listed(nodes)} {'was' if len(nodes) == 1 else 'were'} slow, not gone, and got "
                f"{share(sum(sent), len(sent))} of the requests for {listed(sorted(services))} "
                f"during {facts.fault_id(fault)}."
            )
            fields = ("balancer", "outliers", "hedge", "attempt_timeout")
            yield Clue(words, weight, fields, ("gray-failure", "latency-aware", "outliers"), nodes)


def held_by_the_silent(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A service had no room left while its own requests waited for struck machines behind it."""
    queued = {one.number: one.blame for one in failures if one.cause in QUEUED and one.blame >= 0}
    crowded = sorted(
        {one.service for one in facts.requests if one.operation in queued and one.cause in QUEUED}
    )
    strikes = [strike for strike in facts.strikes if strike.fault in set(queued.values())]
    waits = [
        (one.ended_us - one.sent_us, one.place, strike.fault)
        for strike in strikes
        for one in facts.requests
        if one.depth > 0
        and one.service not in crowded
        and one.place in strike.machines
        and strike.covers(one.sent_us)
    ]
    if not waits or not crowded:
        return
    nodes = facts.names(sorted({place for _, place, _ in waits}))
    faults = sorted({fault for _, _, fault in waits})
    mean = lasting(sum(wait_us for wait_us, _, _ in waits) // len(waits))
    words = (
        f"{count(len(waits), 'request')} waited for {listed(nodes)} during "
        f"{listed([facts.fault_id(fault) for fault in faults])}, {mean} on average; meanwhile "
        f"there was no room at {listed(crowded)}."
    )
    weight = sum(blame in faults for blame in queued.values())
    fields = ("attempt_timeout", "deadline", "breaker", "bulkhead", "hedge")
    yield Clue(words, weight, fields, ("timeouts", "bulkhead", "breaker"), tuple(nodes))


def too_much_work(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Queues were long or full, or a limit was reached."""
    causes = QUEUED | {Cause.RATE_LIMITED}
    found = [one for one in failures if one.cause in causes]
    numbers = {one.number for one in found}
    if not found:
        return
    # Requests are in order of sending: what counts is where an operation failed at last.
    failed_at = {
        one.operation: one.place
        for one in facts.requests
        if one.operation in numbers and one.cause in causes
    }
    ranked = Counter(failed_at.values()).most_common(3)
    nodes = tuple(facts.names([place for place, _ in ranked]))
    most = f", most of them at {nodes[0]}" if ranked and 2 * ranked[0][1] > len(numbers) else ""
    words_of = sorted({one.cause.word for one in found})
    words = f"{count(len(numbers), 'operation')} failed by {listed(words_of)}{most}."
    # Where a fault made a machine worse, the queue is a symptom: what points to that goes first.
    at_machines = {strike.fault for strike in facts.strikes if strike.machines}
    symptoms = sum(one.blame in at_machines for one in found)
    weight = len(found) - symptoms // 2
    fields = (*CAPACITY, *ADMISSION, "steps")
    yield Clue(words, weight, fields, ("overload", "shed"), nodes, LOAD)


def struck_whole(facts: Facts, fault: int) -> list[tuple[str, frozenset[int]]]:
    """Services of which one strike hit every machine at once, for longer than their users wait."""
    if isinstance(facts.fault(fault).what, ONE_BY_ONE):
        return []
    patience_us = max((client.deadline for client in facts.system.clients), default=0)
    strikes = [
        strike
        for strike in facts.strikes_by(fault)
        if strike.ended_us is None or strike.ended_us - strike.began_us > patience_us
    ]
    services = dict.fromkeys(service for service, _ in facts.log.stations)
    return [
        (service, machines)
        for service in services
        for machines in [facts.machines_of(service)]
        if any(machines <= set(strike.machines) for strike in strikes)
    ]


def _for_whom(facts: Facts, sent: Sequence[Tried]) -> str:
    """ " for shop" where the machines also run services whose requests are not among these."""
    places, services = {one.place for one in sent}, {one.service for one in sent}
    if {name for name, place in facts.log.stations if place in places} <= services:
        return ""
    return f" for {listed(sorted(services))}"


def _blamed(failures: Failures, fault: int, causes: frozenset[Cause]) -> int:
    return sum(one.blame == fault and one.cause in causes for one in failures)
