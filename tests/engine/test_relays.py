"""A relay hands requests on, and the word that nobody waits any more."""

from __future__ import annotations

from tests.engine.nights import night

RELAYED = """
duration = "4s"

[[node]]
id = "gate"

[[node]]
id = "mill"

[[link]]
from = "*"
to = "*"
latency = "100ms"

[[policy]]
id = "own"
attempt_timeout = "1s"
cancel = true

[[service]]
id = "door"
on = "gate"
steps = [{ forward = "mill" }]

[[service]]
id = "mill"
on = "mill"
workers = 1
steps = [{ wait = "3s" }]

[[client]]
id = "early"
call = "door"
policy = "own"
gap = "500ms"
starts = "0s"
deadline = "1s"

[[client]]
id = "late"
call = "mill"
gap = "1500ms"
deadline = "2s"
"""


def test_the_word_that_nobody_waits_goes_the_way_of_the_request() -> None:
    # Sent at 0.5 s, at the mill at 0.7 s, called off at 1.5 s: there at 1.7 s, over the gate. Other
    # requests of the early client wait in front of the late one, and are called off in turn.
    waiting = night(RELAYED).attempts()
    first = next(row for row in waiting if row.started_us == 700_000)

    assert first.sent_us == 500_000
    assert min(row.started_us for row in waiting if row.started_us > 700_000) == 1_700_000


def test_a_relay_that_is_cut_off_passes_no_word_on() -> None:
    cut = """
[[fault]]
kind = "partition"
target = "gate"
from = "mill"
at = "1300ms"
"""
    started = [row.started_us for row in night(RELAYED + cut).attempts() if row.started_us >= 0]

    assert sorted(started)[:1] == [700_000]
    assert all(moment >= 3_700_000 for moment in sorted(started)[1:])
