"""What somebody waits for: grading, more processes, reading, frames, start-up, the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import game
from game.engine.frame import frame
from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.lab.bench_rows import (
    ROUNDS,
    Benchmark,
    NotMeasured,
    Pair,
    Target,
    in_turns,
    per_second,
    processor_s,
    wall_ms,
)
from game.lab.runner import workers
from game.lab.screen_bench import SCREEN
from game.level.find import find_level
from game.level.model import Level
from game.level.plan import make_plan
from game.level.read import read_level, read_level_bytes
from game.score.batch import play, play_seed

CAMPAIGN_LEVEL = "try-again"
GRADED_RUNS = 4
SIDE_BY_SIDE_RUNS = 12
SIDE_BY_SIDE_ROUNDS = 5
LARGE_LEVEL_BYTES = 20 * 1024
READING_MS = 100.0
HELP_MS = 150.0
CHECK_MS = 250.0
FRAME_MS = 8.0
"""What the screen gives the simulation at a time; a frame takes no longer."""
FRAMES = 200


def campaign_level() -> Level:
    return read_level(find_level(CAMPAIGN_LEVEL), load_kinds())


def grading() -> dict[str, Pair]:
    """Runs a second simulated and scored, against simulated only."""
    level = campaign_level()

    def runs_with(run: Callable[[int], object], first: int) -> int:
        for seed in range(first, first + GRADED_RUNS):
            run(seed)
        return GRADED_RUNS

    graded = partial(runs_with, lambda seed: play_seed(level, level.system, seed, (), 0))
    simulated = partial(runs_with, lambda seed: simulate(level.system, seed))
    pair = in_turns(
        lambda number: per_second(partial(graded, number)),
        lambda number: per_second(partial(simulated, number)),
    )
    return {"grading": pair}


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side() -> dict[str, Pair]:
    """Runs a second with two processes and with one, by the clock on the wall."""
    if processors() < 2:
        raise NotMeasured("only one processor")
    registry = load_kinds()
    level = campaign_level()
    plan = make_plan(level, {})
    with workers(2) as pool:

        def runs_per_second(two: bool) -> float:
            seeds = range(1, SIDE_BY_SIDE_RUNS + 1)
            executor = pool if two else None
            took_ms = wall_ms(lambda: play(level, plan, seeds, registry, executor=executor))
            return 1000 * SIDE_BY_SIDE_RUNS / took_ms

        runs_per_second(True)
        pair = in_turns(
            lambda _: runs_per_second(True), lambda _: runs_per_second(False), SIDE_BY_SIDE_ROUNDS
        )
    return {"jobs-2": pair}


def parts_of_a_large_level() -> Iterator[str]:
    """Tables of a level without end: a chain of services, each with all that belongs to it."""
    yield """format = 1
title = "Large"
chapter = "Lab"
duration = "60s"

[[client]]
id = "users"
call = "service-1"
rate = 10

[[goal]]
id = "answered"
measure = "availability"
at_least = "99%"
"""
    number = 1
    while True:
        yield f"""
[[node]]
id = "node-{number}"
count = 2

[[policy]]
id = "policy-{number}"
balancer = "least-outstanding"
attempt_timeout = "100ms"
retry = {{ attempts = 2 }}

[[link]]
from = "node-{number}"
to = "*"
latency = {{ law = "exponential", mean = "2ms" }}

[[service]]
id = "service-{number}"
on = "node-{number}"
steps = [{{ cpu = "2ms" }}, {{ wait = {{ law = "exponential", mean = "5ms" }} }}]

[[control]]
id = "timeout-{number}"
family = "timeouts"
label = "How long to wait for the next"
sets = "policy.policy-{number}.attempt_timeout"
default = "short"
choices = [{{ label = "short", value = "100ms" }}, {{ label = "long", value = "1s" }}]
"""
        number += 1


def large_level() -> bytes:
    """A level file of the size that is named here, or just over."""
    text = ""
    for part in parts_of_a_large_level():
        text += part
        if len(text) >= LARGE_LEVEL_BYTES:
            return text.encode()
    raise AssertionError("the parts have no end")


def level_reading() -> dict[str, Pair]:
    """Reading and checking a level file, once the program runs."""
    registry = load_kinds()
    content = large_level()

    def read() -> None:
        level, _ = read_level_bytes(content, "large.toml", registry)
        assert level is not None, "the large level has errors"

    times_ms = [1000 * processor_s(read) for _ in range(ROUNDS)]
    return {"read-level": Pair(median(times_ms), READING_MS)}


def frames() -> dict[str, Pair]:
    """Frames of a traced night, one after another as the screen asks for them."""
    level = campaign_level()
    log = simulate(level.system, 1, trace=True)
    step_us = log.ended_us // FRAMES
    times_ms = [1000 * processor_s(partial(frame, log, n * step_us)) for n in range(FRAMES)]
    return {"frame": Pair(median(times_ms), FRAME_MS)}


def command_help() -> dict[str, Pair]:
    """`ninelives --help` from nothing."""
    root = Path(game.__file__).parent.parent
    command = [sys.executable, "-m", "game", "--help"]

    def ask() -> None:
        subprocess.run(command, cwd=root, check=True, capture_output=True)

    return {"help": Pair(median(wall_ms(ask) for _ in range(ROUNDS)), HELP_MS)}


def level_check() -> dict[str, Pair]:
    """`ninelives level check` of a large level from nothing."""
    root = Path(game.__file__).parent.parent
    with TemporaryDirectory() as folder:
        file = Path(folder) / "large.toml"
        file.write_bytes(large_level())
        command = [sys.executable, "-m", "game", "level", "check", str(file)]

        def ask() -> None:
            subprocess.run(command, cwd=root, check=True, capture_output=True)

        return {"check": Pair(median(wall_ms(ask) for _ in range(ROUNDS)), CHECK_MS)}


BENCHMARKS = (
    Benchmark(
        grading,
        (
            Target(
                id="grading",
                title="a campaign level simulated and scored, against simulated only",
                unit="runs/s",
                gate=0.5,
            ),
        ),
    ),
    Benchmark(
        side_by_side,
        (
            Target(
                id="jobs-2",
                title="a campaign level in two processes, against one",
                unit="runs/s",
                gate=1.5,
            ),
        ),
    ),
    Benchmark(
        level_reading,
        (
            Target(
                id="read-level",
                title="reading and checking a level of 20 KiB",
                unit="ms",
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        frames,
        (
            Target(
                id="frame",
                title="a frame of a campaign level's night",
                unit="ms",
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        command_help,
        (
            Target(
                id="help",
                title="ninelives --help, from outside",
                unit="ms",
                less_is_better=True,
            ),
        ),
    ),
    Benchmark(
        level_check,
        (
            Target(
                id="check",
                title="ninelives level check of 20 KiB, from outside",
                unit="ms",
                less_is_better=True,
            ),
        ),
    ),
    *SCREEN,
)
