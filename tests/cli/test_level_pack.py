"""`ninelives level pack`, `unpack`, `stats`, `diff` and `upgrade`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.engine.kinds import load_kinds
from game.level.campaign import LEVELS
from game.level.identity import level_hash
from game.level.pack_file import read_pack_file
from game.level.read import read_level_bytes
from game.level.schema import schema_line
from game.progress import open_progress
from tests.level.packs import level_text, write_pack
from tests.progress.examples import finished

NIGHT = Path(__file__).with_name("night.toml")
PROVEN = LEVELS / "05-no-free-lunch" / "by-the-bag.toml"


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `ninelives level`."""
    code = main(["level", *map(str, words)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_a_pack_is_written_and_unpacked_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_pack(tmp_path / "folder")
    monkeypatch.chdir(tmp_path)
    code, out, err = answer(capsys, "pack", folder)
    assert (code, err) == (Exit.GOOD, "")
    assert "levels   2 (2 design)" in out
    assert "not one: there is no record" in out
    assert "teaches  crash" in out
    first = (tmp_path / "nap.ninelives").read_bytes()

    code, out, _ = answer(capsys, "unpack", "nap.ninelives")
    assert (code, out) == (Exit.GOOD, "nap: 2 levels, 4 files\n")
    assert (tmp_path / "nap" / "one.toml").read_text() == level_text("one")
    code, _, _ = answer(capsys, "pack", tmp_path / "nap", "-o", tmp_path / "again.ninelives")
    assert (tmp_path / "again.ninelives").read_bytes() == first


def test_what_a_pack_holds_is_told_as_data_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, file = write_pack(tmp_path / "folder"), tmp_path / "x.ninelives"
    code, out, _ = answer(capsys, "pack", folder, "-o", file, "--json")
    told = json.loads(out)
    assert code == Exit.GOOD
    assert (told["levels"], told["proven"], told["kinds"]) == (["one", "two"], [], {"design": 2})
    assert told["size_bytes"] == file.stat().st_size
    code, out, _ = answer(capsys, "unpack", file, "-o", tmp_path / "out", "--json")
    assert json.loads(out)["levels"] == ["one", "two"]


def test_a_pack_with_mistakes_is_not_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, file = write_pack(tmp_path / "folder"), tmp_path / "x.ninelives"
    (folder / "one.toml").write_text(level_text("one").replace("rate", "rat"))
    (folder / "BAD.toml").write_text("")
    code, out, _ = answer(capsys, "pack", folder, "-o", file)
    assert code == Exit.NO
    assert 'did you mean "rate"?' in out
    assert '"BAD.toml" is not allowed' in out
    assert "not packed, 2 problems" in out
    code, out, _ = answer(capsys, "pack", folder, "-o", file, "--json")
    assert (code, len(json.loads(out)["problems"])) == (Exit.NO, 2)
    (folder / "pack.toml").write_text("format = 1\n")
    code, out, _ = answer(capsys, "pack", folder, "-o", file)
    assert code == Exit.NO
    assert 'key "id" is missing' in out
    assert not file.exists()


def test_what_is_no_pack_is_wrong_use(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words in (
        ("pack", tmp_path / "nowhere"),
        ("pack", tmp_path),
        ("unpack", tmp_path / "nowhere"),
        ("unpack", tmp_path),
        ("unpack", NIGHT, "-o", tmp_path / "out"),
    ):
        code, out, err = answer(capsys, *words)
        assert (code, out) == (Exit.WRONG_USE, ""), words
        assert err.startswith("ninelives: "), words
    assert list(tmp_path.iterdir()) == []


def test_stats_show_a_pack_at_a_glance(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "nap")
    code, out, _ = answer(capsys, "stats", folder)
    assert code == Exit.GOOD
    assert "one is not proven: there is no record" in out
    assert "2 levels, 0 proven by their records." in out
    assert "Teaches: crash" in out
    code, out, _ = answer(capsys, "stats", PROVEN, "--json")
    (told,) = json.loads(out)
    assert (told["level"], told["proven"], told["plans"]) == ("by-the-bag", True, 70)
    assert told["share"]["low"] <= told["share"]["value"] <= told["share"]["high"]
    assert told["run_ms"] > 0


def test_a_level_is_the_same_as_itself_and_its_proof_holds(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, out, _ = answer(capsys, "diff", "by-the-bag", PROVEN, "--data-dir", tmp_path)
    assert code == Exit.GOOD
    assert "no difference" in out
    assert "by-the-bag.record.json holds for B" in out
    assert list(tmp_path.iterdir()) == [], "only to look made saves"


def test_new_words_leave_a_level_what_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    after = tmp_path / "b.toml"
    after.write_text(PROVEN.read_text("utf-8").replace("By the bag", "By \x41ll means"), "utf-8")
    code, out, _ = answer(capsys, "diff", PROVEN, after, "--data-dir", tmp_path / "saves")
    assert code == Exit.GOOD
    assert "words" in out
    assert "holds for B" in out


def test_another_night_voids_the_proof_and_the_stars(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before, after = tmp_path / "a.toml", tmp_path / "b.toml"
    before.write_text(level_text("nap"))
    after.write_text(level_text("nap").replace("rate = 20", "rate = 30"))
    code, out, _ = answer(capsys, "diff", before, after, "--data-dir", tmp_path / "saves", "--json")
    told = json.loads(out)
    assert code == Exit.NO
    assert told["differences"] == [
        {"group": "system", "where": "client visitors: rate", "old": "20", "new": "30"}
    ]
    assert (told["same"], told["proof"]["holds"], told["saves"]["holds"]) == (False, False, False)


def test_upgrade_shows_what_it_would_do_and_does_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level = tmp_path / "nap.toml"
    old = level_text("nap").replace("format = 1\n", "")
    level.write_text(old)
    code, out, _ = answer(capsys, "upgrade", "--check", level)
    assert code == Exit.NO
    assert "\n+format = 1\n" in out
    assert level.read_text() == old
    code, out, _ = answer(capsys, "upgrade", level)
    assert (code, out) == (Exit.GOOD, f"{level}: added format = 1, added the line #:schema\n")
    assert level.read_text() == f"{schema_line(tmp_path)}\n{level_text('nap')}"
    code, out, _ = answer(capsys, "upgrade", "--check", level)
    assert (code, out) == (Exit.GOOD, f"{level}: up to date\n")


def test_stars_hold_while_the_level_is_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before, after = tmp_path / "a.toml", tmp_path / "b.toml"
    before.write_text(level_text("nap"))
    after.write_text(level_text("nap").replace('"Nap"', '"Sleep"'))
    level, problems = read_level_bytes(before.read_bytes(), "nap.toml", load_kinds())
    assert level is not None, problems
    assert open_progress(tmp_path / "saves").save(finished(level_hash=level_hash(level)))
    words = ("--data-dir", tmp_path / "saves")
    _, out, _ = answer(capsys, "diff", before, after, *words)
    assert "1 stars in 1 runs on A" in out
    assert "they hold for B" in out
    after.write_text(level_text("sleep"))
    _, out, _ = answer(capsys, "diff", before, after, *words)
    assert "B has another id" in out


def test_only_a_pack_is_written_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder, file = write_pack(tmp_path / "folder"), tmp_path / "x.ninelives"
    level = folder / "one.toml"
    code, out, err = answer(capsys, "pack", folder, "-o", level)
    assert (code, out) == (Exit.WRONG_USE, "")
    assert err == f"ninelives: {level} is there already, and is no pack: name another file.\n"
    assert level.read_text() == level_text("one")
    for _ in range(2):
        code, _, err = answer(capsys, "pack", folder, "-o", file)
        assert (code, err) == (Exit.GOOD, "")


@pytest.mark.parametrize("target", [".", "", "..", "sub", "dangling", "x" * 300, "no/where.x"])
def test_a_target_that_can_be_no_file_is_wrong_use(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
) -> None:
    folder = write_pack(tmp_path / "folder")
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    Path("dangling").symlink_to("nowhere")
    before = sorted(tmp_path.iterdir())
    code, out, err = answer(capsys, "pack", folder, "-o", target)
    assert (code, out) == (Exit.WRONG_USE, "")
    assert len(err.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_pack_does_not_tell_where_its_author_keeps_the_schema(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder, file = write_pack(tmp_path / "folder"), tmp_path / "x.ninelives"
    level = folder / "one.toml"
    level.write_text(f"#:schema ../../secret/level.schema.json\n{level_text('one')}")
    code, _, _ = answer(capsys, "pack", folder, "-o", file)
    assert code == Exit.GOOD
    assert read_pack_file(file.read_bytes(), "x").files["one.toml"] == level_text("one").encode()
    out = tmp_path / "out"
    assert answer(capsys, "unpack", file, "-o", out)[0] == Exit.GOOD
    assert answer(capsys, "upgrade", out)[0] == Exit.GOOD
    assert (out / "one.toml").read_text() == f"{schema_line(out)}\n{level_text('one')}"


def test_file_names_in_data_do_not_reach_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "folder")
    (folder / "a\x9b\x7f.txt").write_text("")
    _, out, _ = answer(capsys, "pack", folder, "-o", tmp_path / "x.ninelives", "--json")
    assert json.loads(out)["left_out"] == ["a\x9b\x7f.txt"]
    assert out.replace("\n", "").isprintable()
    assert out.isascii()


def test_a_broken_pack_file_is_told_with_the_statistics(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "folder")
    (folder / "pack.toml").write_text("format = 1\n")
    code, out, err = answer(capsys, "stats", folder)
    assert (code, out) == (Exit.WRONG_USE, "")
    assert 'key "id" is missing' in err


def test_the_reason_why_a_folder_cannot_be_packed_is_passed_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for folder in (tmp_path / "loop", tmp_path / ("x" * 300)):
        code, out, err = answer(capsys, "pack", folder)
        assert (code, out) == (Exit.WRONG_USE, "")
        assert "cannot be opened: " in err
