"""The finder of divergences names the first event that two runs do not have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest

from game.engine import kinds
from game.engine.kinds import load_kinds
from game.engine.log import Log, Table
from game.engine.run import simulate
from game.lab.divergence import (
    DIFFERENT,
    SAME,
    WRONG_USE,
    Circumstances,
    compare,
    first_divergence,
    main,
)
from game.lab.event_stream import (
    BESIDE,
    DIGESTED,
    TRACED,
    Event,
    events,
    read_events,
    rows_alone,
    write_events,
)
from game.lab.event_words import Words
from game.level.model import SECOND_US, System
from game.level.read import read_level
from tests.lab.fickle import Broken, ByCount, ByHash, ByTrace, blasted_shop, fickle_shop

NIGHT = Path(__file__).parents[1] / "engine" / "levels" / "kitchen-sink.toml"
SLOW_ONE = "the-slow-one"
LEVEL = """
format = 1
title = "A level with a toy"
duration = "2s"
[[node]]
id = "web"
count = 8
[[policy]]
id = "plain"
balancer = "toy-by-hash"
[[service]]
id = "web"
on = "web"
[[client]]
id = "users"
call = "web"
rate = 100
[[goal]]
id = "open"
measure = "availability"
at_least = "90%"
"""


@pytest.fixture(scope="module")
def night() -> System:
    system = read_level(NIGHT, load_kinds()).system
    return replace(system, duration=4 * SECOND_US)


def rows_of(log: Log) -> dict[str, list[str]]:
    """All that a digest is taken of, in words, table by table."""
    words = Words(log)
    return {
        name: [
            words.row(name, getattr(log, name).columns, row) for row in getattr(log, name).rows()
        ]
        for name in DIGESTED
    }


def rows_in(stream: Sequence[Event]) -> dict[str, list[str]]:
    rows = [row for event in stream for row in event.rows]
    return {name: [row for row in rows if row.startswith(f"{name}: ")] for name in DIGESTED}


@pytest.mark.parametrize("trace", [False, True])
def test_a_stream_tells_all_that_a_run_without_one_writes(night: System, trace: bool) -> None:
    stream = list(events(night, 1, trace=trace))
    log = simulate(night, 1, trace=trace)

    assert rows_in(stream) == rows_of(log)
    assert stream[-1].rows[-1] == "verdict: "
    assert len(stream) == log.totals["events"] + 2, "start and end are no events of the kernel"
    assert any(row.startswith("messages:") for event in stream for row in event.rows) is trace


def test_no_table_of_the_log_is_left_out_of_a_stream(night: System) -> None:
    log = simulate(replace(night, duration=SECOND_US), 1)
    tables = {each.name for each in fields(log) if isinstance(getattr(log, each.name), Table)}

    assert tables == {*DIGESTED, *BESIDE, *TRACED}


def test_every_event_was_planned_by_an_earlier_one(night: System) -> None:
    planned: Counter[int] = Counter()
    for event in events(night, 1):
        if event.kind not in ("start", "end"):
            assert planned[event.time_us] > 0, event
            planned[event.time_us] -= 1
        planned.update(int(plan.split(" us")[0]) for plan in event.plans)


def test_a_run_that_is_too_expensive_has_the_stream_of_its_rows(night: System) -> None:
    short = replace(night, event_budget=5000)
    stream = list(events(short, 1))
    log = simulate(short, 1)

    assert log.verdict == "too-expensive"
    assert stream[-1].component == log.verdict
    assert rows_in(stream) == rows_of(log)


def test_a_run_that_fails_ends_its_stream_with_the_failure() -> None:
    *_, last = events(fickle_shop(Broken()), 1)

    assert last.kind == "OpenLoop.arrived"
    assert last.rows[-1] == "ArithmeticError: out of order"


def test_a_file_holds_the_stream(night: System, tmp_path: Path) -> None:
    whole = list(events(night, 1))
    write_events(whole, tmp_path / "stream.gz")

    assert list(read_events(tmp_path / "stream.gz")) == whole
    assert (tmp_path / "stream.gz").stat().st_size < 50 * len(whole)


def test_equal_runs_have_no_divergence(night: System) -> None:
    assert first_divergence(events(night, 1), events(night, 1)) is None
    traced = rows_alone(events(night, 1, trace=True))
    assert first_divergence(rows_alone(events(night, 1)), traced) is None


def test_looking_is_no_divergence(night: System) -> None:
    assert first_divergence(events(night, 1), events(night, 1, watched=True)) is None


def test_what_a_module_remembers_is_found_by_playing_again(tmp_path: Path) -> None:
    system = fickle_shop(ByCount())

    assert compare(system, 1, Circumstances(), Circumstances(), tmp_path) is None
    found = compare(system, 1, Circumstances(), Circumstances(again=True), tmp_path)
    assert found is not None
    assert found.kind == "OpenLoop.arrived"


def test_another_seed_parts_at_the_start(night: System) -> None:
    found = first_divergence(events(night, 1), events(night, 2))

    assert found is not None
    assert (found.number, found.kind) == (0, "start")


def test_what_a_module_remembers_from_run_to_run_is_found_at_the_first_request() -> None:
    system = fickle_shop(ByCount())
    invoked_us = min(simulate(system, 1).operations.column("invoked_us"))
    found = first_divergence(events(system, 1), events(system, 1))

    assert found is not None
    assert found.time_us == invoked_us
    assert (found.kind, found.component) == ("OpenLoop.arrived", "client users, 0")
    assert "Station.deliver of web on web-" in str(found)


def test_a_balancer_that_goes_by_the_order_of_a_set_is_found_across_hash_seeds(
    tmp_path: Path,
) -> None:
    one, other = Circumstances(hash_seed="0"), Circumstances(hash_seed="1")
    system = fickle_shop(ByHash())

    assert compare(system, 1, one, one, tmp_path) is None
    found = compare(system, 1, one, other, tmp_path)
    assert found is not None
    assert found.kind == "OpenLoop.arrived"
    assert found.component.startswith("client users")
    assert found.one is not None
    assert found.other is not None
    ours, theirs = (
        next(plan for plan in event.plans if "Station.deliver" in plan)
        for event in (found.one, found.other)
    )
    assert ours.split(" at web on ")[0] != theirs.split(" at web on ")[0]
    assert f"one plans   {ours}" in str(found)
    assert f"other plans {theirs}" in str(found)


def test_the_order_of_two_events_in_one_microsecond_is_a_divergence(tmp_path: Path) -> None:
    one, other = Circumstances(hash_seed="0"), Circumstances(hash_seed="1")
    found = compare(blasted_shop(), 1, one, other, tmp_path)

    assert found is not None
    assert found.time_us == 3 * SECOND_US
    assert found.component == "Timeout, process _scripted of blast"
    assert found.one is not None
    assert found.other is not None
    assert sorted(found.one.plans) == sorted(found.other.plans)
    assert "after 0 equal" not in str(found)


def test_what_a_trace_changes_is_found_in_the_rows(tmp_path: Path) -> None:
    found = compare(fickle_shop(ByTrace()), 1, Circumstances(), Circumstances(trace=True), tmp_path)

    assert found is not None
    assert found.time_us >= 3 * SECOND_US
    assert found.kind == "attempts"
    assert "station web on web-1" in found.component
    assert "other: attempts (operation" in str(found)


def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    nothing = replace(fickle_shop(ByHash()), services=())

    with pytest.raises(RuntimeError, match="KeyError"):
        compare(nothing, 1, Circumstances(), Circumstances(), tmp_path)


def test_the_command_finds_a_shipped_level_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([SLOW_ONE, "--hash-seed", "1", "--trace", "--watched"]) == SAME
    assert "every event is the same" in capsys.readouterr().out


def test_the_command_tells_a_divergence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    toys = load_kinds().copy()
    toys.register("balancer", "toy-by-hash", says="the first of a set")(ByHash)
    monkeypatch.setattr(kinds, "load_kinds", lambda: toys)
    (tmp_path / "toy.toml").write_text(LEVEL, encoding="utf-8")

    assert main([str(tmp_path / "toy.toml"), "--hash-seed", "1"]) == DIFFERENT
    said = capsys.readouterr().out
    assert said.startswith("toy, seed 1, against")
    assert "the runs part at 0." in said
    assert "in OpenLoop.arrived (client users" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["the-slow-onne"], 'Did you mean "the-slow-one"?'),
        ([SLOW_ONE, "--proof", "nonsense"], 'the-slow-one has no proof "nonsense" (proofs:'),
    ],
)
def test_the_command_says_in_one_sentence_what_it_does_not_know(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == WRONG_USE
    assert said in capsys.readouterr().err
