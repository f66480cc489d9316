"""P12: verdicts on histories whose verdict is known: those of a Raft group that crashes are
linearizable; the same with one stale read, or without a write that was read, are not; nor are all
of those of copies that answer without asking anybody.

Wing and Gong, Testing and Verifying Concurrent Objects, JPDC 1993; Lowe, Testing for
Linearizability, CCPE 2017. Each history goes through a file, as Jepsen's do.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Exact
from game.score.consistency.history import History, Operation, history_of
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.histories.read import history_in
from game.score.histories.recorded import history_of_log
from game.score.histories.write import write_history

REGISTER = MODELS["register"]
FILES = ("history.edn", "history.jsonl")


def observe(seed: int, work: float) -> Mapping[str, float]:
    """Of the four, how many got the wrong verdict."""
    log = simulate(scenario("raft-group", (), work), seed)
    assert not log.verdict, log.error or log.verdict
    history = history_of_log(log)
    luck = Random(seed)
    hasty = simulate(scenario("raft-group", (("reads", "any copy"),), work), seed)
    return {
        "good": not all(judged(history, name) for name in FILES),
        "stale": judged(with_a_stale_read(history, luck)),
        "unwritten": judged(without_a_write(history, luck)),
        "hasty": judged(history_of_log(hasty)),
    }


def judged(history: History, name: str = FILES[0]) -> bool:
    """Whether it is linearizable, once it was written to a file and read again."""
    file = io.StringIO()
    write_history(history, Path(name), file)
    found, model = history_in(file.getvalue(), name, REGISTER)
    verdict = check_linearizable(found, model)
    assert verdict.valid or verdict.invalid, verdict.reason
    return verdict.valid


def seen(history: History) -> list[Operation]:
    """Reads that saw something that somebody wrote."""
    return [
        one
        for one in history.operations
        if one.ok and one.function == "read" and one.output is not None
    ]


def with_a_stale_read(history: History, luck: Random) -> History:
    """One read returns what there was at first, long after another one saw more."""
    reads = seen(history)
    first = {one.key: one for one in reversed(reads)}
    later = [one for one in reads if first[one.key].before(one)]
    chosen = luck.choice(later)
    return history_of(
        replace(one, output=None) if one is chosen else one for one in history.operations
    )


def without_a_write(history: History, luck: Random) -> History:
    """A write that was read is left out, so that nobody wrote what is there."""
    missing = luck.choice(seen(history))
    return history_of(
        one
        for one in history.operations
        if not (one.function == "write" and one.input == missing.output)
    )


register(
    Check(
        "P12/verdicts",
        "Lowe 2017",
        observe,
        (
            Row("good", "histories of a Raft group that are called broken", 0, Exact()),
            Row("stale", "with one stale read: called good", 0, Exact()),
            Row("unwritten", "without a write that was read: called good", 0, Exact()),
            Row("hasty", "reads from any copy: called good", 0, Exact()),
        ),
        replications=10,
        in_fast=False,
    )
)
