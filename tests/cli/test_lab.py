"""`ninelives lab`: rows as words and as data, and exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.cli.lab_table import bar, error, row_text
from game.lab.checks import load_checks
from game.lab.pictures import Picture, Series
from game.lab.runner import CheckRow, FirstTry


def check_row(*, ok: bool, **changes: Any) -> CheckRow:
    row = CheckRow(
        id="P1/mean",
        title="mean time in the system",
        source="closed form",
        estimate=2.01,
        reference=2.0,
        se=0.01,
        gate=0.06,
        ok=ok,
        first=FirstTry(2.2, 0.1, False),
        rule="±3 %",
    )
    return replace(row, **changes)


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
    lines = out.splitlines()
    assert [line for line in lines if "P1/mean" in line] == ["P1/mean  mean time in the system"] * 2
    assert [line.split()[-1] for line in lines if "±3 %" in line] == ["holds", "BROKEN"]
    assert "at first it gave 2.2 ± 0.1" in out
    assert "1 of 2 hold" in out


@pytest.mark.usefixtures("checked")
def test_the_lab_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "--json"]) == Exit.GOOD
    rows = json.loads(capsys.readouterr().out)
    keys = {"id", "title", "source", "estimate", "reference", "se", "gate", "ok"}
    assert keys <= set(rows[0])


def test_an_unknown_check_is_exit_code_2_and_the_nearest_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["lab", "redundncy"]) == Exit.WRONG_USE
    told = capsys.readouterr()
    assert 'did you mean "REDUNDANCY"?' in told.err
    assert len(told.err.splitlines()) == 1
    assert not told.out


def test_plots_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "P9", "--plot", "--json"]) == Exit.WRONG_USE
    assert "choose one" in capsys.readouterr().err


@pytest.mark.usefixtures("checked")
def test_a_check_without_a_plot_names_those_that_have_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["lab", "P7", "--plot"]) == Exit.WRONG_USE
    assert "none of these checks has a plot (there are: P1," in capsys.readouterr().err


@pytest.mark.usefixtures("checked")
def test_pictures_come_below_the_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    points = Series("measured", (0.0, 1.0), (1.0, 3.0))
    picture = Picture("a curve", "load", "time", (replace(points, name="theory"),), (points,))
    monkeypatch.setattr("game.lab.runner.draw_pictures", lambda **_: iter([picture]))
    assert main(["lab", "P1", "--plot"]) == Exit.GOOD
    out = capsys.readouterr().out
    assert out.index("2 of 2 hold") < out.index("a curve")
    assert "\x1b" not in out


def test_every_line_of_the_table_fits_on_80_columns() -> None:
    for check in load_checks().values():
        for row in check.rows:
            title = f"{check.id}/{row.id}  {row.title}"
            assert len(title) <= 80, title
            gate = row.gate.width(row.reference, 0.001)
            text = row_text(
                check_row(
                    ok=False,
                    estimate=row.reference * 1.2345678 + 1e-7,
                    reference=row.reference,
                    se=0.00123,
                    gate=gate,
                    rule=row.gate.words,
                    error_in=row.gate.error_in,
                )
            )
            assert max(map(len, text.plain.splitlines())) <= 80, text.plain


@pytest.mark.parametrize(
    ("estimate", "gate", "drawn"),
    [
        (2.0, 0.06, "├─────●─────┤"),
        (2.059, 0.06, "├─────┼─────●"),
        (1.97, 0.06, "├──●──┼─────┤"),
        (2.07, 0.06, "├─────┼─────▶"),
        (1.0, 0.06, "◀─────┼─────┤"),
        (2.0, 0.0, "├─────●─────┤"),
        (float("inf"), 0.06, "├─────┼─────▶"),
    ],
)
def test_the_bar_shows_the_estimate_in_units_of_its_gate(
    estimate: float, gate: float, drawn: str
) -> None:
    assert bar(check_row(ok=True, estimate=estimate, gate=gate)) == drawn


def test_an_error_is_told_as_the_gate_is() -> None:
    assert error(check_row(ok=True)) == "+0.50 %"
    assert error(check_row(ok=True, error_in="points")) == "+1.00 points"
    assert error(check_row(ok=True, error_in="units")) == "+0.01"
    assert error(check_row(ok=True, error_in="units", estimate=2.0)) == "0"
