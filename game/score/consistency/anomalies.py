"""Anomalies: broken promises of the stores, found by checkers once a run is over.

A checker is one file of this folder. It points at operations; the score makes those not right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.engine.workload.application import REFUSED
from game.level.model import Service, System
from game.level.registry import Registry

PACKAGE = "game.score.consistency"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One operation that met a broken promise."""

    operation: int
    cause: Cause
    blame: int
    """Index into `Log.faults`, or -1."""
    service: str = ""
    """The service whose store broke the promise; "" where only the operation is known."""


class Checker(Protocol):
    """The record of a checker."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """The operations of a finished run that broke this promise, each once. `services` are those
        whose stores are held to it."""
        ...


def load_checkers() -> Registry:
    """The registry, after every module that may register a checker was imported."""
    folder = import_module(PACKAGE)
    for name in sorted(module.name for module in iter_modules(folder.__path__)):
        import_module(f"{PACKAGE}.{name}")
    return REGISTRY


def promises_of(store: Any) -> frozenset[str]:
    """The checkers that a store is held to: those that its record names, else those that are named
    like the causes of its application."""
    causes = REGISTRY.kind_of("application", store).causes
    return frozenset(getattr(store, "promises", causes))


def find_anomalies(system: System, log: Log) -> tuple[Anomaly, ...]:
    """What the checkers find that the system's stores are held to; nothing before the run is over.

    Checkers come in order of their names; a checker that is named like a cause gives that cause.
    """
    held: dict[str, list[Service]] = {}
    misled = any(getattr(fault.what, "misleads", False) for fault in system.faults)
    for service in system.services:
        if service.store is not None:
            own = frozenset(getattr(service.replication, "promises", ()))
            for promise in promises_of(service.store) | own:
                held.setdefault(promise, []).append(service)
        if misled or not service.checksums:
            held.setdefault(Cause.WRONG_VALUE.word, []).append(service)
    if not log.closed or not held:
        return ()
    registry = load_checkers()
    found: list[Anomaly] = []
    for name in registry.names("checker"):
        kind = registry.get("checker", name)
        if name in held and kind is not None:
            checker: Checker = kind.record()
            found.extend(checker.find(log, tuple(held[name])))
    return tuple(found)


def acknowledged_writes(
    log: Log, services: Iterable[str] | None = None, *, awaited: bool = False
) -> Mapping[int, int]:
    """Number of each write to one of the stores (of the services, or of any) that a client was told
    is done, and when it was told; with `awaited` only those that were done by then, and not in the
    background. Who was told that nothing was changed is left out."""
    refused = {operation for operation, *_, output in log.outputs if output == REFUSED}
    wanted = None if services is None else frozenset(services)
    writers = {
        client
        for client in range(len(log.clients))
        if client not in log.unkept
        and _writes((log.awaits if awaited else log.writes).get(client), wanted)
    }
    columns = ("operation", "ended_us", "cause", "write", "client")
    rows = zip(*(log.operations.column(name) for name in columns), strict=True)
    return {
        operation: ended_us
        for operation, ended_us, cause, write, client in rows
        if write and cause == Cause.NONE and client in writers and operation not in refused
    }


def _writes(written: frozenset[str] | None, wanted: frozenset[str] | None) -> bool:
    """Whether one of the stores that are written is wanted; where nothing is known, it is."""
    return written is None or bool(written if wanted is None else written & wanted)
