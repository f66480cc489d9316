"""The tally: the integers that one run, or several runs together, come down to.

Every measure is one division of these, so the same run gives the same measure on every machine.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from game.engine.causes import Cause
from game.engine.log import Log
from game.level.model import System
from game.score.consistency.anomalies import Anomaly
from game.score.cost import (
    micros_per_hour,
    node_micros_per_hour,
    rent_micro_us,
    shock_micro_us,
    transfer_micro_bytes,
)
from game.score.named import Named, pool_named
from game.score.of_kind import OfKind, pool_of_kind


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of valid operations, and of work, bytes and money over the whole run."""

    operations: int
    """Valid operations: those invoked in the window."""
    latencies_us: array[int] = field(repr=False)
    """Of the good ones, ascending."""
    causes: tuple[tuple[str, int], ...]
    """Cause to count of those that were not good, most frequent first."""
    blame: tuple[tuple[str, str, int], ...]
    """(cause, id of the fault that is to blame or "", count), most frequent first."""
    deadline_us: int
    """The shortest deadline of the client groups: what was not good took at least longer."""
    window_us: int
    """Length of the window."""
    run_us: int
    service_us: int
    """Time that attempts were in service."""
    wasted_us: int
    """The part of it that nobody waited for."""
    messages: int
    node_micros: int
    """The nodes' price an hour, in millionths."""
    transfer: int
    """Bytes that left a zone or a region, each times its price for a GiB in millionths."""
    parts: int
    """Moving parts of the plan."""
    anomalies: tuple[tuple[str, int], ...] = ()
    """Kind to count, of what the consistency checkers found in the whole run."""
    named: tuple[Named, ...] = ()
    """The level's own measures, in its order."""
    shocks: int = 0
    """What cost shocks, and machines that came and went by order, added to an hour's price in
    millionths, times how long they lasted."""
    of_kind: tuple[OfKind, ...] = ()
    """Measures that only the level's kind has."""

    @property
    def good(self) -> int:
        """Operations that were acknowledged, in their deadline, and right."""
        return len(self.latencies_us)

    @property
    def cost_micros(self) -> int:
        """The cost of an hour in millionths."""
        return micros_per_hour(self.node_micros, self.transfer, self.run_us, self.shocks)


class Outcome(NamedTuple):
    """One valid operation, as the score sees it. A tuple, since there are thousands in a run."""

    invoked_us: int
    ended_us: int
    cause: Cause
    """`NONE` is good."""
    blame: int


def outcomes(
    system: System, log: Log, window: tuple[int, int], anomalies: Sequence[Anomaly] = ()
) -> Iterator[Outcome]:
    """The valid operations of a run, in order of their ends.

    An answer after the client's deadline is not good, whatever the engine recorded; nor is one that
    an anomaly shows to be wrong.
    """
    wrong = {anomaly.operation: anomaly for anomaly in reversed(anomalies)}
    deadlines = {client.id: client.deadline for client in system.clients}
    deadline_us = [deadlines[name] for name in log.clients]
    causes = tuple(Cause)
    first, last = window
    for number, client, invoked_us, ended_us, code, blame, *_ in log.operations.rows():
        if first <= invoked_us <= last:
            cause = causes[code]
            if cause is Cause.NONE and ended_us - invoked_us > deadline_us[client]:
                cause = Cause.LATE_ANSWER
            if cause is Cause.NONE and number in wrong:
                cause, blame = wrong[number].cause, wrong[number].blame
            yield Outcome(invoked_us, ended_us, cause, blame)


def tally_run(
    system: System,
    log: Log,
    window: tuple[int, int],
    valid: Sequence[Outcome],
    parts: int,
    anomalies: Sequence[Anomaly] = (),
    named: Sequence[Named] = (),
    of_kind: Sequence[OfKind] = (),
) -> Tally:
    """What one run comes down to; `valid` are its `outcomes`, `anomalies` those of all of it, and
    `named` the level's own measures, and `of_kind` those that only its kind has."""
    latencies = sorted(one.ended_us - one.invoked_us for one in valid if one.cause is Cause.NONE)
    blame: Counter[tuple[str, str]] = Counter()
    for one in valid:
        if one.cause is not Cause.NONE:
            blame[one.cause.word, log.faults[one.blame] if one.blame >= 0 else ""] += 1
    service_us, wasted_us = _service(log)
    return Tally(
        operations=len(valid),
        latencies_us=array("q", latencies),
        causes=_causes(blame),
        blame=_table(blame),
        deadline_us=min((client.deadline for client in system.clients), default=0),
        window_us=window[1] - window[0],
        run_us=log.duration_us,
        service_us=service_us,
        wasted_us=wasted_us,
        messages=log.totals.get("messages", 0),
        node_micros=node_micros_per_hour(system),
        transfer=transfer_micro_bytes(system, log),
        parts=parts,
        anomalies=tuple(sorted(Counter(one.cause.word for one in anomalies).items())),
        named=tuple(named),
        shocks=shock_micro_us(system, log) + rent_micro_us(system, log),
        of_kind=tuple(of_kind),
    )


def pool_tallies(tallies: Sequence[Tally]) -> Tally:
    """All operations of several runs of one plan together."""
    one = tallies[0]
    assert all(
        (each.node_micros, each.parts, each.deadline_us)
        == (one.node_micros, one.parts, one.deadline_us)
        for each in tallies
    ), "only runs of one plan can be pooled"
    blame: Counter[tuple[str, str]] = Counter()
    anomalies: Counter[str] = Counter()
    for each in tallies:
        for cause, fault, count in each.blame:
            blame[cause, fault] += count
        for kind, count in each.anomalies:
            anomalies[kind] += count
    return Tally(
        operations=sum(each.operations for each in tallies),
        latencies_us=array("q", sorted(us for each in tallies for us in each.latencies_us)),
        causes=_causes(blame),
        blame=_table(blame),
        deadline_us=one.deadline_us,
        window_us=sum(each.window_us for each in tallies),
        run_us=sum(each.run_us for each in tallies),
        service_us=sum(each.service_us for each in tallies),
        wasted_us=sum(each.wasted_us for each in tallies),
        messages=sum(each.messages for each in tallies),
        node_micros=one.node_micros,
        transfer=sum(each.transfer for each in tallies),
        parts=one.parts,
        anomalies=tuple(sorted(anomalies.items())),
        named=tuple(map(pool_named, zip(*(each.named for each in tallies), strict=True))),
        shocks=sum(each.shocks for each in tallies),
        of_kind=pool_of_kind([each.of_kind for each in tallies]),
    )


def _service(log: Log) -> tuple[int, int]:
    """Time in service of all attempts whose work was completed, and the wasted part of it."""
    started, served = log.attempts.column("started_us"), log.attempts.column("served_us")
    service_us = wasted_us = 0
    for start, end, wasted in zip(started, served, log.attempts.column("wasted"), strict=True):
        if start >= 0 and end >= 0:
            service_us += end - start
            wasted_us += (end - start) * wasted
    return service_us, wasted_us


def _table(blame: Counter[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    ordered = sorted(blame.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple((cause, fault, count) for (cause, fault), count in ordered)


def _causes(blame: Counter[tuple[str, str]]) -> tuple[tuple[str, int], ...]:
    causes: Counter[str] = Counter()
    for (cause, _), count in blame.items():
        causes[cause] += count
    return tuple(sorted(causes.items(), key=lambda entry: (-entry[1], entry[0])))
