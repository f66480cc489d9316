"""The table of benchmarks: its rows, what is skipped, what is asked for. No test looks at speed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import pytest

from game.engine.kinds import load_kinds
from game.engine.run import simulate
from game.lab import bench as benchmarks
from game.lab import bench_growth, bench_kernel, bench_replication, bench_waiting
from game.lab.bench import UnknownBenchmark, bench, bench_ids, bench_rows_json, find_ids
from game.lab.bench_rows import (
    Benchmark,
    BenchRow,
    NotMeasured,
    Pair,
    Target,
    in_turns,
    per_second,
    row_of,
)
from game.lab.scenario import LEVELS, level_of
from game.level.read import read_level_bytes
from game.score.consistency.verdict import Answer

KEYS = {"id", "title", "unit", "ours", "reference", "ratio", "gate", "ok", "skipped"}
QUICK = Target(id="quick", title="quick enough", unit="runs/s", gate=2.0)
SMALL = Target(id="small", title="small enough", unit="bytes", less_is_better=True)
ABSENT = Target(id="absent", title="against what is not here", unit="runs/s", gate=10.0)


def quick_and_small() -> Mapping[str, Pair]:
    return {"quick": Pair(30.0, 10.0), "small": Pair(250.0, 200.0)}


def not_here() -> Mapping[str, Pair]:
    raise NotMeasured("not installed")


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows instead of the real ones."""
    toys = (Benchmark(quick_and_small, (QUICK, SMALL)), Benchmark(not_here, (ABSENT,)))
    monkeypatch.setattr(benchmarks, "BENCHMARKS", toys)


@pytest.mark.usefixtures("toys")
def test_every_row_has_all_keys_measured_or_not() -> None:
    rows = json.loads(json.dumps(bench_rows_json(bench())))
    assert [row["id"] for row in rows] == ["quick", "small", "absent"]
    assert all(set(row) == KEYS for row in rows)


@pytest.mark.usefixtures("toys")
def test_a_ratio_above_one_is_better_whether_more_or_less_is() -> None:
    quick, small, _ = bench()
    assert (quick.ratio, quick.ok) == (3.0, True)
    assert (small.ratio, small.ok) == (0.8, False)


@pytest.mark.usefixtures("toys")
def test_what_is_not_installed_is_skipped_and_no_failure() -> None:
    row = bench(["absent"])[0]
    assert (row.skipped, row.ok) == ("not installed", True)
    assert row.ours is row.reference is row.ratio is None


@pytest.mark.usefixtures("toys")
def test_rows_are_told_as_they_are_known() -> None:
    told: list[BenchRow] = []
    assert bench(told=told.append) == told
    assert len(told) == 3


@pytest.mark.usefixtures("toys")
def test_one_row_of_those_that_are_measured_together_may_be_asked_for() -> None:
    assert [row.id for row in bench(["SMALL"])] == ["small"]


@pytest.mark.usefixtures("toys")
def test_an_unknown_row_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UnknownBenchmark, match='no row "quik"; did you mean "quick"'):
        find_ids(["quik"])


def test_a_row_that_just_reaches_its_gate_is_good() -> None:
    assert row_of(QUICK, Pair(20.0, 10.0)).ok
    assert not row_of(QUICK, Pair(19.9, 10.0)).ok


def test_programs_are_measured_in_turns_and_their_medians_compared() -> None:
    order: list[str] = []

    def ours(number: int) -> float:
        order.append(f"ours {number}")
        return (5.0, 1.0, 2.0)[number - 1]

    def reference(number: int) -> float:
        order.append(f"reference {number}")
        return 4.0

    assert in_turns(ours, reference, 3) == Pair(2.0, 4.0)
    assert order == [f"{who} {n}" for n in (1, 2, 3) for who in ("reference", "ours")]


def test_a_rate_is_the_number_over_the_processor_time() -> None:
    assert 0 < per_second(lambda: sum(range(100_000)) and 10) < 1e9


def test_ids_are_known_and_each_is_there_once() -> None:
    ids = bench_ids()
    assert len(set(ids)) == len(ids)
    assert find_ids(()) == set(ids)
    assert {"engine", "engine-everything", "asyncflow", "happysim", "log-bytes", "jobs-2"} <= set(
        ids
    )


