"""Anomalies: broken promises of the stores, found by checkers once a run is over.

A checker is one file of this folder. It points at operations; the score makes those not right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import System
from game.level.registry import Registry

PACKAGE = "game.score.consistency"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One operation that met a broken promise."""

    operation: int
    cause: Cause
    blame: int
    """Index into `Log.faults`, or -1."""


class Checker(Protocol):
    """The record of a checker."""

    def find(self, log: Log) -> Iterator[Anomaly]:
        """The operations of a finished run that broke this promise, each once."""
        ...


def load_checkers() -> Registry:
    """The registry, after every module that may register a checker was imported."""
    folder = import_module(PACKAGE)
    for name in sorted(module.name for module in iter_modules(folder.__path__)):
        import_module(f"{PACKAGE}.{name}")
    return REGISTRY


def find_anomalies(system: System, log: Log) -> tuple[Anomaly, ...]:
    """What the checkers find that the system's stores are held to; nothing before the run is over.

    A checker is named by the cause that it gives.
    """
    promises = {
        promise
        for service in system.services
        if service.store is not None
        for promise in REGISTRY.kind_of("application", service.store).causes
    }
    if not all(service.checksums for service in system.services) or any(
        getattr(fault.what, "misleads", False) for fault in system.faults
    ):
        promises.add(Cause.WRONG_VALUE.word)
    if not log.closed or not promises:
        return ()
    registry = load_checkers()
    checkers: list[Checker] = [
        kind.record()
        for name in registry.names("checker")
        if name in promises and (kind := registry.get("checker", name)) is not None
    ]
    return tuple(anomaly for checker in checkers for anomaly in checker.find(log))


def acknowledged_writes(log: Log) -> Mapping[int, int]:
    """Number of each write to a store that a client was told is done, and when it was told."""
    columns = ("operation", "ended_us", "cause", "write", "client")
    rows = zip(*(log.operations.column(name) for name in columns), strict=True)
    return {
        operation: ended_us
        for operation, ended_us, cause, write, client in rows
        if write and cause == Cause.NONE and client not in log.unkept
    }
