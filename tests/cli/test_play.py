"""`ninelives play`: what is settled before the screen opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit

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
