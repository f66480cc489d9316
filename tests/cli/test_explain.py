"""`ninelives explain`: the post-mortem in words and as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from game.cli import main
from game.cli.exits import Exit

NIGHT = str(Path(__file__).with_name("night.toml"))
RESCUED = ("--set", "servers=2", "--set", "retries=ask again")


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `ninelives explain`."""
    code = main(["explain", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def data(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What `explain --json` prints."""
    _, out, err = answer(capsys, *words, "--json")
    assert err == ""
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


def test_the_exit_code_is_that_of_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, NIGHT)[0] == Exit.NO
    assert answer(capsys, NIGHT, *RESCUED)[0] == Exit.GOOD


def test_all_parts_are_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, err = answer(capsys, NIGHT, "--seed", "1")
    assert err == ""
    assert out.startswith("[bold]A night[/bold] :skull:, default plan, seed 1: FAILED")
    for title in ("What happened", "Goals", "Causes", "Where to look"):
        assert f"\n{title}" in out
    assert "At 4 s crash began at web-1" in out
    assert "refused" in out
    assert "shop runs on web-1 alone: nobody else was there during crash." in out
    assert "controls: Servers" in out
    assert max(map(len, out.splitlines())) <= 100


def test_a_won_night_is_told_without_empty_parts(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = answer(capsys, NIGHT, *RESCUED)
    assert "No user saw a failure, in spite of crash." in out
    assert "Causes" not in out
    assert "Where to look" not in out


def test_without_a_seed_the_worst_graded_one_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["run", NIGHT, "--json"])
    card = json.loads(capsys.readouterr().out)
    worst = min(card["seeds"], key=lambda one: one["measures"]["availability"])
    assert len(card["seeds"]) == 2
    assert data(capsys, NIGHT) == data(capsys, NIGHT, "--seed", str(worst["seed"]))


def test_the_data_holds_the_same_words(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, NIGHT, "--seed", "2")
    keys = "level plan seed verdict stars headline story moments goals measures causes look_at"
    assert set(found) == {*keys.split(), "next_step"}
    assert (found["level"], found["seed"], found["verdict"]) == ("night", 2, "failed")
    assert set(found["moments"][0]) == {"time_us", "words", "kind"}
    assert set(found["causes"][0]) == {"count", "word", "meaning", "fault", "share"}
    assert set(found["look_at"][0]) == {"words", "controls", "families", "codex", "nodes"}
    _, out, _ = answer(capsys, NIGHT, "--seed", "2")
    words = " ".join(out.split())
    for sentence in (found["headline"], *found["story"], found["next_step"]):
        assert " ".join(sentence.split()) in words


def test_a_saved_plan_is_explained_by_its_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('name = "mine"\n[controls]\nservers = "2"\n')
    assert "plan mine" in answer(capsys, NIGHT, "--plan", str(plan))[1]
    assert data(capsys, NIGHT, "--plan", str(plan))["plan"] == "mine"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "server=2"], "servers"),
        (["--seed", "x"], '"x" is no seed'),
        (["--plan", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_wrong_use_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    code, out, err = answer(capsys, NIGHT, *words)
    assert (code, out) == (Exit.WRONG_USE, "")
    assert says in err
    assert "Traceback" not in err


def test_it_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "--help")
    assert (code, err) == (Exit.GOOD, "")
    assert out.startswith("usage: ninelives explain ")
