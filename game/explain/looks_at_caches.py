"""Clues about caches: answers that had been there, and answers that were too old."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from game.engine.causes import Cause
from game.engine.workload.cache import Cache
from game.explain.aftermath import QUEUED
from game.explain.clue import PROMISED, Clue, Failures
from game.explain.facts import Facts
from game.explain.nearness import parts_near
from game.explain.words import count, lasting
from game.level.model import Service


def thrown_away(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """A service had no answer from behind, and had thrown away the one that it had had."""
    for service in facts.system.services:
        cache = service.store
        if not isinstance(cache, Cache) or cache.ttl is None or cache.stale_if_error is not None:
            continue
        for callee in _behind(service):
            weight = _had_once(facts, failures, callee)
            if not weight:
                continue
            words = (
                f"{count(weight, 'operation')} failed for want of an answer from {callee} that "
                f"{service.id} had had before, for the same key: it keeps one for "
                f"{lasting(cache.ttl)}, and then has nothing to fall back on."
            )
            fields = ("stale_if_error", "store", "ttl")
            yield Clue(words, weight, fields, ("cache",), services=(service.id,))


def _behind(service: Service) -> list[str]:
    """What a service asks after it has looked into its cache."""
    looked, found = False, []
    for step in service.steps:
        looked = looked or hasattr(step, "lookup")
        callee = getattr(step, "call", "")
        if looked and callee and callee not in found:
            found.append(callee)
    return found


def _had_once(facts: Facts, failures: Failures, callee: str) -> int:
    """How many operations failed for want of an answer that had been given before: by the service
    behind, or in the queue of those who waited for it while all of it was struck."""
    log = facts.log
    keys = dict(zip(log.operations.column("operation"), log.operations.column("key"), strict=True))
    first_us: dict[int, int] = {}
    in_vain: set[int] = set()
    for one in facts.requests:
        if one.service == callee and one.operation in keys:
            if one.cause is Cause.NONE:
                key = keys[one.operation]
                first_us[key] = min(first_us.get(key, one.ended_us), one.ended_us)
            else:
                in_vain.add(one.operation)
    struck = {
        strike.fault
        for strike in facts.strikes
        if facts.machines_of(callee) <= set(strike.machines)
    }
    in_vain |= {number for number, root in facts.roots.items() if root.service == callee}
    return sum(
        one.number in in_vain or (one.blame in struck and one.cause in QUEUED)
        for one in failures
        if one.number in keys and first_us.get(keys[one.number], one.ended_us) < one.ended_us
    )


def too_old_in_cache(facts: Facts, failures: Failures) -> Iterator[Clue]:
    """Answers out of a cache that were older than promised."""
    log = facts.log
    stale = {one.operation for one in facts.anomalies if one.cause is Cause.STALE}
    rows = zip(log.hits.column("operation"), log.hits.column("cache"), strict=True)
    caches = Counter(
        log.stations[station][0] for operation, station in dict(rows).items() if operation in stale
    )
    records = {service.id: service.store for service in facts.system.services}
    for name, number in caches.most_common(1):
        cache = records[name]
        ttl_us = cache.ttl if isinstance(cache, Cache) else None
        kept = "for good" if ttl_us is None else f"for {lasting(ttl_us)}"
        were = "answer that was" if number == 1 else "answers that were"
        words = (
            f"{number:,} {were} older than promised came out of the cache of {name}, which keeps "
            f"one {kept}."
        )
        yield Clue(
            words,
            number + len(failures),
            ("ttl", "capacity", "store", "call", "steps"),
            ("cache", "stale-reads"),
            measures=PROMISED,
            near=parts_near(facts.system, [("service", name)]),
        )
