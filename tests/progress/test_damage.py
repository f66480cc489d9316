"""Files that are not as they were written: what can be read comes back, nothing is thrown away."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from game.progress import open_progress
from game.progress.file import APPLICATION
from tests.progress.examples import content, copy_of, finished, numbers, sql, with_runs
from tests.progress.sizes import Size, sized

RUNS = 45
BACKED_UP = 41
"""The first run makes a backup, and every twentieth after it."""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of sound saves. Only for copying."""
    folder = tmp_path_factory.mktemp("saves") / "good"
    with_runs(folder, RUNS).change("glyphs", "ascii")
    return folder


def flip(data: bytearray, luck: random.Random) -> None:
    """One bit in each of up to 20 bytes."""
    for _ in range(luck.randint(1, 20)):
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)


def truncate(data: bytearray, luck: random.Random) -> None:
    """The end is gone."""
    del data[luck.randrange(len(data)) :]


def zero(data: bytearray, luck: random.Random) -> None:
    """A stretch of zeros, as some file systems leave after a power cut."""
    start = luck.randrange(len(data))
    end = min(len(data), start + luck.randint(1, 8192))
    data[start:end] = bytes(end - start)


ACCIDENTS: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, truncate, zero)


@sized
def test_whatever_happens_to_the_file_the_game_starts_and_has_what_can_be_restored(
    size: Size, good: Path, tmp_path: Path
) -> None:
    whole = open_progress(copy_of(good, "whole"))
    ids = {run.id for run in whole.runs()}
    originals = {identity: content(whole.run(identity)) for identity in ids}
    backed_up = [run.id for run in whole.runs() if (run.cost_per_hour or 0) < BACKED_UP]
    luck = random.Random(11)
    for number in range(size.corruptions):
        folder = copy_of(good, f"corrupted-{size.corruptions}-{number}")
        file = folder / "progress.sqlite3"
        data = bytearray(file.read_bytes())
        ACCIDENTS[number % len(ACCIDENTS)](data, luck)
        file.write_bytes(data)

        progress = open_progress(folder)
        assert set(range(BACKED_UP)) <= set(numbers(progress))
        assert progress.settings().glyphs in ("ascii", "auto")
        lost = [number for number in range(RUNS) if number not in numbers(progress)]
        if lost:
            assert "damaged" in progress.banner
        for run in progress.runs():
            found, original = content(progress.run(run.id)), originals[run.id]
            if found["scorecard"] is None:
                original = original | {"scorecard": None}
            assert found == original
        assert progress.save(finished(cost_per_hour=1000.0)), progress.banner
        for aside in progress.place.set_aside():
            assert aside.read_bytes() == data

        again = open_progress(folder)
        assert again.banner == ""
        assert numbers(again)[-1] == 1000
        for identity in backed_up:
            assert content(again.run(identity)) == originals[identity]
        assert len(again.runs()) == len(ids) - len(lost) + 1


