"""`ninelives level check`: which files it looks at, and what it says of each."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.cli.level_check import FORMATS

NIGHT = Path(__file__).with_name("night.toml").read_text("utf-8")
BROKEN = NIGHT.replace("rate = 50", "rat = 50")
PROOFS = """[[proof]]
id = "plain"
verdict = "wins"
role = "default"
why = "-"
goal = "whatever"

[proof.controls]
whatever = "more"

[[proof.change]]
alarm = "whatever"
control = "whatever"
value = "more"
"""
PACK = 'format = 1\nid = "nap"\ntitle = "Naps"\n'


def check(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `ninelives level check`."""
    code = main(["level", "check", *map(str, words)])
    told = capsys.readouterr()
    return code, told.out, told.err


def codes(out: str) -> dict[str, list[str]]:
    """The codes of the problems of each file, from JSON."""
    return {
        Path(one["path"]).name: [problem["code"] for problem in one["problems"]]
        for one in json.loads(out)
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.toml").write_text(NIGHT, "utf-8")
    return tmp_path


def test_the_shape_of_proofs_is_checked_beside_a_broken_level(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "bad.toml").write_text(BROKEN, "utf-8")
    (folder / "bad.proofs.toml").write_text(PROOFS, "utf-8")
    code, out, _ = check(capsys, folder / "bad.toml", "--json")
    assert code == Exit.NO
    (one,) = json.loads(out)
    told = [(Path(at["path"]).name, at["name"]) for at in one["problems"]]
    assert ("bad.proofs.toml", "contradiction") in told
    assert [name for path, name in told if path == "bad.proofs.toml"] == ["contradiction"]


def test_proofs_are_checked_together_with_their_level(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    level, proofs = folder / "good.toml", folder / "good.proofs.toml"
    proofs.write_text("", "utf-8")
    assert check(capsys, proofs, level) == (Exit.GOOD, f"{level}: ok\n", "")
    proofs.write_text(PROOFS, "utf-8")
    _, out, _ = check(capsys, proofs, "--json")
    assert codes(out) == codes(check(capsys, level, "--json")[1])
    assert set(codes(out)) == {"good.toml"}
    level.unlink()
    _, out, _ = check(capsys, proofs, "--json")
    assert list(codes(out)) == ["good.proofs.toml"]
    assert len(codes(out)["good.proofs.toml"]) == 1


def test_a_pack_file_is_checked_as_one_also_in_a_folder(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    pack = folder / "pack.toml"
    pack.write_text(PACK, "utf-8")
    assert check(capsys, pack) == (Exit.GOOD, f"{pack}: ok\n", "")
    pack.write_text("format = 1\n", "utf-8")
    for place in (pack, folder):
        code, out, _ = check(capsys, place)
        assert code == Exit.NO
        assert 'key "id" is missing' in out


@pytest.mark.parametrize("word", ["test", "stats", "upgrade", "preview"])
def test_where_a_level_is_wanted_proofs_and_packs_are_refused(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    word: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("game.cli.level_preview.has_terminal", lambda: True)
    for name, words in (
        ("good.proofs.toml", "holds the proofs of a level: name the level, good.toml."),
        ("pack.toml", "tells of a pack, and is no level: name its folder."),
    ):
        (folder / name).write_text("", "utf-8")
        assert main(["level", word, str(folder / name)]) == Exit.WRONG_USE
        assert words in capsys.readouterr().err


@pytest.mark.parametrize("style", FORMATS)
def test_what_can_be_read_is_reported_beside_what_cannot(
    capsys: pytest.CaptureFixture[str], folder: Path, style: str
) -> None:
    (folder / "bad.toml").write_text(BROKEN, "utf-8")
    alone = check(capsys, folder, "--format", style)[1]
    (folder / "noise.toml").write_bytes(b"\xff\xfe")
    for words in ((folder,), (folder / "bad.toml", folder / "no.toml", folder / "good.toml")):
        code, out, err = check(capsys, *words, "--format", style)
        assert (code, out) == (Exit.WRONG_USE, alone)
        assert err.startswith("ninelives: ")
        assert ("noise.toml" in err) != ("There is no file" in err)


def test_proofs_that_cannot_be_read_hide_no_mistake(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "bad.toml").write_text(BROKEN, "utf-8")
    (folder / "bad.proofs.toml").write_bytes(b"\xff\xfe")
    code, out, err = check(capsys, folder / "bad.toml")
    assert code == Exit.WRONG_USE
    assert 'did you mean "rate"?' in out
    assert "bad.proofs.toml is not UTF-8" in err


@pytest.mark.parametrize("word", ["check", "stats", "test"])
def test_a_name_with_no_room_for_proofs_is_a_level_without_any(
    capsys: pytest.CaptureFixture[str], folder: Path, word: str
) -> None:
    (folder / f"{'x' * 250}.toml").write_text(f'id = "long"\n{NIGHT}', "utf-8")
    words = ["--jobs", "1"] if word == "test" else []
    code = main(["level", word, str(folder), *words])
    assert code == (Exit.NO if word == "test" else Exit.GOOD)
    assert "good" in capsys.readouterr().out


def test_the_reason_of_the_system_is_passed_on(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "loop.toml").symlink_to("loop.toml")
    code, _, err = check(capsys, folder / "loop.toml")
    assert code == Exit.WRONG_USE
    assert "loop.toml cannot be opened: " in err
    locked = folder / "locked"
    locked.mkdir()
    real = os.scandir

    def scandir(place: Any) -> Iterator[os.DirEntry[str]]:
        if Path(place) == locked:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
        return real(place)

    monkeypatch.setattr(os, "scandir", scandir)
    for place in (locked, folder):
        code, out, err = check(capsys, place)
        assert code == Exit.WRONG_USE
        assert err == f"ninelives: {locked} cannot be opened: Permission denied.\n"
        assert ("good.toml: ok" in out) == (place == folder)
