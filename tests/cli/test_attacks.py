from __future__ import annotations

import json
from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit
from tests.templates import TEMPLATES

NEMESIS = str(TEMPLATES / "nemesis.toml")
TOGETHER = ("--attack", "crash:web-1@7s", "--attack", "rush:visitors@7s")


def test_attacks_are_run_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["run", NEMESIS, *TOGETHER, "--seeds", "1-2", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == Exit.GOOD
    assert told["attacks"] == [
        {"weapon": "crash", "target": "web-1", "at": "7s"},
        {"weapon": "rush", "target": "visitors", "at": "7s"},
    ]
    assert told["measures"]["attack_cost"] == 8
    assert main(["run", NEMESIS, "--seed", "1", "--json"]) == Exit.NO
    assert "attacks" not in json.loads(capsys.readouterr().out)


def test_attacks_are_added_to_those_of_a_plan_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'level = "nemesis"\n[[attack]]\nweapon = "crash"\ntarget = "web-1"\nat = "7s"\n'
    )
    words = ["explain", NEMESIS, "--plan", str(path), "--seed", "1"]
    assert main([*words, "--attack", "rush:visitors@7s"]) == Exit.GOOD
    assert "crash:web-1@7s, rush:visitors@7s, seed 1: PASSED" in capsys.readouterr().out
    assert main([*words, "--attack", "crash:web-1@7s"]) == Exit.WRONG_USE
    assert 'two attacks are the same: "crash:web-1@7s"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("attack", "said"),
    [("crash", "write WEAPON:TARGET@TIME"), ("crsh:web-1@7s", 'did you mean "crash"?')],
)
def test_what_is_no_attack_is_refused_in_a_sentence(
    attack: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", NEMESIS, "--attack", attack]) == Exit.WRONG_USE
    assert said in capsys.readouterr().err
