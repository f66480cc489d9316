"""What a game asks and tells its saves."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.progress import Settings, data_folder, open_progress
from game.progress.levels import Account, Tale
from game.progress.runs import SavedRun, to_save
from game.progress.transfer import lines_of, read_lines
from tests.progress.examples import (
    HASH,
    OTHER_HASH,
    content,
    finished,
    numbered,
    numbers,
    with_runs,
)


def test_a_saved_run_is_there_next_time_with_all_that_it_said(tmp_path: Path) -> None:
    run = finished(stars=2)
    assert open_progress(tmp_path).save(run)

    again = open_progress(tmp_path)
    found = again.run(again.runs()[0].id)
    assert found is not None
    assert found.scorecard == run.scorecard
    shared = {field.name for field in fields(run)} & {field.name for field in fields(found)}
    assert {name: getattr(found, name) for name in shared} == {
        name: getattr(run, name) for name in shared
    }
    assert again.banner == ""
    assert again.is_saving


def test_seeds_of_64_bits_survive(tmp_path: Path) -> None:
    progress = open_progress(tmp_path)
    assert progress.save(finished(seeds=(0, 2**64 - 1)))
    assert progress.runs()[0].seeds == (0, 2**64 - 1)


def test_a_level_that_was_never_played_has_no_progress(tmp_path: Path) -> None:
    level = open_progress(tmp_path).level("nap")
    assert (level.runs, level.wins, level.stars, level.last_plan) == (0, 0, 0, ())


def test_the_best_of_each_measure_is_kept_with_its_run(tmp_path: Path) -> None:
    progress = open_progress(tmp_path)
    progress.save(finished(cost_per_hour=9.0, p99_ms=80.0, stars=3, level_hash=OTHER_HASH))
    progress.save(finished(cost_per_hour=4.0, p99_ms=None, availability=0.999))
    cheap, safe = progress.runs()
    level = progress.level("nap")
    assert (level.runs, level.wins, level.stars, level.title) == (2, 2, 3, "A nap")
    assert level.won is not None
    assert (level.won.run, level.won.level_hash) == (safe.id, OTHER_HASH)
    assert level.p99_ms is not None
    assert (level.p99_ms.value, level.p99_ms.run) == (80.0, safe.id)
    assert level.cost_per_hour is not None
    assert (level.cost_per_hour.value, level.cost_per_hour.run) == (4.0, cheap.id)
    assert progress.level("nap", HASH).stars == 1
    assert set(progress.levels()) == {"nap"}


def test_a_run_that_loses_sets_no_record(tmp_path: Path) -> None:
    progress = open_progress(tmp_path)
    progress.save(finished(stars=0, verdict="failed", cost_per_hour=0.0))
    level = progress.level("nap")
    assert (level.runs, level.wins, level.cost_per_hour, level.won) == (1, 0, None, None)
    assert level.last_plan == (("timeout", "250ms"),)


saved_runs = st.builds(
    lambda stars, cost, other: to_save(
        finished(stars=stars, cost_per_hour=cost, level_hash=OTHER_HASH if other else HASH)
    ),
    st.integers(0, 3),
    st.floats(0, 100),
    st.booleans(),
)


@given(st.lists(saved_runs, max_size=12), st.integers(0, 12))
def test_progress_is_the_same_whether_runs_are_told_at_once_or_in_parts(
    runs: list[SavedRun], cut: int
) -> None:
    whole, parts = Tale(), Tale()
    whole.tell(runs)
    parts.tell(runs[:cut])
    copy = parts.copy()
    copy.tell(runs)
    assert copy.levels() == whole.levels()
    assert parts.runs == len(runs[:cut])
    won = [run.cost_per_hour or 0.0 for run in runs if run.stars]
    cost = whole.level("nap").cost_per_hour
    assert (cost.value if cost else None) == min(won, default=None)


@given(st.lists(saved_runs, min_size=1, max_size=6))
def test_of_equal_marks_the_first_stays(runs: list[SavedRun]) -> None:
    account = Account()
    for run in (*runs, *runs):
        account.add(run)
    most = max(run.stars for run in runs)
    won = account.progress("nap").won
    first = next(run for run in runs if run.stars == most)
    assert (won.run if won else None) == (first.id if most else None)


def test_a_list_of_runs_is_newest_first_of_one_level_and_as_long_as_asked(tmp_path: Path) -> None:
    progress = with_runs(tmp_path, 5)
    progress.save(finished(level="other"))
    assert [run.cost_per_hour for run in progress.runs("nap", limit=3)] == [4.0, 3.0, 2.0]
    assert [run.level for run in progress.runs(limit=2)] == ["other", "nap"]
    assert progress.run("0" * 32) is None


def test_a_second_game_sees_what_the_first_one_saves(tmp_path: Path) -> None:
    first, second = open_progress(tmp_path), open_progress(tmp_path)
    assert second.level("nap").runs == 0
    first.save(finished(stars=2))
    assert second.level("nap").stars == 2
    second.save(finished(stars=3))
    assert first.level("nap").stars == 3
    assert first.level("nap").runs == 2


def test_threads_share_one_progress(tmp_path: Path) -> None:
    progress = open_progress(tmp_path)

    def play(first: int) -> list[int]:
        seen = []
        for number in range(first, first + 10):
            assert progress.save(numbered(number))
            seen.append(progress.level("nap").runs)
            progress.runs()
        return seen

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(play, (0, 100, 200, 300)))
    assert all(seen == sorted(set(seen)) for seen in counts)
    assert sorted(numbers(progress)) == [100 * a + b for a in range(4) for b in range(10)]
    assert progress.level("nap").runs == 40
    assert progress.banner == ""


def test_opening_is_quick(tmp_path: Path) -> None:
    lines = lines_of([to_save(finished()) for _ in range(500)], {})
    open_progress(tmp_path).merge(read_lines(line.encode() for line in lines).runs, {})

    def processor_seconds() -> float:
        before = time.process_time()
        assert open_progress(tmp_path).level("nap").runs == 500
        return time.process_time() - before

    # Processor time, since a busy machine must not fail a test.
    assert min(processor_seconds() for _ in range(5)) < 0.030


def test_settings_are_kept_and_checked(tmp_path: Path) -> None:
    progress = open_progress(tmp_path)
    assert progress.settings() == Settings()
    assert progress.change("speed", "1/4")
    assert progress.change("glyphs", "ascii")
    assert progress.change("speed", "16")
    assert open_progress(tmp_path).settings() == Settings(speed="16", glyphs="ascii")
    for setting, value in (("speed", "0"), ("colour", "red"), ("motion", "none")):
        with pytest.raises(ValueError, match=setting):
            progress.change(setting, value)


def test_a_clock_that_jumps_back_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = open_progress(tmp_path)
    for number, year in enumerate((2036, 2016, 2026)):
        monkeypatch.setattr("game.progress.backups.today", lambda year=year: f"{year}-05-01")
        monkeypatch.setattr("game.progress.runs.now", lambda year=year: f"{year}-05-01T00:00:00")
        assert progress.save(finished(cost_per_hour=float(number), stars=3 - number))
    again = open_progress(tmp_path)
    assert numbers(again) == [0, 1, 2]
    assert again.banner == ""
    last = again.level("nap").last
    assert last is not None
    assert last.at.startswith("2026")
    assert content(last) == content(progress.level("nap").last)


def test_the_folder_is_the_one_asked_for_then_the_one_named_then_the_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NINELIVES_DATA_DIR", str(tmp_path / "named"))
    assert data_folder(tmp_path / "asked") == tmp_path / "asked"
    assert data_folder() == tmp_path / "named"
    monkeypatch.setenv("NINELIVES_DATA_DIR", "")
    assert data_folder().name == "ninelives"


def test_saves_load_neither_the_level_model_nor_a_screen(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from game.progress import open_progress; "
        f"open_progress(Path({str(tmp_path)!r})).levels(); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "game.progress" in loaded
    heavy = {"textual", "rich", "pydantic", "simpy", "tree_sitter", "platformdirs"}
    assert not loaded & (heavy | {"game.level", "game.engine", "game.score"})
