"""`ninelives bench`: rows as a table and as data, and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.lab.bench_rows import BenchRow, Pair, Target, row_of, skipped_row

ENGINE = Target(id="engine", title="scenario S", unit="requests/s", gate=2.0)
RIVAL = Target(id="rival", title="against a rival", unit="requests/s", gate=10.0)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Collection[str]]:
    """The rows that were asked for; `engine` is fast enough unless it is asked for with others."""
    asked: list[Collection[str]] = []

    def bench(ids: Collection[str], told: Callable[[BenchRow], None]) -> list[BenchRow]:
        asked.append(ids)
        ours = 120_000.0 if len(ids) == 1 else 90_000.0
        rows = [row_of(ENGINE, Pair(ours, 60_000.0)), skipped_row(RIVAL, "not installed")]
        for row in rows:
            told(row)
        return rows

    monkeypatch.setattr("game.lab.bench.bench", bench)
    return asked


def test_rows_that_reach_their_gates_are_exit_code_0(
    capsys: pytest.CaptureFixture[str], asked: list[Collection[str]]
) -> None:
    assert main(["bench", "engine"]) == Exit.GOOD
    assert asked == [{"engine"}]
    head, engine, rival, sum_ = capsys.readouterr().out.splitlines()
    assert head.split() == ["row", "ours", "reference", "unit", "ratio", "wants", "what"]
    assert engine.split()[:7] == ["ok", "engine", "120,000", "60,000", "requests/s", "2.00", "2"]
    assert rival.split()[:2] == ["skipped", "rival"]
    assert rival.endswith("not installed")
    assert sum_ == "1 of 1 reach what they want, 1 skipped"


@pytest.mark.usefixtures("asked")
def test_one_row_that_misses_its_gate_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"]) == Exit.NO
    assert "MISSED   engine" in capsys.readouterr().out


@pytest.mark.usefixtures("asked")
def test_the_benchmark_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--json"]) == Exit.NO
    told = capsys.readouterr()
    engine, rival = json.loads(told.out)
    assert (engine["ratio"], engine["ok"], engine["skipped"]) == (1.5, False, None)
    assert (rival["ratio"], rival["ok"], rival["skipped"]) == (None, True, "not installed")
    assert "engine is not good enough" in told.err
    assert "rival is skipped: not installed" in told.err


def test_an_unknown_row_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "kernel-lop"]) == Exit.WRONG_USE
    assert 'did you mean "kernel-loop"?' in capsys.readouterr().err