@pytest.mark.parametrize("rival", ["asyncflow", "happysim"])
def test_a_simulator_that_is_missing_leaves_its_row_out(
    monkeypatch: pytest.MonkeyPatch, rival: str
) -> None:
    monkeypatch.setitem(sys.modules, f"game.lab.{rival}_scenario", None)
    row = bench([rival])[0]
    assert (row.skipped, row.ok) == ("not installed", True)


def test_where_the_system_does_not_tell_its_memory_the_rows_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_growth, "STATUS", LEVELS / "there-is-no-such-file")
    rows = bench(["memory-bytes", "memory-1m"])
    assert [row.skipped for row in rows] == ["needs Linux's /proc"] * 2


def test_one_processor_cannot_show_what_two_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_waiting, "processors", lambda: 1)
    assert bench(["jobs-2"])[0].skipped == "only one processor"


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ("kernel-loop", (bench_kernel, {"EVENTS": 500})),
        ("kernel-simpy", (bench_kernel, {"EVENTS": 500})),
        ("log-bytes", (bench_growth, {"FEW": 100, "MORE": 200, "MANY": 900, "ROUNDS": 3})),
        ("memory-1m", (bench_growth, {"FEW": 1_000, "MORE": 6_000, "MANY": 20_000})),
        ("quorum-events", (bench_replication, {})),
        ("raft-events", (bench_replication, {})),
        ("check-campaign", (bench_replication, {"ROUNDS": 1})),
        ("grading", (bench_waiting, {"GRADED_RUNS": 1, "ROUNDS": 1})),
        ("read-level", (bench_waiting, {"ROUNDS": 1})),
        ("frame", (bench_waiting, {"FRAMES": 3})),
        ("help", (bench_waiting, {"ROUNDS": 1})),
    ],
)
def test_a_row_can_be_measured(
    monkeypatch: pytest.MonkeyPatch, row: str, names: tuple[object, dict[str, int]]
) -> None:
    module, smaller = names
    for name, value in smaller.items():
        monkeypatch.setattr(module, name, value)
    found = bench([row])[0]
    assert found.skipped is None or sys.platform != "linux"
    assert found.ours is None or found.ours > 0


def test_the_kernel_and_what_it_is_compared_with_run_through_as_many_entries() -> None:
    with pytest.MonkeyPatch.context() as smaller:
        smaller.setattr(bench_kernel, "EVENTS", 5_000)
        assert bench_kernel.kernel_events() == pytest.approx(5_000, rel=0.03)
        assert bench_kernel.simpy_events() == pytest.approx(5_000, rel=0.03)
        assert bench_kernel.loop_events() == 5_000


def test_the_bytes_of_a_log_are_those_of_its_tables() -> None:
    log = simulate(bench_growth.scenario_of(200), 1)
    integers = 9 * len(log.operations) + 12 * len(log.attempts) + 4 * len(log.changes)
    assert bench_growth.log_bytes(log) == 8 * integers


def test_both_programs_that_are_asked_for_memory_hold_as_many_operations() -> None:
    _, ours = bench_growth.engine_in_flight()
    _, plain = bench_growth.plain_in_flight()
    assert ours == pytest.approx(plain, rel=0.03)


def test_the_large_level_is_one_and_of_the_size_that_is_promised() -> None:
    content = bench_waiting.large_level()
    assert 20 * 1024 <= len(content) < 21 * 1024
    level, _ = read_level_bytes(content, "large.toml", load_kinds())
    assert level is not None
    assert len(level.system.services) > 20


def test_scenario_s_is_as_long_as_its_operations_need() -> None:
    log = simulate(bench_growth.scenario_of(1_000), 1)
    assert not log.verdict
    assert len(log.operations) == pytest.approx(1_000, rel=0.1)
    assert level_of("scenario-s").system.clients[0].rate == 40


def test_an_operation_on_copies_takes_little_more_events_than_messages() -> None:
    rows = bench(["quorum-events", "raft-events"])
    assert all(row.ok for row in rows)
    assert bench(["quorum-events", "raft-events"]) == rows


def test_all_operations_of_a_run_are_checked() -> None:
    log = simulate(bench_replication.campaign_system(), 1)
    verdict = bench_replication.check(log)
    assert verdict.operations == len(log.operations) > 1_000
    assert verdict.answer is not Answer.UNKNOWN
