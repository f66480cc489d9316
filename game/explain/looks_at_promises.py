"""Clues about what was promised: right answers, quick answers, and a price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from game.engine.causes import Cause, broken_meaning
from game.engine.log import AttemptKind
from game.explain.clue import (
    CAPACITY,
    DETECTION,
    FAILING,
    LATENCY,
    PROMISED,
    REPLICATION,
    RETRIES,
    TRUST,
    WAITING,
    Clue,
    Failures,
)
from game.explain.facts import Facts
from game.explain.looks_at_bills import dear
from game.explain.looks_at_clocks import BY_CLOCK, clocks_apart
from game.explain.looks_at_trust import done_twice_by_copies
from game.explain.reigns import fault_behind, leader_at, led_services, reigns_of
from game.explain.words import count, lasting, listed
from game.level.model import Service
from game.level.registry import Kind
from game.score.exact import exact
from game.score.parts import parts_by_control


def broken_promises(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """What checkers found: wrong, whatever the user was told."""
    copied = {one.operation for those in done_twice_by_copies(facts).values() for one in those}
    broken = Counter(
        anomaly.cause
        for anomaly in facts.anomalies
        if anomaly.cause is not Cause.DUPLICATE or anomaly.operation not in copied
    )
    for cause, number in sorted(broken.items()):
        services = _services_of(facts, cause)
        where = f" at {listed(services)}" if services and _stores(facts) > 1 else ""
        words = (
            f"{count(number, 'operation')} came to {cause.word}{where}: {broken_meaning(cause)}."
        )
        if cause is Cause.DUPLICATE:
            words += late_arrivals(facts)
        # Wrong answers outweigh missing ones: nobody sees them.
        weight = number + len(failures)
        wrong = cause == Cause.WRONG_VALUE
        fields = TRUST + REPLICATION if wrong else REPLICATION + RETRIES + TRUST
        apart = clocks_apart(facts, services) if cause in BY_CLOCK else ""
        if apart:
            words += f" {apart}"
            # A bound that is set is too small for these clocks; without one none is good enough.
            bounded = any(
                getattr(one.replication, "commit_wait", None)
                for one in facts.system.services
                if one.id in services
            )
            clock = ("correction", "clock")
            fields = (*clock, *fields) if bounded else (*fields[:1], *clock, *fields[1:])
        pages = PAGES.get(cause, ()) + _page_of_fault(facts, cause)
        codex = pages + _pages_of_stores(facts, services) or ("replication",)
        codex = tuple(dict.fromkeys((*codex, "clocks") if apart else codex))
        yield Clue(words, weight, fields, codex, measures=PROMISED, services=services)


def late_arrivals(facts: Facts) -> str:
    """A sentence about requests that did their work after their caller had given them up and asked
    once more, in operations that took effect twice; "" where there are none."""
    twice = {one.operation for one in facts.anomalies if one.cause is Cause.DUPLICATE}
    log = facts.log
    names = ("operation", "kind", "arrived_us", "served_us", "ended_us")
    late_us = {
        operation: arrived_us - ended_us
        for operation, kind, arrived_us, served_us, ended_us in zip(
            *(log.attempts.column(name) for name in names), strict=True
        )
        if operation in twice
        and kind != AttemptKind.COPY
        and served_us >= 0
        and 0 <= ended_us < arrived_us
    }
    if 2 * len(late_us) <= len(twice):
        return ""
    return (
        f" In {len(late_us):,} of them a request came and was done that its caller had given up, "
        f"up to {lasting(max(late_us.values()))} before."
    )


def _services_of(facts: Facts, cause: Cause) -> tuple[str, ...]:
    """Whose store broke a promise; where that is not known of all operations, whose may have."""
    found = {one.service for one in facts.anomalies if one.cause is cause}
    if "" not in found:
        return tuple(sorted(found))
    if cause is Cause.WRONG_VALUE:
        return ()
    return tuple(
        sorted(
            one.id
            for one in facts.system.services
            if one.store is not None and cause.word in _application(facts, one).causes
        )
    )


def _stores(facts: Facts) -> int:
    return sum(one.store is not None for one in facts.system.services)


def _application(facts: Facts, service: Service) -> Kind:
    kind = facts.registry.kind_of("application", service.store)
    assert kind is not None
    return kind


def _protocol(facts: Facts, name: str) -> Kind:
    replication = next(one.replication for one in facts.system.services if one.id == name)
    kind = facts.registry.kind_of("protocol", replication)
    assert kind is not None
    return kind


def _pages_of_stores(facts: Facts, services: tuple[str, ...]) -> tuple[str, ...]:
    """What the applications are about, where that is more than single values; and why a store had
    two leaders, if it lets a deposed one go on."""
    own = [one for one in facts.system.services if one.id in services]
    found = [_application(facts, one).codex for one in own]
    changed = {reign.service for reign in reigns_of(facts.log)}
    if any(getattr(one.replication, "fencing", True) is False and one.id in changed for one in own):
        found.append("split-brain")
    return tuple(page for page in found if page != PLAIN)


def _page_of_fault(facts: Facts, cause: Cause) -> tuple[str, ...]:
    """The page of the fault that most of these go back to, if that is what it does."""
    blamed = Counter(one.blame for one in facts.anomalies if one.cause == cause and one.blame >= 0)
    for fault, _ in blamed.most_common(1):
        kind = facts.kind_of(fault)
        if kind is not None and cause.word in kind.causes:
            return (kind.codex,)
    return ()


PLAIN = "register"
"""The page of what keeps single values."""
PAGES = {
    Cause.STALE: ("stale-reads",),
    Cause.LOST_WRITE: ("lost-write", "replication"),
    Cause.DUPLICATE: ("duplicate-effect", "idempotency"),
    Cause.LATE_ANSWER: ("stream",),
}
"""Codex pages about what checkers find."""


def failover_took(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Nobody could take writes between a fault and the new primary."""
    for reign in reigns_of(facts.log):
        strike = fault_behind(facts, reign)
        if strike is None:
            continue
        meanwhile = sum(
            one.seen
            and one.blame == strike.fault
            and strike.began_us <= one.invoked_us <= reign.time_us
            for one in failures
        )
        if meanwhile:
            before, primary = facts.names((reign.before, reign.primary))
            words = (
                f"{lasting(reign.time_us - strike.began_us)} went by until {primary} led in place "
                f"of {before}; {count(meanwhile, 'operation')} asked in that time failed because "
                f"of {facts.fault_id(strike.fault)}."
            )
            pages = (_protocol(facts, reign.service).codex, "failover")
            yield Clue(words, meanwhile, REPLICATION, pages, (before,), services=(reign.service,))


