"""A failure is blamed on the fault that did it, not on one that merely was there."""

from __future__ import annotations

import pytest

from tests.engine.nights import SECOND, night

ONE_SERVER = """
duration = "12s"

[[node]]
id = "web"

[[node]]
id = "idle"

[[service]]
id = "shop"
on = "web"
workers = 1
queue = 5
steps = [{ cpu = { law = "exponential", mean = "10ms" } }]

[[client]]
id = "users"
call = "shop"
rate = RATE
deadline = "500ms"
"""
CUT = """
[[fault]]
id = "guilty"
kind = "partition"
target = "web"
at = "4s"
"""
CRASH = """
[[fault]]
id = "guilty"
kind = "crash"
what = "host"
target = "web"
at = "4s"
"""
DELAY = """
[[fault]]
id = "breeze"
kind = "delay"
by = "1us"
target = "web"
at = "5s"
"""
EARLY_DELAY = DELAY.replace('"5s"', '"1s"')
SLOW = """
[[fault]]
id = "breeze"
kind = "slow"
factor = 2
target = "web"
at = "5s"
"""
IDLE_SLOW = SLOW.replace('target = "web"', 'target = "idle"').replace('"5s"', '"1s"')


def blamed(faults: str, rate: int = 20) -> set[str]:
    """What the failures from 6 s on are blamed on."""
    log = night(ONE_SERVER.replace("RATE", str(rate)) + faults).log
    return {
        log.faults[row[5]] if row[5] >= 0 else "nothing"
        for row in log.operations.rows()
        if row[4] and row[2] > 6 * SECOND
    }


@pytest.mark.parametrize(
    "faults",
    [CUT + DELAY, EARLY_DELAY + CUT, CRASH + SLOW, EARLY_DELAY + CRASH, CRASH + DELAY],
    ids=["cut, then breeze", "breeze, then cut", "crash, then slow", "breeze, then crash", "both"],
)
def test_of_two_faults_the_one_that_stops_everything_is_blamed(faults: str) -> None:
    assert blamed(faults) == {"guilty"}


def test_a_fault_on_a_machine_that_nobody_asks_is_not_blamed_for_a_full_queue() -> None:
    assert blamed(IDLE_SLOW, rate=120) == {"nothing"}


def test_a_spike_is_blamed_for_the_queue_that_it_fills() -> None:
    spike = """
[[fault]]
id = "spike"
kind = "load-spike"
times = 6
at = "5s"
"""
    assert blamed(spike, rate=20) == {"spike"}


def test_the_fault_that_sends_everybody_elsewhere_is_blamed_for_the_crowd_there() -> None:
    log = night("""
duration = "12s"

[[node]]
id = "web"
count = 2

[[policy]]
id = "watch"
health = { interval = "200ms", timeout = "100ms", fall = 1, rise = 1 }

[[service]]
id = "shop"
on = "web"
workers = 1
queue = 5
steps = [{ cpu = "10ms" }]

[[client]]
id = "users"
call = "shop"
policy = "watch"
rate = 120
deadline = "500ms"

[[fault]]
kind = "crash"
target = "web-1"
at = "4s"
""").log
    later = {(row[4], row[5]) for row in log.operations.rows() if row[4] and row[2] > 6 * SECOND}
    assert {blame for _, blame in later} == {0}