def test_rows_after_the_last_backup_are_salvaged_around_a_broken_page(
    good: Path, tmp_path: Path
) -> None:
    folder = copy_of(good, "one-page")
    file = folder / "progress.sqlite3"
    page = sql(file, "SELECT pageno FROM dbstat WHERE name = 'runs' AND pagetype = 'leaf'")[0][0]
    data = bytearray(file.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    file.write_bytes(data)
    progress = open_progress(folder)
    assert numbers(progress) == list(range(RUNS))
    assert "45 runs restored" in progress.banner
    assert "progress.damaged-1" in progress.banner
    assert progress.settings().glyphs == "ascii"


def test_a_value_that_was_changed_past_the_game_is_not_believed(good: Path) -> None:
    folder = copy_of(good, "forged")
    sql(
        folder / "progress.sqlite3",
        "DROP TRIGGER runs_hold",
        "UPDATE runs SET stars = 3 WHERE sequence IN (3, 44)",
    )
    progress = open_progress(folder)
    assert progress.level("nap").stars == 1
    # The third is in the backup as it was; the last but one is in none.
    assert numbers(progress) == [number for number in range(RUNS) if number != 43]


def test_a_scorecard_that_is_lost_costs_no_run(good: Path) -> None:
    folder = copy_of(good, "card")
    sql(
        folder / "progress.sqlite3",
        "UPDATE scorecards SET scorecard = x'00' WHERE sequence IN (3, 44)",
    )
    progress = open_progress(folder)
    third, last = progress.runs()[42], progress.runs()[1]
    seen = progress.run(last.id)
    assert seen is not None
    assert seen.scorecard is None
    assert progress.save(finished())
    restored = progress.run(third.id)
    assert restored is not None
    assert restored.scorecard is not None
    kept = progress.run(last.id)
    assert kept is not None
    assert kept.scorecard is None
    assert "damaged" in progress.banner


def test_damage_while_the_game_runs_is_mended_by_the_next_save(good: Path) -> None:
    folder = copy_of(good, "running")
    progress = open_progress(folder)
    (folder / "progress.sqlite3").write_bytes(b"not a database" * 1000)
    assert progress.save(finished(cost_per_hour=1000.0))
    assert numbers(progress) == [*range(BACKED_UP), 1000]
    assert "damaged" in progress.banner


def test_damaged_files_and_backups_pile_up_under_names_of_their_own(good: Path) -> None:
    folder = copy_of(good, "again")
    for _ in range(3):
        (folder / "progress.sqlite3").write_bytes(b"x" * 5000)
        assert open_progress(folder).banner
    assert [path.name for path in open_progress(folder).place.set_aside()] == [
        "progress.damaged-1",
        "progress.damaged-2",
        "progress.damaged-3",
    ]


def test_broken_backups_are_passed_over(good: Path) -> None:
    folder = copy_of(good, "backups")
    for backup in (folder / "backups").iterdir():
        backup.write_bytes(b"x" * 5000)
    file = folder / "progress.sqlite3"
    file.write_bytes(file.read_bytes()[:-4096])
    progress = open_progress(folder)
    assert progress.banner
    assert set(numbers(progress)) <= set(range(RUNS))
    assert progress.save(finished())


@pytest.mark.parametrize("left", [None, b""])
def test_saves_that_are_gone_come_back_from_the_backups(good: Path, left: bytes | None) -> None:
    folder = copy_of(good, f"gone-{left is None}")
    file = folder / "progress.sqlite3"
    file.unlink()
    if left is not None:
        file.write_bytes(left)
    progress = open_progress(folder)
    assert numbers(progress) == list(range(BACKED_UP))
    assert "41 runs restored" in progress.banner


def test_an_empty_file_without_backups_is_a_start(tmp_path: Path) -> None:
    (tmp_path / "progress.sqlite3").touch()
    progress = open_progress(tmp_path)
    assert progress.banner == ""
    assert progress.save(finished())


def test_a_journal_of_the_damaged_file_is_never_played_into_the_new_one(good: Path) -> None:
    folder = copy_of(good, "journal")
    file, journal = folder / "progress.sqlite3", folder / "progress.sqlite3-journal"
    file.write_bytes(b"x" * 5000)
    journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600))
    assert numbers(open_progress(folder)) == list(range(BACKED_UP))
    assert not journal.exists() or journal.stat().st_size == 0


@pytest.mark.parametrize(
    "statement",
    ["PRAGMA application_id = 7", "PRAGMA user_version = 0", "PRAGMA journal_mode = WAL"],
)
def test_a_header_that_is_wrong_costs_nothing(good: Path, statement: str) -> None:
    folder = copy_of(good, statement.split()[1])
    sql(folder / "progress.sqlite3", statement)
    progress = open_progress(folder)
    assert numbers(progress) == list(range(RUNS))
    assert progress.save(finished())


def test_a_header_that_only_looks_newer_is_damage(good: Path) -> None:
    folder = copy_of(good, "looks-newer")
    sql(folder / "progress.sqlite3", "PRAGMA user_version = 9")
    progress = open_progress(folder)
    assert numbers(progress) == list(range(RUNS))
    assert progress.save(finished())


@pytest.mark.parametrize("change", ["SELECT 1", "ALTER TABLE runs RENAME TO past"])
def test_a_newer_file_is_shown_as_far_as_it_is_understood_and_stays_untouched(
    good: Path, change: str
) -> None:
    folder = copy_of(good, f"newer-{len(change)}")
    file = folder / "progress.sqlite3"
    sql(file, "PRAGMA user_version = 2", "UPDATE about SET format = 2", change)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    progress = open_progress(folder)
    assert "newer" in progress.banner
    assert "format 2" in progress.banner
    shown = list(range(RUNS)) if change == "SELECT 1" else []
    assert numbers(progress) == shown
    assert not progress.save(finished(cost_per_hour=1000.0))
    assert not progress.change("glyphs", "unicode")
    assert numbers(progress) == [*shown, 1000]
    assert progress.settings().glyphs == "unicode"
    assert progress.merge([], {}) is None
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_file_says_what_it_is(good: Path) -> None:
    assert sql(good / "progress.sqlite3", "PRAGMA application_id") == [(APPLICATION,)]


def test_runs_are_only_ever_added(good: Path) -> None:
    folder = copy_of(good, "append-only")
    for statement in ("DELETE FROM runs", "UPDATE runs SET stars = 3"):
        with pytest.raises(Exception, match="runs stay"):
            sql(folder / "progress.sqlite3", statement)
