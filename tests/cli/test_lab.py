"""`ninelives lab`: rows as words and as data, and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.lab.runner import CheckRow, FirstTry


def check_row(*, ok: bool) -> CheckRow:
    return CheckRow(
        id="P1/mean",
        title="mean time in the system",
        source="closed form",
        estimate=2.01,
        reference=2.0,
        se=0.01,
        gate=0.06,
        ok=ok,
        first=FirstTry(2.2, 0.1, False),
    )


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The options with which the lab was asked; its second row fails when asked for P2."""
    asked: list[dict[str, Any]] = []

    def run_checks(
        ids: list[str], *, told: Callable[[CheckRow], None], **options: Any
    ) -> list[CheckRow]:
        asked.append({"ids": ids, **options})
        rows = [check_row(ok=True), check_row(ok="P2" not in ids)]
        for row in rows:
            told(row)
        return rows

    monkeypatch.setattr("game.lab.runner.run_checks", run_checks)
    return asked


def test_options_reach_the_lab(checked: list[dict[str, Any]]) -> None:
    assert main(["lab", "P1", "--fast", "--jobs", "3", "--seed-base", "40"]) == Exit.GOOD
    assert checked == [{"ids": ["P1"], "fast": True, "jobs": 3, "seed_base": 40}]


@pytest.mark.usefixtures("checked")
def test_a_check_that_fails_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "P2"]) == Exit.NO
    out = capsys.readouterr().out
    assert "BROKEN  P1/mean" in out
    assert "1 of 2 hold" in out


@pytest.mark.usefixtures("checked")
def test_the_lab_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "--json"]) == Exit.GOOD
    rows = json.loads(capsys.readouterr().out)
    keys = {"id", "title", "source", "estimate", "reference", "se", "gate", "ok"}
    assert keys <= set(rows[0])


def test_an_unknown_check_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "P0"]) == Exit.WRONG_USE
    assert "P1" in capsys.readouterr().err
