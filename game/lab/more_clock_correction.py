"""Setting clocks over the network: where one way takes longer than the other, every clock is set
wrong by half of the difference, and nobody can see it (Mills and others, RFC 5905, section 8)."""

from __future__ import annotations

from collections.abc import Mapping

from game.engine.log import Change
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.scenario import scenario
from game.lab.statistics import Percent

THERE_MS, BACK_MS = 45, 5
UNSEEN_PERCENT = 0.05
"""More than what clocks that drift 80 millionths gain in the time of a question."""


def observe(seed: int, work: float) -> Mapping[str, float]:
    """By how much the clock that is most ahead, and the one least, is off just after it is set."""
    log = simulate(scenario("clocks"), seed)
    assert not log.verdict, log.error or log.verdict
    errors = [
        error_us / 1000
        for time_us, change, _, error_us in log.changes.rows()
        if change == Change.CLOCK_SET and time_us
    ]
    return {"most": max(errors), "least": min(errors)}


def row(identity: str) -> Row:
    title = f"a clock set over ways of {THERE_MS} and {BACK_MS} ms: {identity} ms ahead"
    return Row(identity, title, (THERE_MS - BACK_MS) / 2, Percent(UNSEEN_PERCENT))


register(Check("CLOCKS/asymmetry", "RFC 5905", observe, (row("most"), row("least"))))
