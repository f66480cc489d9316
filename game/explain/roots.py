"""Roots: what came of the calls behind the first service, where an operation failed by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from game.engine.causes import Cause
from game.engine.log import AttemptKind, Log
from game.level.model import System


class Root(NamedTuple):
    """The last attempt behind the first service that failed, of one operation."""

    time_us: int
    cause: Cause
    caller: str
    """The service that made the attempt; "" where it may be one of several. So too `service`."""
    service: str
    """The one that was asked, or would have been."""


def roots_of(system: System, log: Log) -> dict[int, Root]:
    """By operation: those that failed because of another service, and of which more is known."""
    operations = log.operations
    columns = [operations.column(name) for name in ("operation", "client", "cause")]
    clients = {
        number: client
        for number, client, cause in zip(*columns, strict=True)
        if cause == Cause.DEPENDENCY
    }
    if not clients:
        return {}
    breaking = {policy.id for policy in system.policies if policy.breaker is not None}
    calls = {client: tuple(_calls(system, client)) for client in set(clients.values())}
    names = ("operation", "kind", "depth", "station", "ended_us", "cause")
    found: dict[int, Root] = {}
    for number, kind, depth, station, ended_us, code in zip(
        *(log.attempts.column(name) for name in names), strict=True
    ):
        # Rows are in order of their ends: the last one is what the caller could not mend.
        if number not in clients or not depth or code in (Cause.NONE, Cause.DEPENDENCY):
            continue
        if kind == AttemptKind.COPY:
            continue
        asked = log.stations[station][0] if station >= 0 else ""
        fitting = [
            (caller, service)
            for at, caller, service, policy in calls[clients[number]]
            if at == depth
            and asked in ("", service)
            and (code != Cause.BREAKER_OPEN or policy in breaking)
        ]
        caller = _only({caller for caller, _ in fitting})
        service = asked or _only({service for _, service in fitting})
        time_us = ended_us if ended_us >= 0 else log.ended_us
        found[number] = Root(time_us, Cause(code), caller, service)
    return found


def _only(names: set[str]) -> str:
    return next(iter(names)) if len(names) == 1 else ""


def _calls(system: System, client: int) -> Iterator[tuple[int, str, str, str]]:
    """(depth, caller, callee, policy) of each call that a client group's operations may lead to."""
    services = {one.id: one for one in system.services}
    seen: set[tuple[int, str]] = set()
    waiting = [(0, system.clients[client].call)]
    while waiting:
        depth, name = waiting.pop()
        if (depth, name) in seen or depth > len(services):
            continue
        seen.add((depth, name))
        for step in services[name].steps:
            if callee := getattr(step, "call", ""):
                yield depth + 1, name, callee, getattr(step, "policy", "")
                waiting.append((depth + 1, callee))
            elif onward := getattr(step, "forward", ""):
                waiting.append((depth, onward))
