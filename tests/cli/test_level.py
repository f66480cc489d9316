"""`ninelives level`: mistakes as data, and exit codes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.level.plan import default_plan
from game.proof import calibration
from game.proof.calibration import Calibration, calibrate
from game.proof.played import Job
from game.proof.rule import Case
from game.proof.runs import EngineFailed

NIGHT = Path(__file__).with_name("night.toml")
README = Path(__file__).parents[2] / "README.md"


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `ninelives level`."""
    code = main(["level", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_good_level_is_ok(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "check", str(NIGHT)) == (Exit.GOOD, f"{NIGHT}: ok\n", "")


def test_the_campaign_is_checked_where_no_level_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = answer(capsys, "check")
    assert code == Exit.GOOD
    assert "one-of-everything.toml: ok" in out


def test_all_mistakes_are_told_at_once_with_their_places(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = NIGHT.read_text().replace("rate = 50", "rat = 50").replace('"crash"', '"crahs"')
    level = tmp_path / "bad.toml"
    level.write_text(text)
    lines = text.splitlines()
    code, out, err = answer(capsys, "check", str(level), str(NIGHT), "--json")
    assert (code, err) == (Exit.NO, "")
    bad, good = json.loads(out)
    assert good == {"path": str(NIGHT), "ok": True, "problems": []}
    places = {(problem["line"], problem["suggestion"]) for problem in bad["problems"]}
    assert (lines.index("rat = 50") + 1, "rate") in places
    assert (lines.index('kind = "crahs"') + 1, "crash") in places


def test_check_in_words_shows_the_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    level = tmp_path / "bad.toml"
    level.write_text(NIGHT.read_text().replace("rate = 50", "rat = 50"))
    code, out, err = answer(capsys, "check", str(level))
    assert (code, err) == (Exit.NO, "")
    assert "rat = 50" in out
    assert "^^^" in out


def test_a_file_that_cannot_be_read_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level = tmp_path / "noise.toml"
    level.write_bytes(b"\xff\xfe")
    code, out, err = answer(capsys, "check", str(level))
    assert (code, out) == (Exit.WRONG_USE, "")
    assert "noise.toml" in err


def test_a_folder_means_every_level_in_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("b/two.toml", "a/one.toml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(NIGHT.read_text())
    (tmp_path / "a" / "one.proofs.toml").write_text("")
    code, out, _ = answer(capsys, "check", str(tmp_path), "--json")
    assert code == Exit.GOOD
    assert [Path(level["path"]).name for level in json.loads(out)] == ["one.toml", "two.toml"]


def test_a_level_without_proofs_is_not_proven(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "test", str(NIGHT), "--jobs", "1")
    assert code == Exit.NO
    assert "BROKEN" in out


def test_the_level_in_the_readme_is_sound(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = re.search(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    level = tmp_path / "readme.toml"
    level.write_text(found[1], "utf-8")
    code, out, err = answer(capsys, "check", str(level))
    assert (code, err) == (Exit.GOOD, ""), out


SMALL = Path(__file__).parent.parent / "proof" / "levels" / "sound.toml"


def test_a_test_shows_each_plan_on_each_seed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level = tmp_path / "sound.toml"
    level.write_bytes(SMALL.read_bytes())

    code, out, _ = answer(capsys, "test", str(level), "--json", "--jobs", "1")

    row = json.loads(out)[0]["table"][0]
    assert code == Exit.NO
    assert row["plan"] == "default plan"
    assert [cell["seed"] for cell in row["seeds"]] == [1, 2, 3]


def test_calibrate_tells_how_many_plans_win(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "calibrate", str(SMALL), "--json", "--jobs", "1")

    told = json.loads(out)[0]
    assert told["shares"][0]["tried"] == 24
    assert told["ok"] == (code == Exit.GOOD)


def test_calibrate_says_in_words_what_to_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "calibrate", str(SMALL), "--jobs", "1")

    assert ("LOOK" in out) == (code == Exit.NO)
    assert out.splitlines()[-1].startswith("sound: ")


def test_a_number_of_plans_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = answer(capsys, "calibrate", str(SMALL), "--plans", "many")

    assert code == Exit.WRONG_USE
    assert "is no number of plans" in err


def test_what_was_calibrated_before_the_engine_failed_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.toml"
    other.write_bytes(SMALL.read_bytes())

    def failing(case: Case, plans: int, base: int) -> Calibration:
        if case.level.path == str(other):
            job = Job(default_plan(case.level), 1)
            raise EngineFailed(job, replace(case.runs.one(job.plan, 1), error="it broke"))
        return calibrate(case, plans, base)

    monkeypatch.setattr(calibration, "calibrate", failing)
    words = ("calibrate", str(SMALL), str(other), "--plans", "1", "--jobs", "1", "--json")
    code, out, err = answer(capsys, *words)

    assert code == Exit.NO
    assert [one["path"] for one in json.loads(out)] == [str(SMALL)]
    assert "the engine failed: it broke; again: ninelives run" in err
