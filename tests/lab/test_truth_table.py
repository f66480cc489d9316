"""The codex page "How true is this?" shows the lab as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from game.explain.codex import codex_folder
from game.lab import truth_table
from game.lab.checks import load_checks
from game.lab.truth_table import BEGIN, COLUMNS, END, main, rewritten, row_ids

PAGE = (codex_folder() / "how-true.md").read_text("utf-8")


def shown() -> list[str]:
    """The lines of the page's table, without its head."""
    block = PAGE[PAGE.index(BEGIN) : PAGE.index(END)]
    return block.strip().splitlines()[4:-1]


def row(row_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": row_id,
        "estimate": 2.01234567,
        "se": 0.0123,
        "reference": 2,
        "ok": True,
    } | changes


def test_every_row_of_the_lab_is_on_the_page_and_no_other() -> None:
    again = "run `ninelives lab --json > lab.json` and `python -m game.lab.truth_table lab.json`"
    assert [line.split()[0] for line in shown()] == row_ids(), again


def test_the_published_numbers_on_the_page_are_those_of_the_lab() -> None:
    published = [line[-10:].strip() for line in shown()]
    references = load_checks().values()
    assert published == [f"{row.reference:.5g}" for check in references for row in check.rows]


def test_nothing_on_the_page_is_broken() -> None:
    assert "BROKEN" not in PAGE


def test_a_table_is_replaced_and_nothing_else() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = rewritten(page, [row("P1/x"), row("P1/y", se=0, ok=False)])
    assert once.startswith("before\n")
    assert once.endswith(f"{END}\nafter\n")
    assert "old" not in once
    assert COLUMNS.format("P1/x", "2.0123 ± 0.01", "2") in once
    assert COLUMNS.format("P1/y", "2.0123", "2") + "  BROKEN" in once
    assert rewritten(once, [row("P1/x"), row("P1/y", se=0, ok=False)]) == once


def test_a_whole_run_rewrites_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(truth_table, "codex_folder", lambda: tmp_path)
    (tmp_path / "how-true.md").write_text(PAGE, "utf-8")
    run = tmp_path / "lab.json"
    run.write_text(json.dumps([row(row_id) for row_id in row_ids()]))
    assert main([str(run)]) == ""
    assert "2.0123 ± 0.01" in (tmp_path / "how-true.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is not a whole run of this lab: see BREAKDOWNS/"),
        ("{", "is not what `ninelives lab --json` writes"),
        ("[1]", "is not what `ninelives lab --json` writes"),
    ],
)
def test_what_is_no_whole_run_is_told_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    run = tmp_path / "lab.json"
    run.write_text(text)
    assert said in main([str(run)])
    assert "usage" in main([])
