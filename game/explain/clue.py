"""A clue: one thing that the facts of a run point to, and where one would look because of it.

A clue is a fact with its number, never an instruction. It points by *fields*, the last words of the
paths that controls set, so that it finds the right controls in any level; and by codex pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.explain.facts import Ended, Facts
from game.score.measures import MEASURES

GONE = frozenset(
    (Cause.REFUSED, Cause.UNREACHABLE, Cause.DIED_WITH_NODE, Cause.NO_TARGET, Cause.LOST)
)
"""Causes that speak of a machine, or a way to it, that is not there."""
SLOW = frozenset((Cause.SERVED_TOO_SLOWLY, Cause.LATE_ANSWER, Cause.WAITED_IN_QUEUE))
"""Causes that speak of an answer that would have come."""

REDUNDANCY = ("count", "on", "first", "fan_out")
PLACEMENT = ("zones", "on", "balancer", "count")
DETECTION = ("health", "outliers", "detector", "panic_threshold", "balancer")
RETRIES = ("retry", "hedge", "idempotency_key")
WAITING = ("attempt_timeout", "connect_timeout", "deadline", "hedge", "retry")
CAPACITY = ("count", "cores", "speed", "workers")
ADMISSION = ("queue", "discipline", "shed", "concurrency_limit", "rate_limit", "scheduling")
STORM = ("retry", "hedge", "cancel", "breaker", "rate_limit", "shed", "bulkhead")
CALLS = ("attempt_timeout", "deadline", "breaker", "bulkhead", "retry", "policy")
REPLICATION = ("replication", "store", "idempotency", "idempotency_key")
TRUST = ("authentication", "checksums")
PRICES = ("price_per_hour", "count", "speed", "cores", "zones")

LATENCY = frozenset(name for name, measure in MEASURES.items() if measure.of_latency is not None)
"""Measures that a slow answer spoils."""
FAILING = LATENCY | {"availability", "goodput_rps"}
"""Measures that an operation which was not good spoils."""
LOAD = FAILING | {"wasted_share", "messages"}
"""Measures that too many requests spoil, or requests that nobody waits for."""
PROMISED = frozenset(
    (
        *("availability", "goodput_rps", "anomalies", "lost_writes", "duplicates"),
        *("stale_reads", "oversold", "wrong_values"),
    )
)
"""Measures that a wrong answer spoils."""


@dataclass(frozen=True, slots=True)
class Clue:
    """One thing that the facts point to."""

    words: str
    """The fact, in one sentence."""
    weight: int
    """Operations that it concerns: what sorts clues."""
    fields: tuple[str, ...]
    """The most telling first: controls that bear on it are named first."""
    codex: tuple[str, ...]
    nodes: tuple[str, ...] = ()
    measures: frozenset[str] = FAILING
    """What goals may ask for that this spoils."""
    services: tuple[str, ...] = ()
    """Only controls of these services, their machines and their callers bear on it; (): all do."""
    near: tuple[str, ...] = ()
    """Only controls of paths that begin so bear on it, the first ones most; (): all do. Where there
    are no `fields`, whatever field they set."""


Failures = tuple[Ended, ...]
"""Operations that count and were not good."""
Look = Callable[[Facts, Failures], Iterator[Clue]]
"""Finds clues of one sort."""
