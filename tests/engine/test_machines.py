"""Machines that come and go by order, and what is done to all machines meanwhile."""

from __future__ import annotations

import pytest

from game.engine.log import Change as Row
from game.engine.log import Log
from game.engine.run import Run
from game.level.model import Level
from game.level.plan import make_plan, system_with
from game.score.scorecard import score_run
from tests.engine.nights import KINDS, level_of
from tests.engine.on_call_levels import SMALL, changes_of, run_with

SECOND = 1_000_000
WORKERS = """
[[control]]
id = "workers"
family = "capacity"
label = "Workers"
sets = "service.shop.workers"
choices = [4, 6]
default = 4
when = "during"
"""
PUSH = 'kind = "config-push"\nat = "1s"\ntarget = "web"\nservice = "shop"\nfrom = "web-1"\n'
PUSH += "workers = 1\n"
BEHIND = """
[[node]]
id = "deep"

[[service]]
id = "depot"
on = "deep"
workers = 9
steps = [{ wait = "1ms" }]
"""
TO_ALL = (
    f'{PUSH}stages = ["50%", "100%"]\nbake = "3s"\nfor = "8s"',
    'kind = "config-push"\nat = "2s"\nfor = "6s"\npolicy = "inner"\nfrom = "deep"\n'
    'attempt_timeout = "50ms"',
    'kind = "drain"\ntarget = "deep"\nat = "4s"\nfor = "50ms"',
    'kind = "drain"\ntarget = "web"\nat = "4500ms"\nfor = "100ms"',
    'kind = "rolling-deploy"\ntarget = "web"\nat = "5s"\ndrain = "100ms"\ndown = "300ms"',
    'kind = "version-mix"\ntarget = "web"\nat = "1s"\nbatch = 1\npause = "2s"\nspeed = 0.5\n'
    'compatible = "both"',
)


def night(*faults: str, choices: str = "[1, 2, 5]") -> Level:
    """The small level with more done to its machines, which may be so many."""
    text = SMALL.replace("choices = [1, 2, 5]", f"choices = {choices}")
    return level_of(text + WORKERS + "".join(f"\n[[fault]]\n{fault}\n" for fault in faults))


def two_tiers(fault: str, choices: str) -> Level:
    """The same, with a service behind it that each machine asks."""
    head, tail = SMALL.split("\n[[node]]\n", 1)
    text = f"{head}\n{BEHIND}\n[[node]]\n{tail}".replace(
        'steps = [{ cpu = "10ms" }]',
        'steps = [{ cpu = "5ms" }, { call = "depot", policy = "inner" }]',
    ).replace("choices = [1, 2, 5]", f"choices = {choices}")
    health = '\n[[policy]]\nid = "inner"\nhealth = { interval = "300ms" }\n'
    return level_of(f"{text}{health}\n[[fault]]\n{fault}\n")


def rows(log: Log, kind: Row) -> list[tuple[float, int]]:
    """(seconds, place) of changes of a kind."""
    return [(at / SECOND, place) for at, one, place, _ in log.changes.rows() if one == kind]


@pytest.mark.parametrize("fault", TO_ALL)
def test_machines_that_were_never_ordered_change_nothing_that_is_measured(fault: str) -> None:
    may, may_not = (run_with(two_tiers(fault, of)) for of in ("[1, 2, 9]", "[1, 2]"))
    assert may.verdict == may_not.verdict == ""
    assert may.operations.little_endian() == may_not.operations.little_endian()
    names = ("messages", "bytes", "probes", "busy_us")
    assert [may.totals[name] for name in names] == [may_not.totals[name] for name in names]


def workers_of(level: Level, until_s: float, *changes: str) -> list[int]:
    """How many workers each machine has at that moment."""
    plan = make_plan(level, {}, "", changes_of(*changes))
    run = Run(system_with(level, plan, KINDS), 1)
    run.advance(int(until_s * SECOND))
    return [station.workers for station in run.world.stations_of["shop"]]


def test_a_machine_that_comes_is_told_what_was_pushed_and_holds() -> None:
    order = "start+2s:machines=5"
    assert workers_of(night(PUSH), 3.0, order) == [1, 1, 4, 4, 4]
    assert workers_of(night(PUSH), 3.1, order) == [1, 1, 1, 1, 1]
    log = run_with(night(PUSH), order)
    taken = {place: at for at, place in rows(log, Row.CONFIG_TAKEN)}
    ready = {place: at for at, place in rows(log, Row.MACHINE_READY)}
    assert ready == {2: 3.0, 3: 3.0, 4: 3.0}
    assert all(at < taken[place] < at + 0.1 for place, at in ready.items())


def test_a_machine_that_comes_is_not_told_what_holds_no_more() -> None:
    order = "start+2s:machines=5"
    assert workers_of(night(f'{PUSH}for = "1500ms"'), 3.5, order) == [4] * 5
    assert workers_of(night(PUSH), 3.5, order, "start+2500ms:workers=6") == [6] * 5
    staged = f'{PUSH}stages = ["50%", "100%"]\nbake = "4s"'
    assert workers_of(night(staged), 4.5, order) == [1, 4, 4, 4, 4]
    assert workers_of(night(staged), 5.5, order) == [1] * 5


def test_a_machine_that_left_and_comes_again_is_told_that_a_push_was_taken_back() -> None:
    level = night(f'{PUSH}for = "4s"')
    acts = ("start+2s:machines=1", "start+6s:machines=2")
    assert workers_of(level, 6.5, *acts)[:2] == [4, 1]
    assert workers_of(level, 7.5, *acts)[:2] == [4, 4]


def test_a_machine_that_comes_during_a_drain_of_its_group_is_in_rotation() -> None:
    log = run_with(
        night('kind = "drain"\ntarget = "web"\nat = "1s"\nfor = "10s"'), "start+2s:machines=5"
    )
    asked = {row[3] for row in log.attempts.rows() if row[3] >= 0 and 4 < row[4] / SECOND < 11}
    assert asked == {2, 3, 4}


def test_a_cost_shock_is_paid_for_machines_as_long_as_they_are_there() -> None:
    shock = 'kind = "cost-shock"\ntarget = "web"\nat = "4s"\nfor = "4s"\ntimes = 3'
    level = night(shock)
    changes = changes_of("start+2s:machines=5", "start+6s:machines=2")
    plan = make_plan(level, {}, "", changes)
    log = run_with(level, "start+2s:machines=5", "start+6s:machines=2")
    gone = [at for at, place in rows(log, Row.MACHINE_GONE) if at]
    assert len(gone) == 3
    assert all(6 <= at < 8 for at in gone)
    own = 2 * 12 + sum(at - 2 for at in gone)
    shocked = 2 * (2 * 4 + sum(at - 4 for at in gone))
    score = score_run(level, system_with(level, plan, KINDS), log)
    assert score.measures["cost_per_hour"] == pytest.approx((own + shocked) / 12, abs=1e-3)
