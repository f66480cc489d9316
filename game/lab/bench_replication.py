"""Stores with copies: against plain SimPy programs of the same protocols; what an operation takes
in events; and what checking a history takes against making it.

The plain programs know neither faults nor timers, and record nothing but latencies.
"""

from __future__ import annotations

from functools import partial

from game.engine.kinds import load_kinds
from game.engine.log import Log
from game.engine.run import simulate
from game.lab import plain_simpy_quorum, plain_simpy_raft
from game.lab.bench_engine import compared
from game.lab.bench_rows import Benchmark, Pair, Target, in_turns, processor_s
from game.lab.scenario import scenario
from game.level.find import find_level
from game.level.model import System
from game.level.read import read_level
from game.score.consistency.linearizable import check_linearizable
from game.score.consistency.models import MODELS
from game.score.consistency.verdict import Verdict
from game.score.histories.recorded import history_of_log

CAMPAIGN_LEVEL = "the-king-is-dead"
REQUEST_AND_ANSWER = 2.0
CORE = 1.0
QUORUM_MESSAGES = (4.0 + 8.0) / 2
"""Two other copies are asked, and answer; before a write, and then for it. Half of all write."""
RAFT_MESSAGES = 8.0 + 1.0
"""Four followers are sent each write, and each read's round of heartbeats, and answer. A round
every 40 ms, at 200 operations a second, is one message more for each."""
ROUNDS = 5


def events_an_operation(row_id: str, level: str, needed: float) -> dict[str, Pair]:
    """Entries that the kernel takes from its queue, and those that the protocol cannot do without:
    the same on any machine."""
    log = simulate(scenario(level), 1)
    return {row_id: Pair(log.totals["events"] / len(log.operations), needed)}


def campaign_system() -> System:
    """A level with a store, as it is first met."""
    return read_level(find_level(CAMPAIGN_LEVEL), load_kinds()).system


def check(log: Log) -> Verdict:
    """Make the history of a run, and say whether it is linearizable."""
    return check_linearizable(history_of_log(log), MODELS["register"])


def checking() -> dict[str, Pair]:
    """Milliseconds to check the history of a run, and to simulate it."""
    systems = {
        "check-campaign": campaign_system(),
        "check-quorum": scenario("bench-quorum"),
        "check-raft": scenario("raft-group"),
    }
    return {row_id: _checked(system) for row_id, system in systems.items()}


def _checked(system: System) -> Pair:
    logs: dict[int, Log] = {}

    def simulated_ms(seed: int) -> float:
        def run() -> None:
            logs[seed] = simulate(system, seed)

        return 1000 * processor_s(run)

    def checked_ms(seed: int) -> float:
        return 1000 * processor_s(partial(check, logs.pop(seed)))

    return in_turns(checked_ms, simulated_ms, ROUNDS)


def counted(row_id: str, title: str, level: str, messages: float) -> Benchmark:
    """The benchmark of what an operation takes."""
    needed = REQUEST_AND_ANSWER + CORE + messages
    target = Target(id=row_id, title=title, unit="events", gate=0.8, less_is_better=True)
    return Benchmark(partial(events_an_operation, row_id, level, needed), (target,))


BENCHMARKS = (
    compared(
        Target(
            id="quorum",
            title="a register on three copies, against plain SimPy without faults and timers",
            unit="operations/s",
            gate=0.55,
        ),
        plain_simpy_quorum.run,
        "bench-quorum",
    ),
    counted(
        "quorum-events",
        "events an operation on three copies, against its messages",
        "bench-quorum",
        QUORUM_MESSAGES,
    ),
    compared(
        Target(
            id="raft",
            title="a Raft group of five, against plain SimPy without faults and timers",
            unit="operations/s",
            gate=0.4,
        ),
        plain_simpy_raft.run,
        "bench-raft",
    ),
    counted(
        "raft-events",
        "events an operation in a Raft group of five, against its messages",
        "bench-raft",
        RAFT_MESSAGES,
    ),
    Benchmark(
        checking,
        tuple(
            Target(
                id=f"check-{name}",
                title=f"checking the history of {what}, against simulating it",
                unit="ms",
                less_is_better=True,
            )
            for name, what in (
                ("campaign", "a campaign level"),
                ("quorum", "a register on three copies"),
                ("raft", "a Raft group that crashes"),
            )
        ),
    ),
)
