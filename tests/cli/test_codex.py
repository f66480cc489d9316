"""`ninelives codex`: the list, a page, and a word that is not there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.explain.codex import codex_index


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `ninelives codex`."""
    code = main(["codex", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_without_a_term_all_pages_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys)
    assert (code, err) == (Exit.GOOD, "")
    assert all(f"\n{entry.id} " in out for entry in codex_index())


@pytest.mark.parametrize("words", [["gray-failure"], ["gray", "failure"], ["Gray"]])
def test_a_term_shows_its_page(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    code, out, err = answer(capsys, *words)
    assert (code, err) == (Exit.GOOD, "")
    assert out.startswith("Gray failure\n")
    assert "HotOS 2017" in out
    assert "**" not in out


def test_a_word_that_is_not_there_gets_its_neighbours(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "overxxxxxd")
    assert (code, out) == (Exit.WRONG_USE, "")
    assert 'no page on "overxxxxxd"; the nearest are: ' in err
    assert "overload" in err
    assert answer(capsys, "\x1b[31mqwxzk")[2].count("\x1b") == 0


def test_pages_are_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(answer(capsys, "--json")[1])
    assert [one["id"] for one in listed] == [entry.id for entry in codex_index()]
    page = json.loads(answer(capsys, "retry", "--json")[1])
    assert set(page) == {"id", "title", "summary", "body"}


def test_reading_loads_no_engine() -> None:
    program = (
        "import sys; from game.cli import main; main(['codex', 'retry']); "
        "assert 'game.engine.world' not in sys.modules; assert 'textual' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_it_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "--help")
    assert (code, err) == (Exit.GOOD, "")
    assert out.startswith("usage: ninelives codex ")
