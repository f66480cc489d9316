"""How faults come and go: by law, and more than one at once."""

from __future__ import annotations

from itertools import pairwise

import pytest

from game.engine.log import Change
from tests.engine.nights import night

TWICE = """
duration = "2000s"

[[zone]]
id = "east"

[[node]]
id = "web"
boot = "%s"

[[service]]
id = "shop"
on = "web"
steps = [{ wait = "0ms" }]

[[client]]
id = "people"
call = "shop"
rate = 1
deadline = "100ms"

[[fault]]
kind = "%s"
target = %s
every = { law = "exponential", mean = "900ms" }
lasts = { law = "exponential", mean = "100ms" }
"""

GONE = (Change.NODE_DOWN, Change.NODE_PAUSED)
BACK = (Change.NODE_UP, Change.NODE_RESUMED)


def up_share(text: str) -> float:
    """The share of time in which the only machine was up and running."""
    log = night(text).log
    turns = [
        (time_us, change in BACK)
        for time_us, change, *_ in log.changes.rows()
        if change in GONE + BACK
    ]
    marks = [(0, True), *turns, (log.duration_us, False)]
    return sum(end - begin for (begin, up), (end, _) in pairwise(marks) if up) / log.duration_us


@pytest.mark.parametrize("kind", ["crash", "pause"])
def test_a_machine_that_one_fault_strikes_by_two_names_is_back_when_both_are_over(
    kind: str,
) -> None:
    text = TWICE % ("0ms", kind, '["east", "web"]')

    assert up_share(text) == pytest.approx(0.81, abs=0.02)


def test_the_time_between_failures_is_time_that_the_machine_is_up() -> None:
    text = TWICE % ("900ms", "crash", '"web"')

    assert up_share(text) == pytest.approx(900 / 1900, abs=0.02)
