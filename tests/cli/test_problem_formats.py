"""`ninelives level check` in each of its formats, and `level explain`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from game.cli import level_check, main
from game.cli.exits import Exit
from game.cli.problem_formats import FORMATS, SARIF_SCHEMA, sarif
from game.level.codes import CODES
from game.level.problems import PlaceLabel, Problem, Problems

NIGHT = Path(__file__).with_name("night.toml")


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A level with two mistakes."""
    level = tmp_path / "bad.toml"
    text = NIGHT.read_text("utf-8")
    level.write_text(text.replace("rate = 50", "rat = 50").replace('"crash"', '"crahs"'), "utf-8")
    return level


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and stdout of `ninelives level`."""
    code = main(["level", *words])
    return code, capsys.readouterr().out


def test_the_formats_of_the_option_are_those_that_there_are() -> None:
    assert tuple(FORMATS) == level_check.FORMATS


@pytest.mark.parametrize("name", level_check.FORMATS)
def test_every_format_tells_every_mistake_and_the_exit_code_is_the_same(
    capsys: pytest.CaptureFixture[str], bad: Path, name: str
) -> None:
    code, out = told(capsys, "check", str(bad), "--format", name)
    assert code == Exit.NO
    assert "E011" in out
    assert "E021" in out
    assert told(capsys, "check", str(NIGHT), "--format", name)[0] == Exit.GOOD


def test_the_option_json_is_the_format_json(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    plain = told(capsys, "check", str(bad), "--json")
    assert plain == told(capsys, "check", str(bad), "--format", "json")
    (level,) = json.loads(plain[1])
    first = level["problems"][0]
    assert first["severity"] == "error"
    assert first["end_column"] - first["column"] == len("rat")
    assert first["help"] == ["`ninelives level explain E011`"]


def test_the_short_form_is_one_line_for_each_problem(
    capsys: pytest.CaptureFixture[str], bad: Path
) -> None:
    _, out = told(capsys, "check", str(bad), "--format", "short")
    places = [
        re.fullmatch(r".*bad\.toml:\d+:\d+: error\[E\d+\]: .*", line)
        for line in out.split("\n")[:-1]
    ]
    assert len(places) == 2
    assert all(places)


ODD = Problem(
    name="unknown-key",
    message="100 % wrong\x1b[31m\u202e: a, b",
    path="odd, name: 5%\n\x1b.toml",
    line=3,
    column=2,
    length=4,
    excerpt="x\x1b[2Jyz",
    suggestion="right\x9b",
    labels=(PlaceLabel(1, 1, 3, "here\x07", "a\x1bb"),),
    note="note\x00",
)


@pytest.mark.parametrize("name", level_check.FORMATS)
def test_hostile_words_and_file_names_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    FORMATS[name]({Path(ODD.path): Problems([ODD])})
    out = capsys.readouterr().out
    assert out
    assert all(char.isprintable() or char == "\n" for char in out)


def test_annotations_escape_what_github_would_read(capsys: pytest.CaptureFixture[str]) -> None:
    FORMATS["github"]({Path(ODD.path): Problems([ODD])})
    (line,) = capsys.readouterr().out.splitlines()
    head, _, message = line.removeprefix("::error ").partition("::")
    assert dict(pair.split("=") for pair in head.split(","))["file"].startswith(
        "odd%2C name%3A 5%25"
    )
    assert message.startswith("100 %25 wrong")
    assert "%0Aline 1: here" in message


def check_sarif(log: Any) -> None:
    """What section 3 of the standard asks of the properties that are there."""
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    assert log["$schema"] == SARIF_SCHEMA
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning")
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        assert len(result["locations"]) == 1
        related = result.get("relatedLocations", [])
        assert [one["id"] for one in related] == [*range(len(related))]
        for place in (*result["locations"], *related):
            physical = place["physicalLocation"]
            assert re.fullmatch(
                r"(file:///)?[A-Za-z0-9_.~/%-]+", physical["artifactLocation"]["uri"]
            )
            region = physical["region"]
            assert 1 <= region["startLine"] == region["endLine"]
            assert 1 <= region["startColumn"] < region["endColumn"]


def test_sarif_has_the_structure_of_2_1_0(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    log = json.loads(told(capsys, "check", str(bad), str(NIGHT), "--format", "sarif")[1])
    check_sarif(log)
    assert [one["ruleId"] for one in log["runs"][0]["results"]] == ["E011", "E021"]
    check_sarif(sarif({Path(ODD.path): Problems([ODD])}))


def test_explain_lists_all_codes_or_tells_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = told(capsys, "explain")
    assert code == Exit.GOOD
    assert len(out.splitlines()) == len(CODES)
    code, out = told(capsys, "explain", "e021")
    assert code == Exit.GOOD
    assert "Wrong:" in out
    assert "Right:" in out
    assert json.loads(told(capsys, "explain", "E021", "--json")[1])["name"] == "unknown-kind"


def test_a_wrong_code_gets_the_nearest_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["level", "explain", "unknow-kind"]) == Exit.WRONG_USE
    assert 'did you mean "unknown-kind"?' in capsys.readouterr().err
