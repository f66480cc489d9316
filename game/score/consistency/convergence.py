"""Convergence: once everything has arrived everywhere, all replicas are alike.

Strong eventual consistency: Shapiro, Preguica, Baquero and Zawirski, Conflict-free Replicated Data
Types, SSS 2011, section 2. A `final-read` returns the whole state of the replica `node`, or else of
the one that its process asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import FinalRead, Log
from game.engine.registry import REGISTRY
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly
from game.score.consistency.blame import fault_between, fault_spans
from game.score.consistency.history import History, Operation, Outcome, Value
from game.score.consistency.verdict import Verdict, invalid, show, valid


@REGISTRY.register(
    "checker",
    "convergence",
    says="copies that had heard all of each other did not say the same",
    codex="crdt",
    causes=("stale",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """Points at the last write to a key of which copies say different things, and blames the newest
    fault at work since then; no parameters.

    Only copies are looked at that can all talk to each other when the run is over, and keys that
    were not written in the time that they need to settle; if a fault began or ended in that time,
    there is nothing to say. On links that are slower, or lose more, than `settles_us` of the
    protocol bears, it says that copies differ which have not heard of each other yet."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the services, islands and keys."""
        spans = fault_spans(log)
        for service in services:
            machines = sum(name == service.id for name, _ in log.stations)
            calm_us = log.duration_us - service.replication.settles_us(machines)
            if any(
                began_us >= calm_us or calm_us <= ended_us < log.duration_us
                for began_us, ended_us, _ in spans
            ):
                continue
            for reads in _quiet_reads(log, service.id, calm_us):
                if check_convergence(_history_of(log, reads)).invalid:
                    last = reads[0]
                    blame = fault_between(spans, last.written_us, log.duration_us)
                    yield Anomaly(last.operation, Cause.STALE, blame)


def _quiet_reads(log: Log, service: str, calm_us: int) -> list[list[FinalRead]]:
    """By island and key: what its copies say of a key that was written long enough ago."""
    found: dict[tuple[int, int], list[FinalRead]] = {}
    for read in log.final_reads:
        if log.stations[read.station][0] == service and read.written_us < calm_us:
            found.setdefault((read.island, read.key), []).append(read)
    return list(found.values())


def _history_of(log: Log, reads: list[FinalRead]) -> History:
    return History(
        tuple(
            Operation(
                number=number,
                process=read.station,
                function="final-read",
                key=read.key,
                output=read.value,
                outcome=Outcome.OK,
                invoked=2 * number,
                completed=2 * number + 1,
                node=log.places[log.stations[read.station][1]],
            )
            for number, read in enumerate(reads)
        )
    )


def check_convergence(history: History) -> Verdict:
    """Whether all final reads of a key saw the same; the witness is two that did not."""
    first: dict[Value, Operation] = {}
    for one in history.operations:
        if not one.ok or one.function != "final-read":
            continue
        other = first.setdefault(one.key, one)
        if other.output != one.output:
            return invalid(history, f"{_who(other)} and {_who(one)} differ", (other, one))
    return valid(history)


def _who(read: Operation) -> str:
    return read.node or f"what process {show(read.process)} saw"
