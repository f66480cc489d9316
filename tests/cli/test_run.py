"""`ninelives run`: plans, seeds, verdicts, data, traces, and the run that breaks."""

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
    """Exit code, stdout and stderr of `ninelives run`."""
    code = main(["run", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def data(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What `run --json` prints."""
    _, out, err = answer(capsys, *words, "--json")
    assert err == ""
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


def test_a_lost_level_is_exit_code_1_and_a_won_one_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, NIGHT)[0] == Exit.NO
    assert answer(capsys, NIGHT, *RESCUED)[0] == Exit.GOOD


def test_without_a_seed_all_graded_seeds_run(capsys: pytest.CaptureFixture[str]) -> None:
    card = data(capsys, NIGHT)
    assert [one["seed"] for one in card["seeds"]] == [1, 2]
    assert card["verdict"] == "failed"
    assert sum(card["causes"].values()) == card["operations"] - card["good"] > 0


def test_the_keys_of_json_are_those_that_others_build_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    card = data(capsys, NIGHT, "--seed", "9")
    keys = "level level_hash engine plan plan_hash verdict stars goals measures operations good"
    assert {*keys.split(), "causes", "digest", "seeds"} <= set(card)
    assert {*keys.split(), "causes", "digest", "seed"} <= set(card["seeds"][0])
    assert set(card["goals"][0]) == {"id", "target", "measured", "met"}
    measures = "availability p50_ms p99_ms p999_ms goodput_rps cost_per_hour moving_parts anomalies"
    assert set(measures.split()) <= set(card["measures"])


def test_jobs_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    alone = data(capsys, NIGHT, "--seeds", "1-3")
    assert data(capsys, NIGHT, "--seeds", "1-3", "--jobs", "2") == alone


def test_a_fault_may_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    card = data(capsys, NIGHT, "--without", "crash")
    assert card["verdict"] == "passed"
    assert card["causes"] == {}


def test_a_saved_plan_is_read_and_settings_go_over_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('name = "mine"\n[controls]\nservers = "2"\nretries = "ask again"\n')
    card = data(capsys, NIGHT, "--plan", str(plan))
    assert (card["plan"], card["verdict"]) == ("mine", "passed")
    again = data(capsys, NIGHT, *RESCUED)
    assert again["plan_hash"] == card["plan_hash"]
    undone = data(capsys, NIGHT, "--plan", str(plan), "--set", "servers=1")
    assert undone["plan_hash"] != card["plan_hash"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--set", "server=2"], "servers"),
        (["--set", "retries=ask agan"], "ask again"),
        (["--without", "crahs"], 'there is no fault "crahs"; did you mean "crash"?'),
        (["--plan", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_wrong_word_gets_the_nearest_right_one(
    capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    code, out, err = answer(capsys, NIGHT, *words)
    assert (code, out) == (Exit.WRONG_USE, "")
    assert says in err
    assert "Traceback" not in err


def test_a_level_that_is_not_there_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "one-of-everythign")
    assert (code, out) == (Exit.WRONG_USE, "")
    assert "one-of-everythign" in err


def test_a_level_with_errors_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level = tmp_path / "bad.toml"
    level.write_text(Path(NIGHT).read_text().replace("rate = 50", "rat = 50"))
    code, _, err = answer(capsys, str(level))
    assert code == Exit.WRONG_USE
    assert "rat" in err


def test_the_report_names_verdict_goals_causes_and_the_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, err = answer(capsys, NIGHT)
    assert err == ""
    for words in ("FAILED", "availability", "missed", "crash", "refused", "nines a year"):
        assert words in out


def test_text_of_a_level_is_never_markup(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = answer(capsys, NIGHT)
    assert "[bold]A night[/bold] :skull:" in out


def test_a_file_gets_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = answer(capsys, NIGHT)
    assert "\x1b" not in out


def test_a_trace_tells_every_operation_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trace = tmp_path / "night.jsonl"
    card = data(capsys, NIGHT, "--seed", "1", "--trace", str(trace))
    assert card == data(capsys, NIGHT, "--seed", "1")
    events = [json.loads(line) for line in trace.read_text().splitlines()]
    assert {event["event"] for event in events} == {
        "operation",
        "attempt",
        "change",
        "message",
        "load",
    }
    times = [event["time_us"] for event in events]
    assert times == sorted(times)


def test_a_trace_that_cannot_be_written_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = answer(capsys, NIGHT, "--trace", str(tmp_path / "no" / "folder.jsonl"))
    assert code == Exit.WRONG_USE
    assert "cannot write the trace" in err


def break_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the crash on, the world of a run is broken."""
    from game.engine.log import Log
    from game.engine.run import simulate

    def broken(*arguments: Any, **options: Any) -> Log:
        log = simulate(*arguments, **options)
        log.verdict, log.error, log.ended_us = "engine-error", "a queue was longer than itself", 4
        return log

    monkeypatch.setattr("game.score.batch.simulate", broken)
    monkeypatch.setattr("game.engine.run.simulate", broken)


def test_a_broken_run_leaves_a_file_that_replays_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patch:
        break_the_engine(patch)
        code, out, err = answer(capsys, NIGHT, "--set", "servers=2", "--without", "crash")
    assert code == Exit.NO
    assert "ENGINE-ERROR" in out
    assert "a queue was longer than itself" in out
    (replay,) = tmp_path.iterdir()
    assert f"ninelives run {replay}" in err

    code, out, err = answer(capsys, str(replay))
    assert code == Exit.GOOD
    assert "servers=2, seed 1: PASSED" in out
    assert "at 0.000004 s: a queue was longer than itself" in err


def test_a_replay_takes_no_plan(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = answer(capsys, "x.replay.json", "--seed", "1")
    assert code == Exit.WRONG_USE
    assert "leave those options out" in err
