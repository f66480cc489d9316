"""What a user of a store was promised about its own session, held to one operation at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly
from game.score.consistency.blame import fault_between, fault_spans
from game.score.consistency.history import History, Operation, Value
from game.score.consistency.monotonic_reads import reads_going_back
from game.score.consistency.read_your_writes import reads_missing_own_writes
from game.score.consistency.versions import Orders
from game.score.histories.recorded import history_of_log

Found = Iterator[tuple[Operation, Operation]]
"""Operations that broke a promise, each with what its user had done or seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Guarantee:
    """For users of closed loops. What was lost is another checker's; blames what was at work since
    the user knew better."""

    def finds(self, history: History, orders: Orders | None) -> Found:
        """Where the guarantee was broken."""
        raise NotImplementedError

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the users."""
        spans = fault_spans(log)
        users = frozenset(log.users.column("operation"))
        for service in services:
            everybody = history_of_log(log, service.id).operations
            history = History(tuple(one for one in everybody if one.number in users))
            told: set[int] = set()
            for one, before in self.finds(history, orders_of(log, service)):
                if one.number not in told:
                    told.add(one.number)
                    blame = fault_between(spans, before.invoked_us or 0, one.completed_us or 0)
                    yield Anomaly(one.number, Cause.STALE, blame, service.id)


@REGISTRY.register(
    "checker",
    "read-your-writes",
    says="a user did not find what it had written itself",
    codex="session",
    causes=("stale",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadYourWrites(_Guarantee):
    """No parameters."""

    def finds(self, history: History, orders: Orders | None) -> Found:
        """See `reads_missing_own_writes`."""
        return reads_missing_own_writes(history, orders)


@REGISTRY.register(
    "checker",
    "monotonic-reads",
    says="a user found something older than what it had seen already",
    codex="session",
    causes=("stale",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class MonotonicReads(_Guarantee):
    """No parameters."""

    def finds(self, history: History, orders: Orders | None) -> Found:
        """See `reads_going_back`."""
        return reads_going_back(history, orders)


def orders_of(log: Log, service: Service) -> Orders | None:
    """The order of each key's writes as the store has them in the end; None where copies agree on
    no order in which writes come to them, so that real time has to say it."""
    if not getattr(service.replication, "compares", service.replication is None):
        return None
    here = {index for index, (name, _) in enumerate(log.stations) if name == service.id}
    found: dict[Value, list[Value]] = {}
    for operation, _, station, key, _ in log.effects.rows():
        if station in here and operation not in found.setdefault(key, []):
            found[key].append(operation)
    return found
