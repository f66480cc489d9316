"""INV-9: logical clocks order the messages of a run as they can have depended on each other.

Each machine and each client is a process, and each message that was sent or arrived is an event.
What happened before what is found by following messages, with no clock at all: the past of an event
is that of the one before it in its process, and of the sending that it is the arrival of. Lamport's
and hybrid stamps must grow with it (Lamport 1978; Kulkarni and others 2014); vectors must be
smaller exactly where it holds (Fidge 1988, Mattern 1989).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from game.engine.clocks.hybrid import HybridClock, Stamp
from game.engine.clocks.logical import LamportClock, VectorClock, precedes
from game.engine.log import Fate, Log
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Exact

NO_MESSAGE = -1
SKEW_US = 30_000
"""How much the clock of each process is ahead of that of the one before it; messages take less."""


@dataclass(frozen=True, slots=True)
class Event:
    """A message is sent (`sending` is `NO_MESSAGE`) or arrives."""

    time_us: int
    process: int
    sending: int
    """The event in which the message that arrives was sent."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """What three kinds of clock say of each event, and what it can have known of, as bits."""

    lamport: list[int]
    vectors: list[dict[int, int]]
    hybrid: list[Stamp]
    past: list[int]


def events_of(log: Log) -> list[Event]:
    """All events of a traced run, in order of time; what arrives comes before what is sent then."""
    found = []
    for number, (sent_us, arrives_us, places, _, what) in enumerate(log.messages.rows()):
        found.append((sent_us, 1, number, places >> 16))
        if what & 0xFF == Fate.ARRIVED and arrives_us <= log.duration_us:
            assert arrives_us > sent_us, "a message took no time"
            found.append((arrives_us, 0, number, places & 0xFFFF))
    events: list[Event] = []
    sendings: dict[int, int] = {}
    for time_us, sends, number, process in sorted(found):
        if sends:
            sendings[number] = len(events)
        events.append(Event(time_us, process, NO_MESSAGE if sends else sendings[number]))
    return events


def stamped(events: list[Event]) -> Stamps:
    """The events stamped by clocks, which see nothing but messages."""
    processes = {event.process for event in events}
    lamport = {process: LamportClock() for process in processes}
    vector = {process: VectorClock(process) for process in processes}
    hybrid = {process: HybridClock() for process in processes}
    last = dict.fromkeys(processes, 0)
    stamps = Stamps([], [], [], [])
    for number, (process, sending, local_us) in enumerate(
        (event.process, event.sending, event.time_us + SKEW_US * event.process) for event in events
    ):
        past = last[process]
        if sending == NO_MESSAGE:
            stamps.lamport.append(lamport[process].tick())
            stamps.vectors.append(vector[process].tick())
            stamps.hybrid.append(hybrid[process].tick(local_us))
        else:
            past |= stamps.past[sending] | 1 << sending
            stamps.lamport.append(lamport[process].receive(stamps.lamport[sending]))
            stamps.vectors.append(vector[process].receive(stamps.vectors[sending]))
            stamps.hybrid.append(hybrid[process].receive(stamps.hybrid[sending], local_us))
        stamps.past.append(past)
        last[process] = past | 1 << number
    return stamps


def observe(seed: int, work: float) -> Mapping[str, float]:
    """Pairs of events that the clocks order otherwise than the messages do; all must be 0."""
    log = simulate(scenario("clocks"), seed, trace=True)
    assert not log.verdict, log.error or log.verdict
    stamps = stamped(events_of(log))
    wrong = {"lamport": 0, "hybrid": 0, "vector": 0}
    ordered = 0
    for later, past in enumerate(stamps.past):
        for earlier in range(len(stamps.past)):
            before = bool(past >> earlier & 1)
            ordered += before
            vectors = precedes(stamps.vectors[earlier], stamps.vectors[later])
            wrong["vector"] += vectors is not before
            if before:
                wrong["lamport"] += stamps.lamport[earlier] >= stamps.lamport[later]
                wrong["hybrid"] += stamps.hybrid[earlier] >= stamps.hybrid[later]
    assert ordered, "nothing happened before anything"
    return wrong


register(
    Check(
        "INV-9",
        "Lamport 1978",
        observe,
        (
            Row("lamport", "Lamport: pairs a before b without L(a) < L(b)", 0, Exact()),
            Row("vector", "vectors: pairs where V(a) < V(b) is not a before b", 0, Exact()),
            Row("hybrid", "hybrid: pairs a before b without H(a) < H(b)", 0, Exact()),
        ),
        replications=3,
    )
)
