"""Machines that fail and wait for repair crews: the machine-repairman model.

Palm, The Distribution of Repairmen in Servicing Automatic Machines, 1947; Feller, An Introduction
to Probability Theory and Its Applications, volume 1, chapter XVII.7. Up-times are exponential with
mean 90 s, repairs with mean 10 s.
"""

from __future__ import annotations

from functools import partial
from math import exp, factorial
from statistics import fmean

import pytest

from game.engine.log import Change
from tests.engine.nights import SECOND, Night, night
from tests.engine.topics.evidence import agree, replicated

UP, REPAIR = 90.0, 10.0
LENGTH = 40_000


def level(machines: int, crews: str) -> str:
    return f"""
duration = "{LENGTH}s"
event_budget = 10000000

[[node]]
id = "web"
count = {machines}

[[service]]
id = "shop"
on = "web"

[[client]]
id = "people"
call = "shop"
gap = "1000s"

[[fault]]
kind = "crash"
target = "web"
every = {{ law = "exponential", mean = "{UP:g}s" }}
lasts = {{ law = "exponential", mean = "{REPAIR:g}s" }}
{crews}

[[goal]]
id = "up"
measure = "availability"
at_least = 0.1
"""


def failed(machines: int, crews: int) -> list[float]:
    """The share of time with n machines down."""
    weights = [1.0]
    for n in range(machines):
        weights.append(weights[-1] * (machines - n) / UP / (min(n + 1, crews) / REPAIR))
    return [weight / sum(weights) for weight in weights]


def downs(played: Night) -> list[tuple[int, int]]:
    """(begin, end) of every time that a machine was down, if it ended."""
    changes = played.changes(Change.NODE_DOWN) + played.changes(Change.NODE_UP)
    begun: dict[str, int] = {}
    found = []
    for time_us, name, _ in sorted(changes):
        if name in begun:
            found.append((begun.pop(name), time_us))
        else:
            begun[name] = time_us
    return sorted(found)


def down_seconds(played: Night) -> float:
    return fmean((end_us - begin_us) / 1e6 for begin_us, end_us in downs(played))


def share_down_for(seconds: int, played: Night) -> float:
    """The share of the times down that were longer."""
    return fmean(end_us - begin_us > seconds * SECOND for begin_us, end_us in downs(played))


def share_with_down(machines: int, wanted: int, played: Night) -> float:
    """The share of time with that many machines down, as it was."""
    steps = [(begin_us, 1) for begin_us, _ in downs(played)]
    steps += [(end_us, -1) for _, end_us in downs(played)]
    spent = [0] * (machines + 1)
    down = last_us = 0
    for time_us, step in sorted(steps):
        spent[down] += time_us - last_us
        down, last_us = down + step, time_us
    return spent[wanted] / last_us


@pytest.mark.parametrize("crews", [1, 2])
def test_few_crews_have_the_machines_down_as_often_as_the_closed_form_says(crews: int) -> None:
    text = level(10, f"crews = {crews}")
    shares = failed(10, crews)

    for down in (0, 1, 3):
        measured = replicated(text, partial(share_with_down, 10, down))
        agree(measured, shares[down], sharp=0.05)


def test_the_time_down_is_little_s_law_of_the_machines_that_are() -> None:
    shares = failed(10, 1)
    mean_down = sum(n * share for n, share in enumerate(shares))
    rate = (10 - mean_down) / UP

    agree(replicated(level(10, "crews = 1"), down_seconds), mean_down / rate, sharp=0.05)


def test_the_time_down_with_one_crew_is_distributed_as_palm_says() -> None:
    """A machine that fails meets n others down as often as nine machines have n down; then it needs
    n + 1 exponential repairs."""
    met = failed(9, 1)

    def longer(seconds: float) -> float:
        mean = seconds / REPAIR
        return sum(
            share * sum(exp(-mean) * mean**k / factorial(k) for k in range(n + 1))
            for n, share in enumerate(met)
        )

    for seconds in (10, 30, 60):
        measured = replicated(level(10, "crews = 1"), partial(share_down_for, seconds))
        agree(measured, longer(seconds), sharp=0.06)


def test_with_a_crew_for_each_machine_nobody_waits() -> None:
    enough, own = night(level(10, "crews = 10")), night(level(10, ""))

    assert downs(enough) == downs(own)
    assert down_seconds(own) == pytest.approx(REPAIR, rel=0.05)
