"""INV-7: in a closed loop of N people who think for Z, R = N / X - Z (the interactive response time
law: Denning and Buzen, The Operational Analysis of Queueing Network Models, 1978). And R itself is
known: by mean value analysis for one server (Reiser and Lavenberg 1980), which does not care for
the law of the thinking, and by the machine repairman's birth and death for several (Kleinrock 1975,
section 3.8).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from statistics import fmean

from game.engine.log import Log
from game.engine.run import simulate
from game.lab.checks import Check, Row, register
from game.lab.invariants import inside
from game.lab.measure import good_sojourns, measured_span
from game.lab.pictures import Picture, mean_of, series
from game.lab.scenario import UNIT_US, scenario
from game.lab.statistics import Exact, Percent, StandardErrors

THINK_US = 100_000
THINK = THINK_US / UNIT_US


def response(people: int, workers: int = 1) -> float:
    """Mean time from question to answer, in units of the mean demand."""
    weights = [1.0]
    for present in range(1, people + 1):
        asks = (people - present + 1) / THINK
        weights.append(weights[-1] * asks / min(present, workers))
    busy = sum(min(n, workers) * weight for n, weight in enumerate(weights)) / sum(weights)
    return people / busy - THINK


def mean_value_analysis(people: int) -> float:
    """The same for one worker, by the recursion over the number of people."""
    queued = found = 0.0
    for count in range(1, people + 1):
        found = 1 + queued
        queued = count / (found + THINK) * found
    return found


def unaccounted_us(log: Log, people: int, window: tuple[int, int]) -> int:
    """People times the window, minus the time that they waited in it and thought in it. With a
    constant time to think the Log shows both."""
    invoked, ended = log.operations.column("invoked_us"), log.operations.column("ended_us")
    waited_us = inside(zip(invoked, ended, strict=True), window)
    thought_us = inside(((end_us, end_us + THINK_US) for end_us in ended), window)
    return abs(people * (window[1] - window[0]) - waited_us - thought_us)


def observe(
    think: str, people: int, workers: int, size: float, seed: int, work: float
) -> Mapping[str, float]:
    """R in units of the mean demand, and how it agrees with N / X - Z of the same window."""
    choices = (("people", str(people)), ("think", think), ("workers", str(workers)))
    system = scenario("closed-loop", choices, size * work)
    begins_us, ends_us = window = measured_span(system)
    log = simulate(system, seed)
    mean = fmean(good_sojourns(log, system))
    done = sum(begins_us <= ended_us < ends_us for ended_us in log.operations.column("ended_us"))
    law = people * (ends_us - begins_us) / done - THINK_US
    return {
        "response": mean / UNIT_US,
        "law": mean / law,
        "time": unaccounted_us(log, people, window),
    }


def plot(seed_base: int, work: float) -> tuple[Picture, ...]:
    """The response time over the number of people, with the asymptotes' knee in sight."""
    measured = (
        (people, mean_of("response", seed_base, work, play))
        for people in (1, 5, 10, 15, 20, 30)
        for play in (partial(observe, "exponential", people, 1, 0.5),)
    )
    picture = Picture(
        "Closed loop: response over the number of people",
        "people",
        "mean demands",
        (series("mean value analysis", ((n, mean_value_analysis(n)) for n in range(1, 31))),),
        (series("measured", measured),),
    )
    return (picture,)


def add(think: str, people: int, workers: int, size: float) -> None:
    name = f"{people} people, {workers} worker{'s' * (workers > 1)}"
    rows = [
        Row("response", f"{name}: response", response(people, workers), StandardErrors()),
    ]
    if think == "constant":
        rows += [
            Row("law", f"{name}: R over N/X - Z", 1, Percent(1)),
            Row("time", f"{name}: time unaccounted for, in us", 0, Exact()),
        ]
    source = "Denning and Buzen 1978; closed form"
    play = partial(observe, think, people, workers, size)
    register(Check(f"INV-7/{people}-{think}-{workers}", source, play, tuple(rows), plot=plot))


add("constant", 10, 1, 1.4)
add("exponential", 10, 1, 1.4)
add("exponential", 20, 2, 1.3)
