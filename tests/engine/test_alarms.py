"""Alarms: when they fire and are over, while everything hangs and at the ends of a run."""

from __future__ import annotations

import pytest

from game.engine.log import Change as Row
from game.engine.log import Log
from tests.engine.nights import level_of
from tests.engine.on_call_levels import SMALL, run_with

SECOND = 1_000_000
SPIKE = SMALL[SMALL.index("[[fault]]") : SMALL.index("[[monitor]]")]
MONITORS = SMALL[SMALL.index("[[monitor]]") : SMALL.index("[[control]]")]


def alarms(monitor: str, *faults: str, changes: tuple[tuple[str, str], ...] = ()) -> list[float]:
    """When the alarm fired, was over, fired ... in a night with these faults alone."""
    text = SMALL.replace(SPIKE, "".join(f"[[fault]]\n{fault}\n" for fault in faults))
    text = text.replace(MONITORS, f'[[monitor]]\nid = "watch"\n{monitor}\n')
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return moments(run_with(level_of(text)))


def moments(log: Log) -> list[float]:
    """Of all alarms."""
    assert log.verdict == ""
    return [
        time_us / SECOND
        for time_us, change, *_ in log.changes.rows()
        if change in (Row.ALARM_FIRED, Row.ALARM_ENDED)
    ]


PATIENT = (
    ('duration = "12s"', 'duration = "30s"'),
    ('deadline = "400ms"', 'deadline = "8s"'),
    ('attempt_timeout = "100ms"', ""),
    ('boot = "1s"', ""),
)
"""Clients that wait for 8 s: while everything hangs, no operation ends."""
REFUSING = 'kind = "crash"\ntarget = "web"\nat = "3s"\nfor = "2s"'
HANGING = 'kind = "pause"\ntarget = "web"\nat = "4s"\nfor = "6s"'
BAD = 'measure = "bad-share"\nclient = "people"\nabove = "20%"\nover = "1s"\n'


def test_an_alarm_is_not_over_while_everything_hangs() -> None:
    fired, over = alarms(f'{BAD}for = "500ms"', REFUSING, HANGING, changes=PATIENT)
    assert 3.5 < fired < 4
    assert over >= 10


def test_a_look_at_nothing_does_not_begin_the_time_anew_for_which_it_must_be_wrong() -> None:
    again = 'kind = "crash"\ntarget = "web"\nat = "10s"\nfor = "1s"'
    fired, _ = alarms(f'{BAD}for = "4s"', REFUSING, HANGING, again, changes=PATIENT)
    assert 10 <= fired < 10.2


BUSY = 'measure = "busy-share"\nservice = "shop"\nabove = "90%"\nfor = "300ms"'


def test_a_service_of_which_all_machines_died_is_fully_busy() -> None:
    crash = 'kind = "crash"\ntarget = "web"\nat = "5s"\nfor = "3s"'
    fired, over = alarms(BUSY, crash)
    assert fired == pytest.approx(5.3, abs=0.11)
    assert over >= 9


def test_of_a_service_of_which_half_the_machines_are_down_half_is_taken_at_least() -> None:
    crash = 'kind = "crash"\ntarget = "web-1"\nat = "5s"\nfor = "3s"'
    quiet = (("rate = 100", "rate = 5"),)
    assert alarms(BUSY, crash, changes=quiet) == []
    half = BUSY.replace('"90%"', '"49%"')
    fired, over = alarms(half, crash, changes=quiet)
    assert (fired, over) == pytest.approx((5.3, 9.0), abs=0.11)


def test_machines_that_were_sent_away_are_not_busy() -> None:
    half = BUSY.replace('"90%"', '"49%"')
    text = SMALL.replace(SPIKE, "").replace("rate = 100", "rate = 5")
    text = text.replace(MONITORS, f'[[monitor]]\nid = "watch"\n{half}\n')
    assert moments(run_with(level_of(text), "start+2s:machines=1", "start+5s:machines=5")) == []


@pytest.mark.parametrize("starts", ["0s", "4s"])
def test_goodput_is_judged_only_while_the_clients_ask_for_a_whole_window(starts: str) -> None:
    goodput = 'measure = "goodput"\nclient = "people"\nbelow = 60\nover = "2s"\nfor = "100ms"'
    late = (("rate = 100", f'rate = 100\nstarts = "{starts}"'),)
    assert alarms(goodput, changes=late) == []
    dead = 'kind = "crash"\ntarget = "web"\nat = "8s"'
    (fired,) = alarms(goodput, dead, changes=late)
    assert 8.5 < fired < 10.5
