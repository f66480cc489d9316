"""`ninelives level schema`: the schemas on stdout."""

from __future__ import annotations

import json

import pytest

from game.cli import main
from game.cli.exits import Exit


def test_the_schema_of_levels_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["level", "schema"]) == Exit.GOOD
    assert "duration" in json.loads(capsys.readouterr().out)["properties"]


def test_another_schema_is_printed_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["level", "schema", "proofs"]) == Exit.GOOD
    assert [*json.loads(capsys.readouterr().out)["properties"]] == ["proof"]


def test_an_unknown_schema_is_refused_with_those_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["level", "schema", "prooofs"]) == Exit.WRONG_USE
    told = capsys.readouterr()
    assert told.out == ""
    assert 'no schema "prooofs"; did you mean "proofs"?' in told.err


def test_a_page_of_the_reference_is_printed_by_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["level", "schema", "--reference", "faults"]) == Exit.GOOD
    assert "## crash" in capsys.readouterr().out

    assert main(["level", "schema", "--reference", "fault"]) == Exit.WRONG_USE
    assert 'no page "fault"; did you mean "faults"?' in capsys.readouterr().err