def nobody_took_over(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A primary was struck, and it was still the primary when it came back."""
    for service in led_services(facts):
        for strike in facts.strikes:
            ended_us = facts.log.ended_us if strike.ended_us is None else strike.ended_us
            leader = leader_at(facts.log, service, strike.began_us)
            if leader not in strike.machines or leader_at(facts.log, service, ended_us) != leader:
                continue
            weight = sum(
                one.blame == strike.fault and strike.covers(one.invoked_us) for one in failures
            )
            if weight:
                (name,) = facts.names((leader,))
                words = (
                    f"{name} led {service} when {facts.fault_id(strike.fault)} struck it, and "
                    f"nobody took over in {lasting(ended_us - strike.began_us)}; "
                    f"{count(weight, 'operation')} asked in that time failed because of it."
                )
                pages = ("failover", _protocol(facts, service).codex)
                fields = (*REPLICATION, "count")
                yield Clue(words, weight, fields, pages, (name,), services=(service,))


def deposed_in_vain(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A primary that was well lost its office."""
    reigns = [one for one in reigns_of(facts.log) if fault_behind(facts, one) is None]
    if reigns:
        nodes = tuple(dict.fromkeys(facts.names([one.before for one in reigns])))
        words = (
            f"{count(len(reigns), 'time')} a primary was deposed that no fault had struck: "
            f"{listed(nodes)}."
        )
        pages = ("failure-detection", "split-brain")
        yield Clue(words, max(1, len(failures)), REPLICATION, pages, nodes, FAILING | PROMISED)


def no_leader(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Nobody was entitled to answer."""
    counts = Counter(one.cause for one in failures if one.cause in NOBODY_ENTITLED)
    if counts:
        parts = [
            f"{count(number, 'operation')} {NOBODY_ENTITLED[cause]}"
            for cause, number in counts.most_common()
        ]
        pages = ("leader-aware", "failover")
        if counts[Cause.NO_QUORUM] > counts[Cause.NO_LEADER]:
            pages = ("replication", "failover")
        yield Clue(f"{listed(parts)}.", counts.total(), REPLICATION + RETRIES, pages)


NOBODY_ENTITLED = {
    Cause.NO_LEADER: "found nobody who led",
    Cause.NO_QUORUM: "waited for more copies than answered",
}


def slow_goals(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Good operations that were too slow for a goal: the first one that was missed."""
    retried = {one.operation for one in facts.requests if one.again}
    for goal in sorted(facts.score.goals, key=lambda goal: goal.stars):
        if goal.met or goal.measure not in LATENCY or goal.at_least:
            continue
        limit_us = int(exact(goal.target) * 1000)
        slow = [
            one
            for one in facts.valid
            if not one.failed and one.ended_us - one.invoked_us > limit_us
        ]
        if slow:
            again = sum(one.number in retried for one in slow)
            words = (
                f"{count(len(slow), 'good operation')} took longer than the {lasting(limit_us)} of "
                f"{goal.id}; {again:,} of them had been asked again."
            )
            # What was asked again lost its time where it was asked first, not with the work.
            if 2 * again > len(slow):
                fields, codex = DETECTION + WAITING + CAPACITY, ("health", "timeouts")
            else:
                fields, codex = CAPACITY + DETECTION + WAITING, ("tail-latency", "timeouts")
            yield Clue(words, len(slow), fields, codex, measures=LATENCY)
            return


def money(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Goals that are paid for, not lost to a fault: the first of each measure."""
    told: set[str] = set()
    for goal in sorted(facts.score.goals, key=lambda goal: goal.stars):
        if goal.met or facts.log.verdict or goal.measure not in PAID or goal.measure in told:
            continue
        told.add(goal.measure)
        weight = max(1, len(failures) // 10)
        # What users lost weighs more, where goals for both were missed.
        yield replace(PAID[goal.measure](facts, goal.id), weight=weight)


def _moving_parts(facts: Facts, goal: str) -> Clue:
    """Which controls the parts come from, most of them first."""
    words = f"The plan has more moving parts than the goal {goal} allows"
    parts = parts_by_control(facts.level, facts.system, facts.registry)
    own = [one for one in facts.level.controls if parts[one.id]]
    own.sort(key=lambda one: -parts[one.id])
    if own:
        words += f": {listed([f'{one.label or one.id} ({parts[one.id]})' for one in own])}"
    near = tuple(path for one in own for path in one.sets)
    measures = frozenset(("moving_parts",))
    return Clue(f"{words}.", 1, (), ("moving-parts",), measures=measures, near=near)


PAID: Mapping[str, Callable[[Facts, str], Clue]] = {
    "cost_per_hour": dear,
    "moving_parts": _moving_parts,
}
"""Measures of what a plan may have too much of, and the clue about each."""
