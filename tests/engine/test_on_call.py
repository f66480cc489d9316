"""Runs on call: alarms from what really happened, changes in the run, and nothing else moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.engine.log import Change as Row
from game.engine.log import Log
from game.engine.on_call import NotNow
from game.engine.run import Run, simulate
from game.level.model import Level
from game.level.plan import default_plan, make_plan, system_with
from game.score.scorecard import score_run
from tests.engine.nights import KINDS, level_of
from tests.engine.on_call_levels import (
    CHOICES,
    FAULTS,
    SMALL,
    changes_of,
    control_of,
    everything,
    run_with,
    small,
)

SECOND = 1_000_000
EVERYTHING = everything(FAULTS[:2])


def rows(log: Log, *kinds: Row) -> list[tuple[float, str, int, int]]:
    """(seconds, row, place, value) of changes of these kinds."""
    return [
        (time_us / SECOND, Row(kind).name, place, value)
        for time_us, kind, place, value in log.changes.rows()
        if not kinds or kind in kinds
    ]


def what_happened(log: Log) -> list[bytes]:
    """All operations and attempts."""
    return [log.operations.little_endian(), log.attempts.little_endian()]


# Monitors


def test_an_alarm_fires_once_it_was_wrong_all_the_time_for_so_long() -> None:
    found = rows(run_with(small()), Row.ALARM_FIRED, Row.ALARM_ENDED)
    assert [(name, place) for _, name, place, _ in found] == [
        ("ALARM_FIRED", 1),
        ("ALARM_FIRED", 0),
        ("ALARM_ENDED", 1),
        ("ALARM_ENDED", 0),
    ]
    assert all(at > 3 and round(at * 10) == pytest.approx(at * 10) for at, *_ in found)


def test_monitors_change_nothing_of_what_happens() -> None:
    text = SMALL[: SMALL.index("[[control]]")] + SMALL[SMALL.index("[[goal]]") :]
    unwatched = text[: text.index("[[monitor]]")] + text[text.index("[[goal]]") :]
    plain = level_of(unwatched.replace('kind = "on-call"', ""))
    control = (
        '[[control]]\nid = "speed"\nfamily = "capacity"\nlabel = "x"\nsets = "node.web.speed"\n'
        'choices = [1, 2]\ndefault = 1\nwhen = "during"\n'
    )
    watched = level_of(text + control)
    for seed in (1, 2):
        log = run_with(watched, seed=seed)
        assert rows(log, Row.ALARM_FIRED)
        assert what_happened(log) == what_happened(simulate(plain.system, seed))


@pytest.mark.parametrize(
    ("monitor", "fires"),
    [
        ('measure = "goodput"\nclient = "people"\nbelow = 50', True),
        ('measure = "goodput"\nclient = "people"\nbelow = 0', False),
        ('measure = "p50"\nclient = "people"\nabove = "50ms"', True),
        ('measure = "p99"\nclient = "people"\nabove = "399ms"', True),
        ('measure = "busy-share"\nservice = "shop"\nabove = "90%"', True),
        ('measure = "busy-share"\nservice = "shop"\nabove = "100%"', False),
        ('measure = "queue"\nservice = "shop"\nabove = 40', False),
    ],
)
def test_each_measure_of_a_monitor_is_of_what_there_is(monitor: str, fires: bool) -> None:
    before, after = SMALL.split('[[monitor]]\nid = "crowd"')
    text = f'{before}[[monitor]]\nid = "crowd"\n{monitor}\n{after[after.index("[[control]]") :]}'
    log = run_with(level_of(text))
    assert bool([row for row in rows(log, Row.ALARM_FIRED) if row[2] == 1]) is fires


# Changes


def test_a_change_acts_so_long_after_the_first_firing_of_its_alarm() -> None:
    log = run_with(
        small(), "crowd+1500001us:breaker=on", "errors:machines=5", "start+2s:machines=1"
    )
    fired = {place: at for at, _, place, _ in reversed(rows(log, Row.ALARM_FIRED))}
    found = {log.orders[place]: at for at, _, place, _ in rows(log, Row.PLAN_CHANGED)}
    assert found == {
        ("breaker", "on"): fired[1] + 1.500001,
        ("machines", "5"): fired[0],
        ("machines", "1"): 2.0,
    }


def test_a_change_whose_alarm_never_fires_never_acts() -> None:
    log = run_with(small(), "errors+1s:breaker=on", "crowd:machines=1", before={"machines": "5"})
    assert rows(log, Row.PLAN_CHANGED, Row.ALARM_FIRED) == []
    assert what_happened(log) == what_happened(run_with(small(), before={"machines": "5"}))


@pytest.mark.parametrize("control", [one for one in CHOICES if "count" not in one])
def test_a_change_at_the_begin_is_as_if_it_had_been_set_before(control: str) -> None:
    for choice in range(1, CHOICES[control]):
        acting = run_with(EVERYTHING, f"start:{control}={choice}")
        before = run_with(EVERYTHING, before={control: str(choice)})
        assert acting.verdict == before.verdict == ""
        assert what_happened(acting) == what_happened(before), choice


def test_a_change_that_does_not_go_with_the_rest_is_refused_and_told() -> None:
    text = SMALL.replace(
        'steps = [{ cpu = "10ms" }]', 'steps = [{ cpu = "10ms" }]\nshed = { queue = 1 }'
    )
    pair = "".join(
        f'[[control]]\nid = "{key}"\nfamily = "resilience"\nlabel = "x"\n'
        f'sets = "service.shop.shed.{key}"\nchoices = [{{ label = "off" }}, {{ label = "on", value '
        f'= {value} }}]\ndefault = "on"\nwhen = "both"\n'
        for key, value in (("queue", "1"), ("wait", '"5ms"'))
    )
    log = run_with(
        level_of(text + pair), "start+1s:queue=off", "start+2s:wait=off", "start+3s:queue=on"
    )
    found = [
        (at, log.orders[place], choice) for at, _, place, choice in rows(log, Row.PLAN_CHANGED)
    ]
    assert found == [
        (1.0, ("queue", "off"), 0),
        (2.0, ("wait", "off"), -1),
        (3.0, ("queue", "on"), 1),
    ]
    assert log.verdict == ""


def test_a_breaker_that_stays_keeps_its_memory_and_one_that_goes_lets_everybody_through() -> None:
    text = SMALL.replace(
        '{ label = "on", value = { minimum = 10 } }]',
        '{ label = "on", value = { minimum = 10, open_for = "20s" } }, '
        '{ label = "short", value = { minimum = 10, open_for = "100ms" } }]',
    )
    level = level_of(text)
    opened = run_with(level, before={"breaker": "on"})
    assert [row[1] for row in rows(opened, Row.BREAKER_OPENED, Row.BREAKER_CLOSED)] == [
        "BREAKER_OPENED"
    ]
    shorter = run_with(level, "start+10s:breaker=short", before={"breaker": "on"})
    (_, _, _, _), (closed, name, _, _) = rows(shorter, Row.BREAKER_OPENED, Row.BREAKER_CLOSED)[:2]
    assert (name, 10 < closed < 10.1) == ("BREAKER_CLOSED", True)
    gone = run_with(level, "start+10s:breaker=off", before={"breaker": "on"})
    assert rows(gone, Row.BREAKER_CLOSED) == [(10.0, "BREAKER_CLOSED", 2 + 3, -1)]


def test_a_change_of_what_another_administrator_has_pushed_wins() -> None:
    push = '[[fault]]\nkind = "config-push"\nat = "1s"\ntarget = "web"\nservice = "shop"\n'
    push += 'from = "web-1"\nworkers = 1\n'
    control = (
        '[[control]]\nid = "workers"\nfamily = "capacity"\nlabel = "x"\n'
        'sets = "service.shop.workers"\nchoices = [4, 6]\ndefault = 4\nwhen = "during"\n'
    )
    run = Run(system_with(of := level_of(SMALL + push + control), default_plan(of), KINDS), 1)
    stations = run.world.stations_of["shop"]
    run.advance(2 * SECOND)
    assert stations[1].workers == 1
    run.order("workers", "4")
    run.advance(3 * SECOND)
    assert {one.workers for one in stations} == {4}


def test_the_same_changes_in_another_order_are_the_same_run() -> None:
    level = small()
    texts = (
        "start+6s:machines=5",
        "start+6s:breaker=on",
        "crowd+1s:machines=1",
        "crowd+1s:breaker=off",
        "start+2s:machines=1",
    )
    digests = set()
    for order in (texts, texts[::-1], (*texts[2:], *texts[:2])):
        changes = changes_of(*order)
        plan = make_plan(level, {}, "", changes)
        digests.add(simulate(system_with(level, plan, KINDS), 1).digest())
        as_written = replace(plan, changes=changes)
        digests.add(simulate(system_with(level, as_written, KINDS), 1).digest())
    assert len(digests) == 1


def test_of_two_changes_of_one_control_at_one_moment_that_of_the_newer_alarm_holds() -> None:
    level = small()
    fired = {place: at for at, _, place, _ in rows(run_with(level), Row.ALARM_FIRED)[:2]}
    apart_us = round((fired[0] - fired[1]) * SECOND)
    assert apart_us > 0
    for newer in (f"errors+{SECOND}us:breaker=on", f"crowd+{SECOND + apart_us}us:breaker=on"):
        older = "crowd" if newer.startswith("errors") else "errors"
        delay_us = SECOND + apart_us if older == "crowd" else SECOND
        log = run_with(level, newer, f"{older}+{delay_us}us:breaker=off")
        (first, *_), (second, *_) = rows(log, Row.PLAN_CHANGED)
        assert first == second
        acted = [log.orders[place] for _, _, place, _ in rows(log, Row.PLAN_CHANGED)]
        assert acted[-1] == ("breaker", "on" if newer.startswith("errors") else "off")


# Machines that come and go


def test_a_machine_that_is_ordered_boots_is_asked_and_costs_from_the_order_on() -> None:
    level = small()
    log = run_with(level, "start+2s:machines=5", "start+6s:machines=2")
    found = [row for row in rows(log) if row[2] == 4 and row[1].startswith(("MACHINE", "RENT"))]
    assert found[:4] == [
        (0.0, "MACHINE_GONE", 4, 0),
        (2.0, "MACHINE_ORDERED", 4, 0),
        (2.0, "RENT", 4, SECOND),
        (3.0, "MACHINE_READY", 4, 0),
    ]
    assert [name for _, name, _, _ in found[4:]] == ["MACHINE_LEAVES", "MACHINE_GONE", "RENT"]
    gone = found[5][0]
    asked = [
        row[4] / SECOND
        for row in log.attempts.rows()
        if row[3] >= 0 and log.stations[row[3]][1] == 4
    ]
    assert min(asked) >= 3
    assert max(asked) < 6
    plan = make_plan(level, {}, "", changes_of("start+2s:machines=5", "start+6s:machines=2"))
    score = score_run(level, system_with(level, plan, KINDS), log)
    expected = 2 + 3 * (gone - 2) / 12
    assert score.measures["cost_per_hour"] == pytest.approx(expected, abs=1e-3)


def test_a_machine_that_is_taken_away_finishes_its_work_first() -> None:
    log = run_with(small(), "start+4s:machines=1")
    died = [row for row in log.operations.rows() if row[4] in (1, 14)]
    (leaves,) = (row for row in rows(log, Row.MACHINE_LEAVES))
    (gone,) = (row for row in rows(log, Row.MACHINE_GONE) if row[2] == 1)
    assert leaves[0] == 4.0
    assert gone[0] > 4.0
    assert died == []


def test_an_order_that_is_taken_back_while_the_machine_boots_costs_no_more() -> None:
    log = run_with(small(), "start+2s:machines=5", "start+2500ms:machines=2")
    found = [row for row in rows(log) if row[2] == 4 and row[0] > 0]
    assert [(at, name) for at, name, _, _ in found if name != "NODE_SPEED"] == [
        (2.0, "MACHINE_ORDERED"),
        (2.0, "RENT"),
        (2.5, "MACHINE_GONE"),
        (2.5, "RENT"),
    ]


# Live


def live(level: Level, acts: list[tuple[int, str, str]], seed: int = 1) -> Run:
    """A run in which somebody acts at these moments."""
    run = Run(system_with(level, default_plan(level), KINDS), seed)
    for at_us, control, label in acts:
        run.advance(at_us)
        run.order(control, label)
    run.advance(level.system.duration)
    return run


def test_what_is_done_in_a_live_run_is_a_plan_that_does_the_same_again() -> None:
    level = small()
    run = live(
        level,
        [
            (0, "machines", "1"),
            (4 * SECOND, "machines", "5"),
            (4 * SECOND, "breaker", "on"),
            (4_050_000, "breaker", "off"),
            (9 * SECOND, "machines", "2"),
        ],
    )
    assert run.plan is not None
    assert len(run.plan.changes) == 5
    assert {one.alarm for one in run.plan.changes} - {"start"}
    again = simulate(system_with(level, run.plan, KINDS), 1, trace=True)
    assert again.digest() == run.log.digest()


def test_an_order_at_the_same_moment_is_replaced() -> None:
    run = live(small(), [(SECOND, "machines", "1"), (SECOND, "machines", "5")])
    assert run.plan is not None
    assert run.plan.changes == changes_of("start+1000001us:machines=5")


def test_what_cannot_be_done_now_is_refused_in_a_sentence() -> None:
    level = small()
    run = Run(system_with(level, default_plan(level), KINDS), 1)
    with pytest.raises(NotNow, match='"breaker" has no choice'):
        run.order("breaker", "perhaps")
    for n in range(32):
        run.advance(n * 1000)
        run.order("machines", "5")
    run.advance(50_000)
    with pytest.raises(NotNow, match="at most 32"):
        run.order("machines", "5")
    run.advance(level.system.duration)
    with pytest.raises(NotNow):
        run.order("machines", "5")
    with pytest.raises(NotNow, match="before the run"):
        Run(replace(level.system, on_call=None), 1).order("machines", "5")


# Whatever is done


@st.composite
def acts(draw: Any) -> list[tuple[int, str, str]]:
    """Up to 20 things that somebody does, in order of time."""
    times = sorted(draw(st.lists(st.integers(0, 2_900_000), min_size=1, max_size=20)))
    controls = st.sampled_from(sorted(CHOICES))
    found = []
    for at_us in times:
        control = draw(controls)
        found.append((at_us, control, str(draw(st.integers(0, CHOICES[control] - 1)))))
    return found


@settings(max_examples=20, deadline=None)
@given(
    acts(),
    st.sampled_from([FAULTS[:3], FAULTS[3:6], FAULTS[6:]]),
    st.integers(1, 1000),
)
def test_whatever_is_done_the_books_close_and_the_plan_does_the_same_again(
    done: list[tuple[int, str, str]], faults: tuple[str, ...], seed: int
) -> None:
    level = everything(faults)
    run = live(level, done, seed)
    assert run.log.verdict == "", run.log.error
    assert run.plan is not None
    system = system_with(level, run.plan, KINDS)
    again = simulate(system, seed)
    assert again.digest() == run.log.digest()
    score = score_run(level, system, again)
    assert sum(score.causes.values()) == score.operations - score.good


def test_the_level_in_which_everything_may_be_set_is_whole() -> None:
    assert control_of("node.web.count") in CHOICES
    assert len(EVERYTHING.controls) == len(CHOICES)
