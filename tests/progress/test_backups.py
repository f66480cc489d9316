"""Backups: when they are made, which are kept."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from game.progress import open_progress
from game.progress.backups import KEPT, backups
from game.progress.file import look_over
from tests.progress.examples import finished, with_runs


def test_the_first_run_of_a_day_makes_a_sound_backup(tmp_path: Path) -> None:
    progress = with_runs(tmp_path, 1)
    (made,) = backups(progress.place)
    look_over(made.path, deep=True)
    assert (made.number, made.runs) == (1, 1)
    assert progress.save(finished())
    assert backups(progress.place) == [made]


def test_a_day_with_many_runs_keeps_its_newest_backup(tmp_path: Path) -> None:
    (made,) = backups(with_runs(tmp_path, 30).place)
    assert made.runs == 21


def test_seven_days_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    progress = open_progress(tmp_path)
    days = [(date(2026, 1, 28) + timedelta(days=n)).isoformat() for n in range(10)]
    for day in days:
        monkeypatch.setattr("game.progress.backups.today", lambda day=day: day)
        for _ in range(2):
            assert progress.save(finished())
    assert [backup.day for backup in backups(progress.place)] == days[-KEPT:]
    assert [backup.runs for backup in backups(progress.place)] == [7, 9, 11, 13, 15, 17, 19]


def test_a_clock_that_jumps_back_makes_the_next_backup_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = open_progress(tmp_path)
    for day in ("2036-01-01", "2016-01-01"):
        monkeypatch.setattr("game.progress.backups.today", lambda day=day: day)
        assert progress.save(finished())
    assert [(backup.day, backup.runs) for backup in backups(progress.place)] == [
        ("2036-01-01", 1),
        ("2016-01-01", 2),
    ]


def test_a_backup_that_cannot_be_made_costs_no_save(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("in the way")
    progress = open_progress(tmp_path)
    assert progress.save(finished())
    assert progress.banner == ""


def test_files_of_others_in_the_folder_of_backups_stay(tmp_path: Path) -> None:
    progress = with_runs(tmp_path, 1)
    other = progress.place.backups / "notes.txt"
    other.write_text("mine")
    with_runs(tmp_path, 25)
    assert other.read_text() == "mine"
