"""The Log says everything once, and its digest leaves nothing out."""

from __future__ import annotations

from collections import Counter

import pytest

from game.engine.causes import Cause
from game.engine.log import Log, Table
from game.engine.run import Run
from tests.engine.faults.towns import ONE
from tests.engine.nights import MS, SECOND, system_of

TABLES = ("operations", "attempts", "changes", "effects", "discarded")


def small_log() -> Log:
    log = Log(seed=1, duration_us=10, clients=(), places=(), stations=(), faults=())
    for name in TABLES:
        table: Table = getattr(log, name)
        for _ in range(2):
            table.append((7,) * table.width)
    return log


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_of_a_table_is_in_the_digest(name: str) -> None:
    log = small_log()
    table: Table = getattr(log, name)
    digests = {log.digest()}
    for cell in range(len(table.data)):
        table.data[cell] += 1
        digests.add(log.digest())
        table.data[cell] -= 1

    assert len(digests) == len(table.data) + 1


def test_a_total_is_in_the_digest() -> None:
    log = small_log()
    before = log.digest()
    log.totals["messages"] = 1

    assert log.digest() != before


def test_what_is_under_way_when_a_run_breaks_off_has_one_row() -> None:
    text = ONE.replace('cpu = "2ms"', 'wait = "400ms"')
    run = Run(
        system_of(text.replace('duration = "10s"', 'duration = "10s"\nevent_budget = 900')), 1
    )
    run.advance(10 * SECOND)
    operations, attempts = run.log.operations, run.log.attempts
    unfinished = list(operations.column("cause")).count(Cause.UNFINISHED)

    assert run.log.verdict == "too-expensive"
    assert 400 * MS // (10 * MS) <= unfinished <= 42
    for table in (operations, attempts):
        assert sorted(table.column("operation")) == list(range(len(operations)))
    assert Counter(attempts.column("cause"))[Cause.UNFINISHED] == unfinished
