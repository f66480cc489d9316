"""`ninelives play`: what is settled before the screen opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.level.campaign import LEVELS
from game.tui.app import OpenPack
from tests.level.packs import write_pack

NIGHT = Path(__file__).with_name("night.toml")
Opened = list[tuple[Path | None, Path | None]]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A terminal, and the levels and data folders that the game was opened with."""
    asked: Opened = []

    def run_game(level: Path | None, data_dir: Path | None) -> int:
        asked.append((level, data_dir))
        return 0

    monkeypatch.setattr("game.cli.play.has_terminal", lambda: True)
    monkeypatch.setattr("game.tui.app.run_game", run_game)
    return asked


@pytest.fixture
def packs_opened(monkeypatch: pytest.MonkeyPatch) -> list[OpenPack | None]:
    """A terminal, and the packs that the game was opened with."""
    asked: list[OpenPack | None] = []

    def run_game(level: Path | None, data_dir: Path | None, pack: OpenPack | None = None) -> int:
        assert level is None
        asked.append(pack)
        return 0

    monkeypatch.setattr("game.cli.play.has_terminal", lambda: True)
    monkeypatch.setattr("game.tui.app.run_game", run_game)
    return asked


@pytest.mark.parametrize("words", [[], ["play"]])
def test_without_a_level_the_game_opens(opened: Opened, words: list[str]) -> None:
    assert main(words) == Exit.GOOD
    assert opened == [(None, None)]


def test_a_named_level_is_opened_at_once(opened: Opened) -> None:
    assert main(["play", str(NIGHT)]) == Exit.GOOD
    assert opened == [(NIGHT, None)]


@pytest.mark.parametrize(
    "words", [["--data-dir", "x"], ["--data-dir", "x", "play"], ["play", "--data-dir", "x"]]
)
def test_the_data_folder_may_be_named_before_and_after_the_command(
    opened: Opened, words: list[str]
) -> None:
    assert main(words) == Exit.GOOD
    assert opened == [(None, Path("x"))]


def test_a_level_with_errors_is_told_before_the_screen_opens(
    opened: Opened, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level = tmp_path / "bad.toml"
    level.write_text("format = 1\n")
    assert main(["play", str(level)]) == Exit.WRONG_USE
    assert "bad.toml" in capsys.readouterr().err
    assert opened == []


def test_a_pack_is_opened_as_a_folder_and_as_a_file(
    packs_opened: list[OpenPack | None], tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "nap")
    file = tmp_path / "nap.ninelives"
    assert main(["level", "pack", str(folder), "-o", str(file)]) == Exit.GOOD
    for path in (folder, file):
        assert main(["play", str(path), "--data-dir", str(tmp_path / "saves")]) == Exit.GOOD
    first, second = packs_opened
    assert first is not None
    assert second is not None
    assert first.title == second.title == "Nap time"
    assert [card.key for card in second.chapters[0].levels] == ["nap/one", "nap/two"]
    assert second.chapters[0].levels[0].file.is_relative_to(tmp_path / "saves" / "cache")


def test_the_folder_of_the_campaign_is_the_campaign(packs_opened: list[OpenPack | None]) -> None:
    assert main(["play", str(LEVELS)]) == Exit.GOOD
    assert packs_opened == [None]


@pytest.mark.parametrize("name", ["no.ninelives", "bad.ninelives"])
def test_a_pack_that_is_refused_is_told_before_the_screen_opens(
    packs_opened: list[OpenPack | None],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
) -> None:
    (tmp_path / "bad.ninelives").write_bytes(b"x")
    assert main(["play", str(tmp_path / name), "--data-dir", str(tmp_path)]) == Exit.WRONG_USE
    assert name in capsys.readouterr().err
    assert packs_opened == []
