"""A level's own measures as `run` and `explain` tell them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from game.cli import main
from game.cli.exits import Exit

NIGHT = Path(__file__).with_name("night.toml")
MEASURES = """
[[measure]]
id = "time-to-repair"
from = "node-down"
to = "node-up"
says = "how long web was away"

[[measure]]
id = "refusals"
count = { event = "attempt-failed", cause = "refused" }

[[goal]]
id = "few-refusals"
measure = "refusals"
at_most = 3
stars = 2

[[goal]]
id = "soon"
measure = "time-to-repair"
at_most = "2s"
stars = 2
"""


@pytest.fixture
def level(tmp_path: Path) -> str:
    """The night with measures of its own."""
    path = tmp_path / "measured.toml"
    path.write_text(NIGHT.read_text("utf-8") + MEASURES, encoding="utf-8")
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command prints, with the lines of wrapped sentences joined."""
    assert main([*words]) in (Exit.GOOD, Exit.NO)
    return " ".join(capsys.readouterr().out.split())


def data(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found = json.loads(told(capsys, *words, "--json"))
    assert isinstance(found, dict)
    return found


def test_run_has_them_among_the_measures_pooled_and_for_each_seed(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    card = data(capsys, "run", level)
    seeds = [one["measures"] for one in card["seeds"]]
    assert [one["time-to-repair"] for one in seeds] == [1000.0, 1000.0]
    assert all(one["refusals"] > 3 for one in seeds)
    assert card["measures"]["refusals"] == sum(one["refusals"] for one in seeds)
    goals = {goal["id"]: goal for goal in card["goals"]}
    assert goals["few-refusals"]["measured"] == max(one["refusals"] for one in seeds)
    assert not goals["few-refusals"]["met"]
    assert (goals["soon"]["target"], goals["soon"]["measured"]) == (2000.0, 1000.0)
    assert goals["soon"]["met"]


def test_other_processes_measure_the_same(capsys: pytest.CaptureFixture[str], level: str) -> None:
    alone = data(capsys, "run", level)
    assert data(capsys, "run", level, "--jobs", "2") == alone


def test_the_tables_tell_them_with_their_units(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    out = told(capsys, "run", level, "--seed", "1")
    assert "time-to-repair 1,000 ms how long web was away" in out
    assert "at most 2,000 ms" in out
    assert "at most 3" in out


def test_without_its_fault_there_is_nothing_to_measure(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    measures = data(capsys, "run", level, "--seed", "1", "--without", "crash")["measures"]
    assert (measures["time-to-repair"], measures["refusals"]) == (None, 0)


def test_the_post_mortem_tells_them_and_points_somewhere(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    out = told(capsys, "explain", level, "--seed", "1", "--set", "retries=ask again")
    assert "time-to-repair: 1,000 ms (how long web was away)" in out
    assert "Measures of this level" in out
    found = data(capsys, "explain", level, "--seed", "1")
    assert found["measures"][0] == {
        "id": "time-to-repair",
        "says": "how long web was away",
        "measured": "1,000 ms",
        "is_goal": True,
    }


def test_a_goal_on_an_own_measure_that_was_missed_names_where_to_look(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = NIGHT.read_text("utf-8").replace("at_least = 0.95", "at_least = 0.1") + MEASURES
    path = tmp_path / "measured.toml"
    path.write_text(text, encoding="utf-8")
    found = data(capsys, "explain", str(path), "--seed", "1")
    assert found["stars"] == 1
    assert found["next_step"].startswith("Missing for star 2: few-refusals. Look at ")
