"""`ninelives lab history` and `ninelives run --history`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from game.cli import main
from game.cli.exits import Exit
from tests.engine.replication.stores import EAGER, fault, store_text

STALE = """{:type :invoke, :f :write, :value 3, :process 0}
{:type :ok, :f :write, :value 3, :process 0}
{:type :invoke, :f :read, :value nil, :process 1}
{:type :ok, :f :read, :value 0, :process 1}
"""


@pytest.fixture
def stale(tmp_path: Path) -> str:
    path = tmp_path / "stale.edn"
    path.write_text(STALE, encoding="utf-8")
    return str(path)


def test_an_invalid_history_is_exit_code_1_and_tells_its_witness(
    stale: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "history", stale, "--model", "cas-register"]) == Exit.NO
    assert capsys.readouterr().out.splitlines() == [
        "invalid: 2 operations",
        "a value was written while the register must have had another one",
        "  line      1, event 0 to 1  process 0: write 3",
        "  line      3, event 2 to 3  process 1: read -> 0",
    ]


def test_the_verdict_as_data(stale: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "history", stale, "--model", "register", "--json"]) == Exit.NO
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "invalid"
    assert found["operations"] == 2
    assert [(one["f"], one["line"]) for one in found["witness"]] == [("write", 1), ("read", 3)]
    assert found["witness"][1]["output"] == "0"


def test_a_valid_history_is_exit_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "good.edn"
    path.write_text(STALE.replace(":value 0", ":value 3"), encoding="utf-8")
    assert main(["lab", "history", str(path), "--model", "register", "--json"]) == Exit.GOOD
    found = json.loads(capsys.readouterr().out)
    assert found == {"verdict": "valid", "operations": 2, "reason": None, "witness": None}


def test_a_search_that_was_given_up_is_unknown_and_exit_code_1(
    stale: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from game.score.consistency.history import History
    from game.score.consistency.models import Model
    from game.score.consistency.verdict import Verdict, unknown

    def gives_up(history: History, model: Model) -> Verdict:
        return unknown(history, "the search was given up after 1 steps")

    monkeypatch.setattr("game.score.consistency.linearizable.check_linearizable", gives_up)
    assert main(["lab", "history", stale, "--model", "register"]) == Exit.NO
    told = capsys.readouterr().out
    assert told == "unknown: 2 operations\nthe search was given up after 1 steps\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["none.edn", "--model", "set"], "cannot read none.edn: No such file or directory"),
        (["none.edn", "--model", "sett"], 'there is no model "sett"; did you mean "set"?'),
        (["none.edn"], "required: --model"),
    ],
)
def test_wrong_use_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lab", "history", *words]) == Exit.WRONG_USE
    told = capsys.readouterr().err
    assert sentence in told
    assert len(told.splitlines()) == 1


def test_a_mistake_in_a_file_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.edn"
    path.write_text(STALE + "{:type :ok", encoding="utf-8")
    assert main(["lab", "history", str(path), "--model", "register"]) == Exit.WRONG_USE
    assert 'bad.edn:5:1: "{" is never closed' in capsys.readouterr().err


LOST = 'to = "db"\nshare = "90%"'

HEAD = """
format = 1
id = "history"
title = "A history"
story = "One store."
seeds = [1, 2]
"""


def level(tmp_path: Path, faults: str = "", **settings: Any) -> str:
    path = tmp_path / "history.toml"
    goal = '\n[[goal]]\nid = "good"\nmeasure = "availability"\nat_least = 0.1\n'
    path.write_text(HEAD + store_text(faults, **settings) + goal, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", ["night.edn", "night.jsonl"])
def test_a_single_copy_gives_a_valid_history(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / name)
    night = level(tmp_path, writes=0.5, duration="3s")
    main(["run", night, "--history", file, "--json"])
    operations = json.loads(capsys.readouterr().out)["operations"]
    assert main(["lab", "history", file, "--model", "register", "--json"]) == Exit.GOOD
    assert json.loads(capsys.readouterr().out)["operations"] == operations > 300


def test_copies_that_do_not_know_of_each_other_give_an_invalid_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "night.edn")
    night = level(tmp_path, machines=2, writes=0.5, duration="3s")
    main(["run", night, "--seed", "1", "--history", file])
    capsys.readouterr()
    assert main(["lab", "history", file, "--model", "register", "--json"]) == Exit.NO
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "invalid"
    assert len({one["key"] for one in found["witness"]}) == 1


def test_what_was_turned_away_failed_and_what_is_not_known_is_info(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "night.jsonl"
    crash = fault("crash", "db", "1s", "1s") + fault("loss", "users", "2.5s", "1s", LOST)
    main(["run", level(tmp_path, crash, duration="5s", policy=EAGER), "--history", str(file)])
    types = [json.loads(line)["type"] for line in file.read_text("utf-8").splitlines()]
    assert {"invoke", "ok", "fail", "info"} == set(types)
    assert types.count("invoke") == len(types) - types.count("invoke")
    capsys.readouterr()
    assert main(["lab", "history", str(file), "--model", "register"]) == Exit.GOOD


def test_a_history_is_that_of_one_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night = str(Path(__file__).with_name("night.toml"))
    file = tmp_path / "night.edn"
    assert main(["run", night, "--history", str(file)]) == Exit.WRONG_USE
    assert "the level has none" in capsys.readouterr().err
    assert not file.exists()


def test_a_history_that_cannot_be_written_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night = level(tmp_path, duration="3s")
    assert main(["run", night, "--history", str(tmp_path / "no" / "x.edn")]) == Exit.WRONG_USE
    assert "cannot write the history" in capsys.readouterr().err


def test_a_history_changes_nothing_of_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night = level(tmp_path, writes=0.5, duration="3s")
    main(["run", night, "--json"])
    plain = capsys.readouterr().out
    main(["run", night, "--json", "--history", str(tmp_path / "x.edn")])
    assert capsys.readouterr().out == plain
