from __future__ import annotations

from pathlib import Path

import pytest

from game.level import find
from game.level.find import find_level, find_levels, levels_in
from game.level.problems import Unreadable


@pytest.fixture
def campaign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "levels" / "02-two"
    folder.mkdir(parents=True)
    (tmp_path / "levels" / "pack.toml").write_text("")
    for name in ("night", "night.proofs", "day"):
        (folder / f"{name}.toml").write_text("")
    one = tmp_path / "levels" / "01-one"
    one.mkdir()
    (one / "dusk.toml").write_text('id = "twilight"')
    monkeypatch.setattr(find, "campaign", lambda: tmp_path / "levels")
    return tmp_path / "levels"


def test_the_campaign_is_its_levels_in_order(campaign: Path) -> None:
    assert [path.stem for path in find_levels()] == ["dusk", "day", "night"]


def test_a_checkout_has_its_campaign_beside_the_package() -> None:
    assert find.campaign().name == "levels"
    assert levels_in(find.campaign())


def test_a_level_is_found_by_id_by_file_and_by_folder(campaign: Path) -> None:
    night = campaign / "02-two" / "night.toml"
    assert find_level("night") == night
    assert find_level(str(night)) == night
    assert find_level(str(campaign / "01-one")) == campaign / "01-one" / "dusk.toml"
    assert find_level("twilight") == campaign / "01-one" / "dusk.toml"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nihgt", 'There is no level "nihgt". Did you mean "night"?'),
        ("some/where.toml", "There is no file some/where.toml."),
        ("02-two", "There is no level"),
        ("\0", "There is no level"),
        ("x" * 5000, ""),
        ("", "A level has a name"),
        (" ", "A level has a name"),
        ("\x1b[31m", 'There is no level "\N{REPLACEMENT CHARACTER}[31m"'),
    ],
)
def test_what_is_not_found_is_told_in_one_sentence(campaign: Path, text: str, words: str) -> None:
    with pytest.raises(Unreadable) as caught:
        find_level(text)
    assert words in str(caught.value)


def test_a_folder_with_several_levels_is_no_level(campaign: Path) -> None:
    with pytest.raises(Unreadable, match="holds 2 files that may be levels; name one of them"):
        find_level(str(campaign / "02-two"))
    (campaign / "empty").mkdir()
    with pytest.raises(Unreadable, match="holds no level"):
        find_level(str(campaign / "empty"))


def test_a_folder_with_more_in_it_than_a_pack_is_not_looked_through(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "MOST_ENTRIES", 3)
    with pytest.raises(Unreadable, match="holds more than 3 files; name a level in it"):
        find_level(str(campaign))
