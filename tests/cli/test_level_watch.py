"""`ninelives level check --watch`, with a wait that is no sleep."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from game.cli import main
from game.cli.exits import Exit
from game.cli.level_watch import watch

NIGHT = Path(__file__).with_name("night.toml").read_text("utf-8")
Acts = list[Callable[[], object]]


def watched(capsys: pytest.CaptureFixture[str], level: Path, acts: Acts) -> list[str]:
    """What is printed before each of the acts, one between two looks; then Ctrl-C."""
    seen: list[str] = []
    left = iter(acts)

    def wait() -> None:
        seen.append(capsys.readouterr().out)
        act = next(left, None)
        if act is None:
            raise KeyboardInterrupt
        act()

    assert watch([level], wait) == Exit.GOOD
    return seen


def test_a_level_is_checked_again_when_it_is_saved(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level = tmp_path / "night.toml"
    level.write_text(NIGHT, "utf-8")
    acts: Acts = [
        lambda: None,
        lambda: level.write_text(NIGHT.replace("rate = 50", "rat = 50"), "utf-8"),
        level.unlink,
        lambda: level.write_text(NIGHT, "utf-8"),
    ]
    first, unchanged, broken, gone, back = watched(capsys, level, acts)
    assert "night.toml: ok" in first
    assert unchanged == ""
    assert 'did you mean "rate"?' in broken
    assert "cannot be opened: No such file" in gone
    assert "night.toml: ok" in back


def test_a_save_of_the_same_size_and_one_of_the_proofs_are_seen(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    level, proofs = tmp_path / "night.toml", tmp_path / "night.proofs.toml"
    level.write_text(NIGHT, "utf-8")
    acts: Acts = [
        lambda: os.utime(level, ns=(1, 1)),
        lambda: proofs.write_text("[[prof]]\n", "utf-8"),
    ]
    _, touched, proven = watched(capsys, level, acts)
    assert "night.toml: ok" in touched
    assert "E011" in proven


def test_a_folder_is_listed_at_each_look(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "one.toml").write_text(NIGHT, "utf-8")
    acts: Acts = [
        lambda: (tmp_path / "two.toml").write_text(NIGHT, "utf-8"),
        lambda: (tmp_path / "one.toml").unlink(),
    ]
    first, more, fewer = watched(capsys, tmp_path, acts)
    assert ("one.toml: ok" in first, "two.toml: ok" in first) == (True, False)
    assert ("one.toml: ok" in more, "two.toml: ok" in more) == (True, True)
    assert "one.toml" not in fewer
    assert "two.toml: ok" in fewer


def test_watching_is_for_people(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    level = tmp_path / "night.toml"
    level.write_text(NIGHT, "utf-8")
    assert main(["level", "check", str(level), "--watch", "--json"]) == Exit.WRONG_USE
    assert "no other format" in capsys.readouterr().err
