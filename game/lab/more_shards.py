"""Which shards move when a machine is added. Numbered modulo n machines, all but one in n + 1; on a
ring one in n + 1 on average, and all of them to the new machine (Karger and others 1997)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean

from game.engine.log import Change
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Exact, StandardErrors
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.histories.recorded import history_of_log

SHARDS = 60
"""A multiple of 5 times 6: so numbering gives every machine the same."""
BEFORE = 5
RINGS = 4
"""In a replication."""


def observe(by: str, seed: int, work: float) -> Mapping[str, float]:
    """Shards that move, and where to; writes that are lost, and histories that are wrong."""
    moved, elsewhere, broken = [], 0, 0
    for ring in range(max(1, round(RINGS * work))):
        log = simulate(scenario("shards", (("by", by),)), 1000 * seed + ring)
        assert not log.verdict, log.error or log.verdict
        homes = {
            shard: log.places[log.stations[station][1]]
            for _, change, station, shard in log.changes.rows()
            if change == Change.SHARD_MOVED
        }
        moved.append(len(homes) / SHARDS)
        elsewhere += sum(home != f"machine-{BEFORE + 1}" for home in homes.values())
        names = ("operation", "cause", "write")
        rows = zip(*(log.operations.column(name) for name in names), strict=True)
        acknowledged = {operation for operation, cause, write in rows if write and not cause}
        broken += len(acknowledged.difference(log.effects.column("operation")))
        broken += not check_linearizable(history_of_log(log), MODELS["register"]).valid
    return {"share": fmean(moved), "elsewhere": elsewhere, "broken": broken}


BROKEN = Row("broken", "writes lost, and histories not linearizable, while they move", 0, Exact())
register(
    Check(
        "SHARDS/hash",
        "closed form",
        partial(observe, "hash"),
        (
            Row(
                "share",
                "6th machine, shards modulo machines: share that moves",
                BEFORE / (BEFORE + 1),
                Exact(),
            ),
            BROKEN,
        ),
        replications=3,
    )
)
register(
    Check(
        "SHARDS/ring",
        "Karger 1997",
        partial(observe, "consistent-hash"),
        (
            Row(
                "share",
                "6th machine, shards on a ring: share that moves",
                1 / (BEFORE + 1),
                StandardErrors(sized=True),
            ),
            Row("elsewhere", "shards that move, but not to it", 0, Exact()),
            BROKEN,
        ),
        in_fast=False,
    )
)
