"""INV-1: the time average of the number in a system is throughput times mean sojourn (Little
1961).

The left side is integrated over the traced counts of the stations, and overall over those counts
and the messages under way; the right side is the sum of the sojourns that the Log tells. Both are
cut off at the same edges, so that they agree to the microsecond.
"""

from __future__ import annotations

from collections.abc import Mapping

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.invariants import counted, inside, stayed, under_way
from game.lab.measure import measured_span
from game.lab.scenario import scenario
from game.lab.statistics import Exact


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
