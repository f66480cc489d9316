"""How fast it is: the engine against a plain SimPy program, and what a user waits for.

Both programs run in turns in one process and the medians are compared, so that a busy moment of the
machine hits both. Start-up is measured from outside, by subprocess.
"""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import game
from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.lab import plain_simpy
from game.lab.scenario import LEVELS, scenario
from game.lab.screen_bench import screen_readings
from game.level.model import System
from game.level.read import read_level

RUNS = 7
FASTER = 1.5
"""The bare engine serves so many times the requests a second of the plain program."""
EVERYTHING = (("hedge", "after the p95"), ("retry", "twice"), ("timeout", "100ms"))
"""The choices of scenario S with which a request is waited for, tried again and hedged."""
HELP_MS = 150.0
READING_MS = 100.0
SMALLEST = 0.01
"""What cannot be told from nothing counts as this much."""


@dataclass(frozen=True, slots=True)
class BenchRow:
    """One reading. `ratio` says how many times as good as the reference it is; `gate` how many it
    must be."""

    id: str
    title: str
    unit: str
    ours: float
    reference: float
    ratio: float
    gate: float
    ok: bool


def bench_rows_json(rows: Iterable[BenchRow]) -> list[dict[str, Any]]:
    """The rows as `bench --json` prints them."""
    return [asdict(row) for row in rows]


def bench(told: Callable[[BenchRow], None] = lambda row: None) -> list[BenchRow]:
    """All rows. `told` hears of each as soon as it is known."""
    rows: list[BenchRow] = []
    for row in measured():
        rows.append(row)
        told(row)
    return rows


def measured() -> Iterator[BenchRow]:
    """Each row as it is measured."""
    for measure in (bare_engine, whole_engine, level_reading, command_help):
        yield measure()
    for reading in screen_readings():
        yield within(reading.id, reading.title, reading.ours, reading.budget, reading.unit)


def bare_engine() -> BenchRow:
    """The engine on scenario S against the plain program, neither with timeouts."""
    title = "scenario S against a plain SimPy program"
    return against_plain("engine", title, (), FASTER)


def whole_engine() -> BenchRow:
    """The engine with everything on against the plain program without."""
    title = "scenario S with timeouts, retries and hedges, against the same program without"
    return against_plain("engine-everything", title, EVERYTHING, 1.0)


def against_plain(
    row_id: str, title: str, choices: tuple[tuple[str, str], ...], gate: float
) -> BenchRow:
    """Requests a second, medians of alternating runs."""
    system = scenario("scenario-s", choices)
    ours: list[float] = []
    plain: list[float] = []
    for seed in range(1, RUNS + 1):
        plain.append(requests_per_second(partial(plain_requests, seed)))
        ours.append(requests_per_second(partial(engine_requests, system, seed)))
    return faster(row_id, title, "requests/s", median(ours), median(plain), gate)


def plain_requests(seed: int) -> int:
    """Run the plain program; the number of requests that it answered."""
    return len(plain_simpy.run(seed))


def engine_requests(system: System, seed: int) -> int:
    """Run the engine; the number of operations that it recorded."""
    return len(simulate(system, seed).operations)


def requests_per_second(run: Callable[[], int]) -> float:
    """How many requests a second a run goes through; `run` returns their number.

    Processor time: both programs compute on one core and wait for nothing, and what else the
    machine does in the meantime is no property of theirs.
    """
    gc.collect()
    began = process_time()
    requests = run()
    return requests / (process_time() - began)


def faster(
    row_id: str, title: str, unit: str, ours: float, reference: float, gate: float
) -> BenchRow:
    ratio = ours / reference
    return BenchRow(row_id, title, unit, ours, reference, ratio, gate, ratio >= gate)


def within(row_id: str, title: str, ours: float, budget: float, unit: str = "ms") -> BenchRow:
    ratio = budget / max(ours, SMALLEST)
    return BenchRow(row_id, title, unit, ours, budget, ratio, 1.0, ratio >= 1)


def milliseconds(task: Callable[[], object]) -> float:
    began = perf_counter()
    task()
    return (perf_counter() - began) * 1000


def level_reading() -> BenchRow:
    """Reading and checking a level file, once the program runs."""
    registry = load_kinds()
    path = LEVELS / "scenario-s.toml"
    ours = median(milliseconds(lambda: read_level(path, registry)) for _ in range(RUNS))
    return within("read-level", "reading and checking a level", ours, READING_MS)


def command_help() -> BenchRow:
    """`ninelives --help` from nothing."""
    root = Path(game.__file__).parent.parent
    command = [sys.executable, "-m", "game", "--help"]

    def ask() -> None:
        subprocess.run(command, cwd=root, check=True, capture_output=True)

    ours = median(milliseconds(ask) for _ in range(RUNS))
    return within("help", "ninelives --help, from outside", ours, HELP_MS)
