"""INV-1: the time average of the number in a system is throughput times mean sojourn (Little
1961).

The left side is integrated over the traced counts of the stations, and overall over those counts
and the messages under way; the right side is the sum of the sojourns that the Log tells. Both are
cut off at the same edges, so that they agree to the microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from game.engine.log import Log, MessageKind
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.measure import measured_span
from game.lab.scenario import scenario
from game.lab.statistics import Exact

Span = tuple[int, int]


def inside(spans: Iterable[Span], window: Span) -> int:
    """The total length of what of the spans lies in the window."""
    begins_us, ends_us = window
    return sum(
        max(0, min(until_us, ends_us) - max(from_us, begins_us)) for from_us, until_us in spans
    )


def counted(log: Log, station: int, window: Span) -> int:
    """The integral of a station's traced count over the window, in request microseconds."""
    begins_us, ends_us = window
    area = present = 0
    since_us = begins_us
    for time_us, at_station, queued, serving in log.load.rows():
        if at_station != station:
            continue
        until_us = min(max(time_us, begins_us), ends_us)
        area += present * (until_us - since_us)
        since_us, present = until_us, queued + serving
    return area + present * (ends_us - since_us)


def stayed(log: Log, station: int, window: Span) -> int:
    """The sojourns of a station's requests inside the window, added up."""
    arrived, served = log.attempts.column("arrived_us"), log.attempts.column("served_us")
    at_station = log.attempts.column("station")
    spans = zip(arrived, served, at_station, strict=True)
    return inside(((a, b) for a, b, place in spans if place == station), window)


def under_way(log: Log, client: int, window: Span) -> int:
    """The time that requests and answers spent between clients and servers."""
    carried = {MessageKind.REQUEST, MessageKind.ANSWER, MessageKind.REFUSAL}
    return inside(
        (
            (sent_us, arrives_us)
            for sent_us, arrives_us, places, _, what in log.messages.rows()
            if client in divmod(places, 65536) and what >> 16 in carried
        ),
        window,
    )


def observe(seed: int, work: float) -> Mapping[str, float]:
    """Differences between both sides, in request microseconds."""
    system = scenario("two-tiers", work=0.25 * work)
    window = measured_span(system)
    log = simulate(system, seed, trace=True)
    assert not log.verdict, log.error or log.verdict
    stations = range(len(log.stations))
    client = log.places.index(log.clients[0])
    front = [n for n in stations if log.stations[n][0] == "shop"]
    operations = log.operations.column("invoked_us"), log.operations.column("ended_us")
    overall = inside(zip(*operations, strict=True), window)
    return {
        "stations": sum(
            abs(counted(log, station, window) - stayed(log, station, window))
            for station in stations
        ),
        "overall": abs(
            sum(counted(log, station, window) for station in front)
            + under_way(log, client, window)
            - overall
        ),
    }


register(
    Check(
        "INV-1",
        "Little 1961",
        observe,
        (
            Row("stations", "Little's law at each station: difference in request us", 0, Exact()),
            Row("overall", "Little's law overall: difference in request us", 0, Exact()),
        ),
    )
)
