"""`ninelives level new`: whatever it writes can be played and proven at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.engine.kinds import load_kinds
from game.level.find import PROOFS, find_level
from game.level.level_kinds import LEVEL_KINDS
from game.level.read import inspect_level
from game.level.schema import schema_file
from game.level.templates import template_kinds
from game.proof.prove import prove


def new(*words: str | Path) -> int:
    return main(["level", "new", *map(str, words)])


@pytest.mark.parametrize("kind", template_kinds())
def test_a_new_level_of_every_kind_is_proven_as_it_is(kind: str, tmp_path: Path) -> None:
    assert kind in LEVEL_KINDS
    assert new("mine", "--kind", kind, "-o", tmp_path) == Exit.GOOD

    path = tmp_path / "mine.toml"
    level, problems = inspect_level(path, load_kinds())
    assert level is not None
    assert not problems, str(problems)
    assert (level.id, level.kind) == ("mine", kind)
    report = prove(path, load_kinds(), fresh=True)
    assert report.ok, report


def test_a_new_level_is_a_design_level_and_says_what_comes_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new("mine", "-o", tmp_path / "a folder") == Exit.GOOD

    path = tmp_path / "a folder" / "mine.toml"
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:] == [
        f"  ninelives level {word} '{path}'" for word in ("check", "preview", "test")
    ]
    assert 'kind = "design"' not in path.read_text()
    assert inspect_level(path, load_kinds())[0] is not None


def test_both_files_name_their_schema_from_where_they_are(tmp_path: Path) -> None:
    new("mine", "--kind", "design", "-o", tmp_path)
    for name, schema in (("mine.toml", "level"), (f"mine{PROOFS}", "proofs")):
        first = (tmp_path / name).read_text().splitlines()[0]
        where = tmp_path / first.removeprefix("#:schema ")
        assert where.resolve() == schema_file(schema).resolve()


def test_a_copy_of_a_level_differs_in_its_id_and_schema_alone(tmp_path: Path) -> None:
    assert new("mine", "--from", "try-again", "-o", tmp_path) == Exit.GOOD

    original = find_level("try-again")
    for before, name in (
        (original, "mine.toml"),
        (original.with_name(f"try-again{PROOFS}"), f"mine{PROOFS}"),
    ):
        after = (tmp_path / name).read_text().splitlines()[1:]
        rest = before.read_text().replace('id = "try-again"\ntitle', 'id = "mine"\ntitle')
        assert after == rest.splitlines()[1:]


def test_comments_and_texts_of_a_copy_stay_as_they_are(tmp_path: Path) -> None:
    text = (
        '# mine\r\nformat = 1 # the first\r\ntitle = "T"\r\nstory = """\r\nid = "no"\r\n"""\r\n'
        "'id' = 'old' # the name\r\n"
    )
    (tmp_path / "old.toml").write_bytes(text.encode())
    assert new("other", "--from", tmp_path / "old.toml", "-o", tmp_path) == Exit.GOOD

    made = (tmp_path / "other.toml").read_bytes().decode()
    assert made.partition("\n")[2] == text.replace("'old'", '"other"')
    assert not (tmp_path / f"other{PROOFS}").exists()


def test_a_copy_of_a_level_without_an_id_gets_one(tmp_path: Path) -> None:
    (tmp_path / "old.toml").write_text('#:schema x\nformat = 1\ntitle = "T"\n')
    assert new("other", "--from", tmp_path / "old.toml", "-o", tmp_path) == Exit.GOOD

    made = (tmp_path / "other.toml").read_text().splitlines()
    assert re.match("#:schema .*level.schema.json", made[0])
    assert made[1:] == ['id = "other"', "format = 1", 'title = "T"']


@pytest.mark.parametrize("there", ["mine.toml", f"mine{PROOFS}"])
def test_what_is_there_is_never_written_over(
    there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / there).write_text("my work")

    assert new("mine", "-o", tmp_path) == Exit.WRONG_USE
    assert "is there already" in capsys.readouterr().err
    assert (tmp_path / there).read_text() == "my work"
    assert [path.name for path in tmp_path.iterdir()] == [there]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["mine", "--kind", "desing"], 'no kind of level "desing"; did you mean "design"?'),
        (["Mine"], "An id has 1 to 64 of a-z"),
        (["../mine"], "An id has 1 to 64 of a-z"),
        (["pack"], "another file has that name"),
        (["mine.proofs"], "another file has that name"),
        (["mine", "--from", "tri-again"], 'Did you mean "try-again"?'),
        (["mine", "--from", "try-again", "--kind", "design"], "not allowed with"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_nearest_right_word(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new(*words, "-o", tmp_path) == Exit.WRONG_USE
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_broken_original_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "old.toml").write_text("format = = 1\n")
    assert new("mine", "--from", tmp_path / "old.toml", "-o", tmp_path / "new") == Exit.WRONG_USE
    assert "old.toml:1:" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("folder", ["x" * 300, "night.toml/below", "loop"])
def test_a_folder_that_cannot_be_written_to_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: str
) -> None:
    (tmp_path / "night.toml").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    assert main(["level", "new", "q", "-o", str(tmp_path / folder)]) == Exit.WRONG_USE
    told = capsys.readouterr()
    assert told.out == ""
    assert "cannot be written: " in told.err
    assert len(told.err.splitlines()) == 1
