"""Packs: their header, their names, and the one file that they become."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from game.level.campaign import LEVELS
from game.level.pack import is_campaign, pack_around, pack_campaign, read_pack
from game.level.pack_file import read_pack_file
from game.level.pack_folder import gather, same_ids, write_folder
from game.level.pack_names import colliding, wrong_name
from game.level.problems import LevelErrors, Unreadable
from game.level.whole_file import write_whole
from tests.level.hostile_packs import BAD_NAMES
from tests.level.packs import PACK_TOML, level_text, pack_bytes, write_pack


def test_the_campaign_is_a_pack_of_its_own() -> None:
    assert read_pack(LEVELS).id == "nine-lives"
    assert is_campaign(LEVELS)


def test_a_header_tells_all_its_mistakes_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text('format = 1\nid = "A B"\nauthr = "x"\n')
    with pytest.raises(LevelErrors) as errors:
        read_pack(tmp_path)
    told = {(one.name, one.line) for one in errors.value.problems}
    assert ("bad-name", 2) in told
    assert ("unknown-key", 3) in told
    assert any(
        one.name == "missing-key" and "title" in one.message for one in errors.value.problems
    )
    assert any(one.suggestion == "author" for one in errors.value.problems)


def test_a_header_that_is_huge_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text(PACK_TOML + "#" * (1 << 20))
    with pytest.raises(LevelErrors, match="larger than"):
        read_pack(tmp_path)


def test_a_folder_without_a_header_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"pack\.toml cannot be opened"):
        read_pack(tmp_path)


def test_levels_of_a_pack_are_known_by_it(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "nap")
    (chapter,) = pack_campaign(folder)
    assert [(card.id, card.key) for card in chapter.levels] == [
        ("one", "nap/one"),
        ("two", "nap/two"),
    ]
    assert all(card.file.is_file() for card in chapter.levels)
    assert pack_around(folder / "one.toml") == folder.resolve()


def test_levels_of_the_campaign_are_known_by_their_ids_alone() -> None:
    cards = [card for chapter in pack_campaign(LEVELS) for card in chapter.levels]
    assert cards
    assert all(card.key == card.id for card in cards)


def test_two_levels_of_one_id_make_no_pack(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "nap")
    (folder / "two.toml").write_text(level_text("one"))
    with pytest.raises(Unreadable, match='2 levels with the id "one"'):
        pack_campaign(folder)
    assert same_ids({"a.toml": "x", "b.toml": "x", "c.toml": "y"}) == [
        'a.toml, b.toml have the same id "x".'
    ]


def test_the_file_of_a_pack_has_the_same_bytes_everywhere() -> None:
    assert sha256(pack_bytes()).hexdigest() == (
        "f30efdcb4234fdc995f5fdefca4827b16480e34fc2c8f2591f661995f5d3bd87"
    )


def test_what_was_packed_is_unpacked(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "nap")
    gathered = gather(folder, with_proofs=False)
    found = read_pack_file(pack_bytes(gathered.files), "nap.ninelives")
    write_folder(tmp_path / "again", found.files)
    again = gather(tmp_path / "again", with_proofs=False)
    assert again.files == gathered.files
    assert found.pack.title == "Nap time"


def test_line_ends_of_another_system_change_nothing(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "nap")
    before = gather(folder, with_proofs=False).files
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert gather(folder, with_proofs=False).files == before


def test_proofs_and_records_stay_at_home_unless_they_are_asked_for(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "nap")
    for name in ("one.proofs.toml", "one.record.json", "notes.txt"):
        (folder / name).write_text("")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("")
    without = gather(folder, with_proofs=False)
    assert without.left_out == ["notes.txt", "one.proofs.toml", "one.record.json"]
    assert without.levels == ["one.toml", "two.toml"]
    assert {"one.proofs.toml", "one.record.json"} <= gather(folder, with_proofs=True).files.keys()


def test_a_link_does_not_carry_a_file_from_elsewhere_into_a_pack(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine")
    folder = write_pack(tmp_path / "nap")
    (folder / "secret.md").symlink_to(secret)
    gathered = gather(folder, with_proofs=False)
    assert gathered.problems == ['"secret.md" is a link; a pack holds plain files.']
    assert "secret.md" not in gathered.files


@pytest.mark.parametrize("name", BAD_NAMES)
def test_no_name_leads_out_of_a_pack_or_means_something_else(name: str) -> None:
    assert wrong_name(name)


@pytest.mark.parametrize(
    "name", ["pack.toml", "01-one/a-level.proofs.toml", "a/b/c.md", "x_1.json"]
)
def test_ordinary_names_are_allowed(name: str) -> None:
    assert wrong_name(name) == ""


def test_names_that_are_one_file_on_some_systems_collide() -> None:
    assert "one file" in colliding(["a.toml", "A.toml"])
    assert "both a file and a folder" in colliding(["a/b.toml", "a"])
    assert colliding(["a.toml", "b.toml", "c/a.toml"]) == ""


def test_an_empty_folder_is_filled_and_any_other_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", {"a/b.md": b"x"})
    assert (tmp_path / "empty" / "a" / "b.md").read_bytes() == b"x"
    for target in (tmp_path / "empty", tmp_path / "empty" / "a" / "b.md"):
        with pytest.raises(Unreadable, match="there already"):
            write_folder(target, {"c.md": b"y"})
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unreadable, match="there already"):
        write_folder(tmp_path / "link", {"c.md": b"y"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "link"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be written"):
        write_folder(tmp_path / "no" / "where", {"a.md": b"x"})
    with pytest.raises(Unreadable, match="cannot be written"):
        write_whole(tmp_path / "no" / "where", b"x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unreadable, match="cannot be written"):
        write_whole(tmp_path / "folder", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    ("text", "place"),
    [("format = = 1\n", (1, 10)), ("format = 1\n", (1, 1)), ("goal = 3\n[[node\n", (2, 1))],
)
def test_a_level_that_cannot_be_shown_is_told_with_its_place(
    tmp_path: Path, text: str, place: tuple[int, int]
) -> None:
    folder = write_pack(tmp_path / "nap")
    (folder / "one.toml").write_text(text)
    with pytest.raises(LevelErrors) as errors:
        pack_campaign(folder)
    first = errors.value.problems[0]
    assert (first.line, first.column) == place
    (folder / "one.toml").write_text(level_text("one").replace('"99%"', "[]"))
    with pytest.raises(LevelErrors, match="at_least"):
        pack_campaign(folder)


def test_the_campaign_can_be_packed() -> None:
    gathered = gather(LEVELS, with_proofs=True)
    assert gathered.problems == []
    assert len(gathered.levels) == sum(len(one.levels) for one in pack_campaign(LEVELS))


def test_a_page_that_is_called_otherwise_is_left_out(tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "nap")
    (folder / "NOTES.md").write_text("mine")
    gathered = gather(folder, with_proofs=False)
    assert (gathered.problems, gathered.left_out) == ([], ["NOTES.md"])
