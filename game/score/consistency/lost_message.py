"""Lost messages: what was put into a queue, was handed out, and never reached anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from game.engine.causes import Cause
from game.engine.log import Log
from game.engine.registry import REGISTRY
from game.engine.workload.application import REFUSED
from game.level.model import Service
from game.score.consistency.anomalies import Anomaly, acknowledged_writes
from game.score.consistency.blame import fault_between, fault_spans
from game.score.histories.recorded import taken


@REGISTRY.register(
    "checker",
    "lost-message",
    says="a message was taken out of its queue, and nobody had it",
    codex="queue",
    causes=("lost-write",),
)
@dataclass(frozen=True, slots=True, kw_only=True)
class LostMessage:
    """For queues that forget a message as they hand it out: at most once is what that is called.
    Points at the operation that put it in, and blames the newest fault at work from then on to the
    last time that it was handed out. No parameters."""

    def find(self, log: Log, services: tuple[Service, ...]) -> Iterator[Anomaly]:
        """In order of the messages."""
        heard = acknowledged_writes(log, [service.id for service in services])
        begun = dict(
            zip(
                log.operations.column("operation"), log.operations.column("invoked_us"), strict=True
            )
        )
        spans = fault_spans(log)
        for service in services:
            if service.store.settled != "at-once":
                continue
            handed: dict[int, int] = {}
            arrived: set[int] = set()
            commands = log.commands.get(service.id, {})
            answers = [row for row in log.outputs if log.stations[row[2]][0] == service.id]
            for operation, time_us, _, output in answers:
                command = commands.get(operation)
                if command is None or command.function != "take" or output == REFUSED:
                    continue
                assert isinstance(output, int)
                handed[output] = time_us
            good = {
                operation
                for operation, cause in zip(
                    *(log.operations.column(name) for name in ("operation", "cause")), strict=True
                )
                if cause == Cause.NONE
            }
            sure: set[int] = set()
            for operation, value in taken(log, answers):
                if operation in good:
                    sure.add(operation)
                    if isinstance(value, int):
                        arrived.add(value)
            # Of whom nobody can say what it was answered, it may be any of these.
            arrived.update(
                output
                for operation, _, _, output in answers
                if operation in good - sure and isinstance(output, int)
            )
            for message in sorted(handed.keys() - arrived):
                if message in heard:
                    blame = fault_between(spans, begun[message], handed[message])
                    yield Anomaly(message, Cause.LOST_WRITE, blame, service.id)
