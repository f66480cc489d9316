"""Packs that are installed, and what is unpacked of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.level.problems import Unreadable
from game.progress import packs
from game.progress.packs import install, installed, remove, unpacked
from tests.level.packs import PACK_TOML, pack_bytes, pack_texts


def pack_file(path: Path, **changes: str) -> Path:
    """A pack's file; changes are of its files, by name without the suffix .toml."""
    texts = {**pack_texts(), **{f"{name}.toml": text for name, text in changes.items()}}
    path.write_bytes(pack_bytes({name: text.encode() for name, text in texts.items()}))
    return path


def test_a_pack_is_copied_into_the_data_folder(tmp_path: Path) -> None:
    file, saves = pack_file(tmp_path / "download.ninelives"), tmp_path / "saves"
    one = install(saves, file)
    file.unlink()
    assert installed(saves) == (one,)
    assert one.path == saves / "packs" / "nap.ninelives"
    assert (one.title, one.levels) == ("Nap time", ("nap/one", "nap/two"))
    folder = unpacked(saves, one.path)
    assert sorted(path.name for path in folder.iterdir()) == sorted(pack_texts())
    assert unpacked(saves, one.path) == folder


def test_what_is_wrong_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    saves = tmp_path / "saves"
    (tmp_path / "noise.ninelives").write_bytes(b"PK\x03\x04 noise")
    broken = pack_file(tmp_path / "broken.ninelives", one="format = 1\n")
    for path, why in (
        (tmp_path / "noise.ninelives", "is refused"),
        (tmp_path / "nowhere.ninelives", "There is no file"),
        (tmp_path, "is a folder"),
        (broken, r"one\.toml:\d+:\d+"),
    ):
        with pytest.raises(Unreadable, match=why):
            install(saves, path)
    assert installed(saves) == ()


def test_another_version_is_not_put_over_the_one_that_is_there(tmp_path: Path) -> None:
    saves = tmp_path / "saves"
    first = pack_file(tmp_path / "first.ninelives")
    second = pack_file(tmp_path / "second.ninelives", pack=PACK_TOML.replace("Nap", "Sleep"))
    one = install(saves, first)
    assert install(saves, first) == one
    with pytest.raises(Unreadable, match="remove that one first"):
        install(saves, second)
    remove(saves, one)
    assert installed(saves) == ()
    assert not any((saves / "cache" / "packs").iterdir())
    assert install(saves, second).title == "Sleep time"


def test_a_file_that_was_damaged_later_is_told_and_can_be_removed(tmp_path: Path) -> None:
    saves = tmp_path / "saves"
    install(saves, pack_file(tmp_path / "x.ninelives"))
    damaged = saves / "packs" / "a\x1b.ninelives"
    damaged.write_bytes(b"x")
    good, bad = installed(saves)
    assert good.pack is not None
    assert bad.pack is None
    assert "\x1b" not in bad.title + bad.trouble
    assert "does not begin as a pack" in bad.trouble
    remove(saves, bad)
    assert installed(saves) == (good,)


def test_the_cache_forgets_what_was_opened_longest_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "MOST_CACHED", 2)
    for number in range(4):
        title = PACK_TOML.replace("Nap", f"Nap {number}")
        last = unpacked(tmp_path, pack_file(tmp_path / "x.ninelives", pack=title))
    kept = list((tmp_path / "cache" / "packs").iterdir())
    assert len(kept) == 2
    assert last in kept
