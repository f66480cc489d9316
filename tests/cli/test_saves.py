"""`ninelives saves`: places, exports, imports, and what is said of them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.progress import open_progress
from tests.progress.examples import numbers, with_runs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Saves with three runs, named by the environment."""
    saves = tmp_path / "saves"
    with_runs(saves, 3)
    monkeypatch.setenv("NINELIVES_DATA_DIR", str(saves))
    monkeypatch.chdir(tmp_path)
    return saves


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    code = main(["saves", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize("words", [(), ("where",), ("export",), ("import",)])
def test_every_action_has_help(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    code, out, err = answer(capsys, *words, "--help")
    assert (code, err) == (Exit.GOOD, "")
    assert out.startswith(f"usage: {' '.join(['ninelives', 'saves', *words])} ")


def test_a_wrong_action_gets_the_nearest_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = answer(capsys, "exprot")
    assert code == Exit.WRONG_USE
    assert 'did you mean "export"?' in err


def test_where_prints_the_file_and_makes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = tmp_path / "none"
    assert answer(capsys, "where", "--data-dir", str(place)) == (
        Exit.GOOD,
        f"{place / 'progress.sqlite3'}\n",
        "",
    )
    assert not place.exists()


def test_the_folder_may_be_named_before_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--data-dir", str(tmp_path), "saves", "where"]) == Exit.GOOD
    assert capsys.readouterr().out == f"{tmp_path / 'progress.sqlite3'}\n"


def test_where_as_data(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    code, out, _ = answer(capsys, "where", "--json")
    told = json.loads(out)
    assert code == Exit.GOOD
    assert (told["folder"], told["file"]) == (str(folder), str(folder / "progress.sqlite3"))
    assert told["exists"] is True
    assert len(told["backups"]) == 1
    assert told["set_aside"] == []


def test_saves_go_to_another_folder_by_a_file(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    code, out, _ = answer(capsys, "export", "saves.jsonl")
    assert (code, out) == (Exit.GOOD, "3 runs written to saves.jsonl\n")
    there = str(tmp_path / "there")
    code, out, _ = answer(capsys, "import", "saves.jsonl", "--data-dir", there)
    assert (code, out) == (Exit.GOOD, "3 runs read\n")
    code, out, _ = answer(capsys, "import", "saves.jsonl", "--data-dir", there)
    assert (code, out) == (Exit.GOOD, "3 runs read, 3 of them were here already\n")
    assert numbers(open_progress(Path(there))) == numbers(open_progress(folder))


@pytest.mark.usefixtures("folder")
def test_saves_go_through_a_pipe(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = answer(capsys, "export", "-")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(out.encode())))
    code, out, _ = answer(capsys, "import", "-", "--data-dir", str(tmp_path / "there"), "--json")
    assert code == Exit.GOOD
    assert json.loads(out) == {"added": 3, "known": 0, "refused": []}


@pytest.mark.usefixtures("folder")
def test_lines_that_cannot_be_read_are_named_and_are_exit_code_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, _ = answer(capsys, "export", "saves.jsonl", "--json")
    assert json.loads(out) == {"file": "saves.jsonl", "runs": 3}
    file = tmp_path / "saves.jsonl"
    file.write_text(file.read_text() + "{}\n" * 30)
    code, out, err = answer(capsys, "import", "saves.jsonl")
    assert (code, out) == (Exit.NO, "3 runs read, 3 of them were here already\n")
    assert err.startswith('ninelives: saves.jsonl:5: "run" is missing or wrong\n')
    assert err.endswith("10 more lines could not be read\n")


@pytest.mark.usefixtures("folder")
def test_an_export_never_replaces_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("mine")
    code, _, err = answer(capsys, "export", "mine")
    assert code == Exit.WRONG_USE
    assert "is there already" in err
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("export", "no/such/file"), "cannot be written"),
        (("export", "a\0b"), "cannot be written"),
        (("export", "-", "--json"), "cannot both go to stdout"),
        (("import", "no-such-file"), "cannot be read"),
        (("import", "a\0b"), "cannot be read"),
        (("import", "level.toml"), "holds no saves"),
    ],
)
def test_wrong_use_gets_one_sentence_and_code_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    (tmp_path / "level.toml").write_text("format = 1\n")
    code, out, err = answer(capsys, *words)
    assert (code, out) == (Exit.WRONG_USE, "")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("folder")
def test_an_import_that_the_disk_does_not_take_is_exit_code_3(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer(capsys, "export", "saves.jsonl")
    (tmp_path / "file").touch()
    code, out, err = answer(capsys, "import", "saves.jsonl", "--data-dir", "file")
    assert (code, out) == (Exit.TRY_AGAIN, "")
    assert "Not saving" in err
    assert "nothing was imported" in err


@pytest.mark.parametrize("file", ["mine", "-"])
def test_an_export_of_saves_that_cannot_be_opened_is_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("no folder")
    code, out, err = answer(capsys, "export", file, "--data-dir", str(tmp_path / "file"))
    assert (code, out) == (Exit.TRY_AGAIN, "")
    assert err.endswith("ninelives: nothing was exported\n")
    assert not (tmp_path / "mine").exists()
