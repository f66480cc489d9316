"""Clues about calls that failed behind a service, and about calls that were never made."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

from game.engine.causes import Cause
from game.engine.log import Change
from game.explain.aftermath import QUEUED
from game.explain.clue import CALLS, CAPACITY, DETECTION, GONE, RETRIES, SLOW, Clue, Failures
from game.explain.facts import Ended, Facts
from game.explain.hearing import AWAY, BACK
from game.explain.words import count, lasting, listed, share

NEVER_MADE = (Cause.NO_TARGET, Cause.BREAKER_OPEN)
"""Causes by which a caller does not ask at all."""


def nobody_in_rotation(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A caller had taken all machines of a service out of rotation."""
    found = [one for one in failures if facts.root_cause(one) is Cause.NO_TARGET]
    if not found or not any(row[1] == Change.TARGET_OUT for row in facts.log.changes.rows()):
        return
    services = _services(facts, found)
    up = _somebody_up(facts, found)
    up_words = "of which some were up" if up == len(found) else f"in {up:,} cases with some up"
    words = (
        f"{count(len(found), 'operation')} failed since a caller had taken all machines of "
        f"{listed(services)} out of rotation{f', {up_words}' if up else ''}."
    )
    pages = ("health", "failure-detection")
    yield Clue(words, len(found), (*DETECTION, "retry"), pages, services=services)


def barred(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """An open circuit breaker kept callers from asking."""
    found = [one for one in failures if facts.root_cause(one) is Cause.BREAKER_OPEN]
    if found:
        words = f"{count(len(found), 'operation')} failed at a circuit breaker that was open."
        services = _services(facts, found)
        yield Clue(words, len(found), ("breaker",), ("breaker",), services=services)


def behind(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A service behind the one that was asked did not answer, or was not given the time to."""
    found = [
        one
        for one in failures
        if one.cause is Cause.DEPENDENCY and facts.root_cause(one) not in NEVER_MADE
    ]
    if not found:
        return
    words = f"{count(len(found), 'operation')} failed by a service behind the first one"
    roots = [root for one in found if (root := facts.roots.get(one.number))]
    causes = Counter(root.cause for root in roots)
    numbers = {one.number for one in found}
    services = _services(facts, [one for one in found if one.number in facts.roots])
    pages: tuple[str, ...] = ("call", "timeouts", "breaker")
    given_up = [
        one.ended_us - one.sent_us
        for one in facts.requests
        if one.operation in numbers and one.depth > 0 and one.cause in SLOW
    ]
    if roots:
        told = listed([cause.word for cause, _ in causes.most_common()])
        where = f" to {services[0]}" if services else ""
        words += f"; most often requests{where} failed ({told})"
    if 2 * sum(causes[cause] for cause in SLOW) > len(found):
        mean = lasting(sum(given_up) // len(given_up))
        words += f": callers gave up after {mean} on average, with the answer still to come"
        pages = ("timeouts", "call")
    fields = _fields(causes, len(found))
    there = [one for one in facts.requests if one.operation in numbers and one.service in services]
    again = sum(one.again for one in there)
    if 2 * again > len(there):
        words += (
            f". They led to {count(len(there), 'request')} there, "
            f"{share(again, len(there))} of them asked again"
        )
        fields = ("retry", "hedge", *fields)
    yield Clue(f"{words}.", len(found), fields, pages, services=services)


def _fields(causes: Counter[Cause], number: int) -> tuple[str, ...]:
    """What bears on calls that failed by these causes."""
    if 2 * sum(causes[cause] for cause in GONE) > number:
        return RETRIES + DETECTION + CALLS
    if 2 * sum(causes[cause] for cause in QUEUED) > number:
        return CALLS + CAPACITY
    return CALLS


def _services(facts: Facts, failures: Failures | list[Ended]) -> tuple[str, ...]:
    """The services that were asked in vain, or were not asked, most often first; () where one is
    not known."""
    asked = Counter(
        root.service
        if one.cause is Cause.DEPENDENCY and (root := facts.roots.get(one.number))
        else facts.system.clients[one.client].call
        for one in failures
    )
    return () if "" in asked else tuple(name for name, _ in asked.most_common())


def _somebody_up(facts: Facts, failures: list[Ended]) -> int:
    """At how many of these moments a machine of the service that was not asked was up."""
    away: set[int] = set()
    times_us, states = [0], [frozenset[int]()]
    for at_us, change, place, _ in facts.log.changes.rows():
        if change in AWAY + BACK:
            (away.add if change in AWAY else away.discard)(place)
            times_us.append(at_us)
            states.append(frozenset(away))
    found = 0
    for one in failures:
        root = facts.roots.get(one.number)
        state = states[bisect_right(times_us, root.time_us if root else one.ended_us) - 1]
        found += any(facts.machines_of(name) - state for name in _services(facts, [one]))
    return found
