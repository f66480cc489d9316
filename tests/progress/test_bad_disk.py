"""Disks that are read-only, full, missing or busy: the game goes on and says what is not saved."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from game.progress import Progress, file, open_progress
from tests.progress.examples import finished, numbered, numbers, with_runs

POSIX = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users and limits of POSIX")


def play_on(progress: Progress) -> None:
    """What a game does whose disk does not take anything."""
    before = numbers(progress)
    assert not progress.is_saving
    assert progress.banner.startswith("Not saving: ")
    assert not progress.save(numbered(77))
    assert not progress.change("glyphs", "ascii")
    assert numbers(progress) == [*before, 77]
    assert progress.level("nap").runs == len(before) + 1
    assert progress.settings().glyphs == "ascii"
    last = progress.runs(limit=1)[0]
    assert progress.run(last.id) == last
    assert progress.merge([], {}) is None
    assert len(progress.everything()[0]) == len(before) + 1


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    play_on(open_progress(tmp_path / "file" / "folder"))


def test_what_waited_is_saved_when_the_disk_is_well_again(tmp_path: Path) -> None:
    in_the_way = tmp_path / "folder"
    in_the_way.touch()
    progress = open_progress(in_the_way)
    assert not progress.save(numbered(1))
    assert not progress.change("motion", "reduced")
    in_the_way.unlink()
    assert progress.save(numbered(2))
    assert progress.banner == ""
    again = open_progress(in_the_way)
    assert numbers(again) == numbers(progress) == [1, 2]
    assert again.settings().motion == "reduced"


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite opens nothing for writing."""
    real = file.connect

    def connect(uri: str, wait_s: float) -> sqlite3.Connection:
        return real(uri.replace("mode=rwc", "mode=ro").replace("mode=rw", "mode=ro"), wait_s)

    monkeypatch.setattr(file, "connect", connect)


def test_a_read_only_file_is_shown_and_left_alone(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with_runs(tmp_path, 3)
    before = (tmp_path / "progress.sqlite3").read_bytes()
    request.getfixturevalue("read_only")
    progress = open_progress(tmp_path)
    assert "read-only" in progress.banner
    assert numbers(progress) == [0, 1, 2]
    play_on(progress)
    assert (tmp_path / "progress.sqlite3").read_bytes() == before


def test_damaged_saves_on_a_read_only_disk_are_shown_as_far_as_they_can_be_read(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    with_runs(tmp_path, 25)
    path = tmp_path / "progress.sqlite3"
    path.write_bytes(b"x" * 9000)
    request.getfixturevalue("read_only")
    progress = open_progress(tmp_path)
    assert numbers(progress) == list(range(21))
    play_on(progress)
    assert path.read_bytes() == b"x" * 9000


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


AS_NOBODY = """
import os, sys
from pathlib import Path
from game.progress import open_progress
from tests.progress.test_bad_disk import play_on
from tests.progress.examples import numbers
if os.geteuid() == 0:
    os.setuid(65534)
folder = Path(sys.argv[1])
progress = open_progress(folder)
print(numbers(progress), progress.banner)
play_on(progress)
"""


@POSIX
@pytest.mark.parametrize("runs", [0, 3])
def test_a_folder_of_somebody_else(open_folder: Path, runs: int) -> None:
    if runs:
        with_runs(open_folder, runs)
        for path in open_folder.rglob("*"):
            path.chmod(0o555)
    open_folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(open_folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{list(range(runs))} Not saving: ")


FULL_DISK = """
import resource, sys
from pathlib import Path
from game.progress import open_progress
from tests.progress.examples import numbered, numbers, with_runs
folder, room = Path(sys.argv[1]), int(sys.argv[2])
before = int(sys.argv[3])
progress = with_runs(folder, before)
size = progress.place.file.stat().st_size if before else 0
resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, resource.RLIM_INFINITY))
progress = open_progress(folder)
count = before
while progress.save(numbered(count)):
    count += 1
assert progress.banner.startswith("Not saving: "), progress.banner
assert not progress.save(numbered(count + 1))
assert numbers(progress) == list(range(count + 2))
print("full", count, progress.banner)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert open_progress(folder).is_saving
assert numbers(open_progress(folder)) == list(range(count))
assert progress.save(numbered(count + 2)), progress.banner
assert progress.banner == ""
assert numbers(open_progress(folder)) == list(range(count + 3))
"""


@POSIX
@pytest.mark.parametrize("room", [0, 100, 4096, 20_000])
@pytest.mark.parametrize("before", [0, 5])
def test_a_full_disk_loses_nothing_and_what_waited_is_saved_when_there_is_room(
    tmp_path: Path, room: int, before: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), str(room), str(before)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("full ")


def test_a_file_that_somebody_holds_is_busy_and_what_waited_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = with_runs(tmp_path, 1)
    monkeypatch.setattr(file, "connect", lambda uri, _: sqlite3.connect(uri, 0.01, uri=True))
    with closing(sqlite3.connect(progress.place.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert not progress.save(numbered(1))
        assert "another program" in progress.banner
        assert numbers(progress)[-1] == 1
        other.execute("ROLLBACK")
    monkeypatch.undo()
    assert progress.save(numbered(2))
    assert numbers(progress) == [0, 1, 2]
    assert progress.banner == ""


def test_a_file_that_is_set_aside_while_a_run_is_saved_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = with_runs(tmp_path, 1)
    real = file.connect
    calls: list[str] = []

    def connect(uri: str, wait_s: float) -> sqlite3.Connection:
        opened = real(uri, wait_s)
        if not calls:
            # Another game puts a new file in the place of the one just opened.
            calls.append(uri)
            new = tmp_path / "other"
            with closing(real(f"{new.as_uri()}?mode=rwc", wait_s)) as target:
                opened.backup(target)
            os.link(progress.place.file, tmp_path / "progress.damaged-1")
            os.replace(new, progress.place.file)
        return opened

    monkeypatch.setattr(file, "connect", connect)
    assert progress.save(finished(cost_per_hour=5.0))
    monkeypatch.undo()
    assert numbers(open_progress(tmp_path)) == [0, 5]
