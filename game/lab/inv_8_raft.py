"""INV-8 of Raft: at most one leader a term, no acknowledged write is lost or applied twice, and no
read is stale (Ongaro and Ousterhout, ATC 2014, figure 3; reads by read-index)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial

from game.engine.causes import Cause
from game.engine.log import Change, Log, Role
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Exact
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.histories.recorded import history_of_log

ROWS = (
    ("rivals", "terms with two leaders"),
    ("lost", "acknowledged writes lost"),
    ("twice", "writes applied twice"),
    ("stale", "histories that are not linearizable"),
)


def leaders(log: Log) -> list[int]:
    """The term of each copy that was elected."""
    terms: dict[int, int] = {}
    found = []
    for _, change, station, value in log.changes.rows():
        if change == Change.TERM:
            terms[station] = value
        elif change == Change.ROLE and value == Role.LEADER:
            found.append(terms[station])
    return found


def observe(without: tuple[str, ...], seed: int, work: float) -> Mapping[str, float]:
    """How often each promise was broken; there is a leader, and most is answered well."""
    log = simulate(scenario("raft-group", (), work), seed, without=without)
    assert not log.verdict, log.error or log.verdict
    names = ("operation", "cause", "write")
    rows = list(zip(*(log.operations.column(name) for name in names), strict=True))
    good = [(operation, write) for operation, cause, write in rows if cause == Cause.NONE]
    assert len(good) > len(rows) / 2, "hardly anything was answered"
    effects = Counter(log.effects.column("operation"))
    elected = leaders(log)
    assert elected, "nobody was elected"
    verdict = check_linearizable(history_of_log(log), MODELS["register"])
    return {
        "rivals": len(elected) - len(set(elected)),
        "lost": sum(write and operation not in effects for operation, write in good),
        "twice": sum(number - 1 for number in effects.values()),
        "stale": not verdict.valid,
    }


for name, words, left_out in (("calm", "no faults", ("crashes",)), ("crashes", "crashes", ())):
    register(
        Check(
            f"INV-8/raft-{name}",
            "Ongaro 2014",
            partial(observe, left_out),
            tuple(Row(row, f"Raft, {words}: {title}", 0, Exact()) for row, title in ROWS),
            replications=10,
        )
    )
