"""Events that are rows of `Log.attempts` and `Log.operations`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from game.engine.causes import Cause
from game.engine.events.event import Event, Happening, MachineName, Night
from game.engine.log import AttemptKind
from game.engine.registry import REGISTRY
from game.level.annotations import ClientName, OneOf, ServiceName

CODEX = "measures"
CauseWord = Annotated[
    str, OneOf("bad-value", "cause", tuple(cause.word for cause in Cause if cause))
]
WORDS = tuple(cause.word if cause else "" for cause in Cause)
ASKED = frozenset((AttemptKind.FIRST, AttemptKind.RETRY, AttemptKind.HEDGE))
"""What callers make; copies are the network's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAttempt(Event):
    """About an attempt: at the moment in column `at`, if that came."""

    service: ServiceName | None = None
    """The one that is asked."""
    node: MachineName | None = None
    """The one that is asked."""
    client: ClientName | None = None
    """The group whose operation it belongs to."""

    about: ClassVar[tuple[str, ...]] = ("service", "node", "client", "operation")
    at: ClassVar[str] = "sent_us"
    kinds: ClassVar[frozenset[AttemptKind]] = frozenset(AttemptKind)
    failed: ClassVar[bool] = False
    """Only those that failed, also the ones that were still open at the end of the run."""

    @property
    def source(self) -> object:
        """See `Event`."""
        return ("attempts", self.at)

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        log = night.log
        at = log.attempts.columns.index(self.at)
        operations = log.operations
        clients = dict(
            zip(operations.column("operation"), operations.column("client"), strict=True)
        )
        for number, row in enumerate(log.attempts.rows()):
            operation, kind, _, station, *_, cause, _, _ = row
            if kind not in self.kinds or (self.failed and not cause):
                continue
            time_us = log.ended_us if self.failed and row[at] < 0 else row[at]
            if time_us >= 0:
                service, place = log.stations[station] if station >= 0 else ("", -1)
                client = clients.get(operation, -1)
                yield Happening(
                    time_us,
                    node=log.places[place] if place >= 0 else "",
                    service=service,
                    client=log.clients[client] if client >= 0 else "",
                    cause=WORDS[cause],
                    operation=operation,
                    row=number,
                )


@REGISTRY.register("event", "attempt", says="A caller makes an attempt of any sort.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Attempted(OfAttempt):
    """First attempts, retries and hedges, also those that a mechanism kept from being sent."""

    kinds: ClassVar[frozenset[AttemptKind]] = ASKED


@REGISTRY.register("event", "retry", says="A caller tries again.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Retried(OfAttempt):
    """A retry."""

    kinds: ClassVar[frozenset[AttemptKind]] = frozenset((AttemptKind.RETRY,))


@REGISTRY.register("event", "hedge", says="A caller asks a second machine as well.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Hedged(OfAttempt):
    """A hedge."""

    kinds: ClassVar[frozenset[AttemptKind]] = frozenset((AttemptKind.HEDGE,))


@REGISTRY.register("event", "copy", says="The network delivers a request twice.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Copied(OfAttempt):
    """A request that nobody sent."""

    kinds: ClassVar[frozenset[AttemptKind]] = frozenset((AttemptKind.COPY,))


@REGISTRY.register("event", "attempt-failed", says="An attempt fails, by any cause.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFailed(OfAttempt):
    """A refusal, a time-out: the moment when the caller knows."""

    cause: CauseWord | None = None
    """The cause by which it fails."""

    at: ClassVar[str] = "ended_us"
    failed: ClassVar[bool] = True


@REGISTRY.register("event", "attempt-started", says="A service begins with a request.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted(OfAttempt):
    """A request gets a worker."""

    at: ClassVar[str] = "started_us"


@REGISTRY.register("event", "attempt-served", says="A service is done with a request.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptServed(OfAttempt):
    """Work is complete, whether or not anybody waits for it."""

    at: ClassVar[str] = "served_us"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOperation(Event):
    """About an operation. It is in the window if it was invoked there."""

    client: ClientName | None = None
    """Whose operation it is."""

    about: ClassVar[tuple[str, ...]] = ("client", "operation")
    at: ClassVar[str] = "ended_us"
    good: ClassVar[bool | None] = None
    """Only those that were good, or were not; None: any."""

    @property
    def source(self) -> object:
        """See `Event`."""
        return ("operations", self.at)

    def happened(self, night: Night) -> Iterator[Happening]:
        """See `Event`."""
        log = night.log
        at = log.operations.columns.index(self.at)
        for row, cause in zip(log.operations.rows(), night.causes, strict=True):
            if self.good is None or self.good != bool(cause):
                yield Happening(
                    row[at],
                    client=log.clients[row[1]],
                    cause=WORDS[cause],
                    operation=row[0],
                    invoked_us=row[2],
                )


@REGISTRY.register("event", "operation", says="A client asks for something.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class Invoked(OfOperation):
    """The moment at which an operation is invoked."""

    at: ClassVar[str] = "invoked_us"


@REGISTRY.register("event", "operation-good", says="A client has its answer in time.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class OperationGood(OfOperation):
    """The end of an operation that is good as the score sees it."""

    good: ClassVar[bool | None] = True


@REGISTRY.register("event", "operation-failed", says="A client's operation fails.", codex=CODEX)
@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFailed(OfOperation):
    """The end of an operation that is not good as the score sees it."""

    cause: CauseWord | None = None
    """The cause by which it fails."""

    good: ClassVar[bool | None] = False
