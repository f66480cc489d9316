"""`ninelives play`: what is settled before the screen opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit

NIGHT = Path(__file__).with_name("night.toml")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """A terminal, and the levels that the game was opened with."""
    levels: list[Path | None] = []

    def run_game(level: Path | None) -> int:
        levels.append(level)
        return 0

    monkeypatch.setattr("game.cli.play.has_terminal", lambda: True)
    monkeypatch.setattr("game.tui.app.run_game", run_game)
    return levels


@pytest.mark.parametrize("words", [[], ["play"]])
def test_without_a_level_the_game_opens(opened: list[Path | None], words: list[str]) -> None:
    assert main(words) == Exit.GOOD
    assert opened == [None]


def test_a_named_level_is_opened_at_once(opened: list[Path | None]) -> None:
    assert main(["play", str(NIGHT)]) == Exit.GOOD
    assert opened == [NIGHT]


def test_a_level_with_errors_is_told_before_the_screen_opens(
    opened: list[Path | None], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level = tmp_path / "bad.toml"
    level.write_text("format = 1\n")
    assert main(["play", str(level)]) == Exit.WRONG_USE
    assert "bad.toml" in capsys.readouterr().err
    assert opened == []
