"""Levels and Logs built by hand: what the score is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from game.engine.causes import Cause
from game.engine.log import Change, Log
from game.level.model import Client, Fault, Goal, Level, NodeGroup, Service, System

SECOND = 1_000_000
MS = 1_000

SYSTEM = System(
    duration=60 * SECOND,
    nodes=(NodeGroup(id="web", count=2, price_per_hour=100_000),),
    services=(Service(id="shop", on=("web",)),),
    clients=(Client(id="people", call="shop", rate=10, deadline=800 * MS),),
)
CRASH = Fault(id="crash", what=None, target=("web",), at=20 * SECOND, for_=10 * SECOND)


def a_system(**changes: Any) -> System:
    """One service on two machines, one client group with a deadline of 800 ms, 60 s."""
    return replace(SYSTEM, **changes)


def a_level(
    *goals: Goal,
    system: System = SYSTEM,
    window_us: tuple[int, int] | None = (0, 60 * SECOND),
    **changes: Any,
) -> Level:
    """A level with these goals; its window is the whole run unless a test says otherwise."""
    level = Level(
        id="toy",
        title="Toy",
        chapter="Tests",
        kind="design",
        teaches=(),
        story="",
        debrief="",
        hints=(),
        system=system,
        document={},
        controls=(),
        goals=goals,
        seeds=(1, 2),
        recovery_us=5 * SECOND,
        window_us=window_us,
        how_often_per_year=12,
        path="toy.toml",
    )
    return replace(level, **changes)


def availability(at_least: float, *, stars: int = 1) -> Goal:
    """A goal for the share of good operations."""
    return Goal(id=f"up-{stars}", measure="availability", at_least=at_least, stars=stars)


def at_most(measure: str, limit: float, *, stars: int = 1) -> Goal:
    """A goal for a measure that should be small."""
    return Goal(id=measure, measure=measure, at_most=limit, stars=stars)


def a_log(*, seed: int = 1, system: System = SYSTEM, **totals: int) -> Log:
    """The empty Log of a run that reached its end."""
    return Log(
        seed=seed,
        duration_us=system.duration,
        clients=tuple(client.id for client in system.clients),
        places=("web-1", "web-2", *(client.id for client in system.clients)),
        stations=(("shop", 0), ("shop", 1)),
        faults=tuple(fault.id for fault in system.faults),
        totals=totals,
        ended_us=system.duration,
    )


def add(
    log: Log,
    invoked_us: int,
    latency_us: int = 10 * MS,
    cause: Cause = Cause.NONE,
    *,
    blame: int = -1,
    client: int = 0,
) -> None:
    """Record one operation."""
    number = len(log.operations)
    log.operations.append(
        (number, client, invoked_us, invoked_us + latency_us, cause, blame, 1, 0, 0)
    )


def with_latencies(latencies_us: Iterable[int], failed: int = 0, *, seed: int = 1) -> Log:
    """A run of good operations with these latencies, and of failed ones, 10 ms apart."""
    log = a_log(seed=seed)
    for number, latency_us in enumerate(latencies_us):
        add(log, number * 10 * MS, latency_us)
    for number in range(len(log.operations), len(log.operations) + failed):
        add(log, number * 10 * MS, 800 * MS, Cause.UNREACHABLE)
    return log


def served(log: Log, started_us: int, served_us: int, *, wasted: bool = False) -> None:
    """Record one attempt's time in service; -1 for a moment that did not come."""
    log.attempts.append(
        (0, 0, 0, 0, 0, 0, started_us, served_us, max(started_us, served_us), 0, -1, int(wasted))
    )


def strike(log: Log, fault: int, *spans: Sequence[int]) -> None:
    """Record occurrences of a fault: (began,) or (began, ended)."""
    changes = (Change.FAULT_BEGAN, Change.FAULT_ENDED)
    rows = [
        (time_us, change, fault, 0)
        for span in spans
        for time_us, change in zip(span, changes, strict=False)
    ]
    for row in sorted(rows):
        log.changes.append(row)
